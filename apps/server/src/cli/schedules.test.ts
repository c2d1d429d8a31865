/** The commands on schedules, calendars and forecasts, against the API in this process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiBench, openApi } from '@vaquita/api/testing';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCaptured } from './run-captured.ts';

let api: ApiBench;
const NAME = 'etl/daily/nightly';

beforeEach(async () => {
  api = await openApi();
  await api.createWorkflow();
});

const vaquita = (...argv: string[]) =>
  runCaptured(argv, {
    token: api.admin,
    cwd: '/',
    fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    signal: new AbortController().signal,
  });
const create = (...more: string[]) =>
  vaquita('schedules', 'create', 'etl/daily', 'nightly', '--cron', '30 2 * * *', '--param', 'day=mon', ...more);

describe('a schedule', () => {
  it('is made, shown, changed, put offline and removed', async () => {
    const made = await create('--timezone', 'Europe/Berlin', '--online');
    expect(made.code).toBe(0);
    expect(made.out.trimEnd().split('\n')).toEqual([
      'etl/daily/nightly: online',
      'when: At 02:30 every day, Europe/Berlin, when clocks are moved: run_once',
      'misfire: last, later than 1m',
      'overlap: parallel',
      'params: day=mon',
      '2026-03-02T02:30:00+01:00',
      '2026-03-03T02:30:00+01:00',
      '2026-03-04T02:30:00+01:00',
    ]);
    const edited = await vaquita(
      'schedules',
      'edit',
      NAME,
      '--cron',
      '0 3 * * *',
      '--jitter',
      '5m',
      '--overlap',
      'skip',
    );
    expect(edited.out).toMatch(
      /At 03:00 every day, Europe\/Berlin.*\njitter: up to 5m\n.*\noverlap: skip\nparams: day=mon/,
    );
    expect(
      (await vaquita('schedules', 'edit', NAME, '--param', 'day=tue', '--to', '2026-04-01T00:00:00Z')).out,
    ).toMatch(/window: open to 2026-04-01.*\n[\s\S]*params: day=tue/);
    expect((await vaquita('schedules', 'edit', NAME, '--to', 'none')).out).not.toContain('window');
    expect((await vaquita('schedules', 'edit', NAME, '--every', '2h')).out).toContain('when: Every 2h from');
    expect((await vaquita('schedules', 'list', '--workflow', 'etl/daily')).out).toMatch(
      /etl\/daily\/nightly +online +2026/,
    );
    expect((await vaquita('schedules', 'offline', NAME)).out).toContain('nightly: offline');
    expect((await vaquita('schedules', 'list', '--offline')).out).toMatch(/etl\/daily\/nightly +offline/);
    expect(await vaquita('schedules', 'list', '--online')).toMatchObject({
      out: '',
      notes: 'There is no such schedule.\n',
    });
    expect(await vaquita('schedules', 'delete', NAME)).toMatchObject({ code: 0, out: `deleted ${NAME}\n` });
    expect((await vaquita('schedules', 'list')).notes).toContain('There is no schedule.');
  });

  it('is paused, goes on, and is run at once', async () => {
    await create('--online');
    expect((await vaquita('schedules', 'pause', NAME, '--for', '2d')).out).toContain('paused until 2026-03-03T12:00');
    const shown = (await vaquita('schedules', 'show', NAME)).out;
    expect(shown.match(/skipped: The schedule is paused until /g)).toHaveLength(2);
    expect((await vaquita('schedules', 'pause', NAME, '--end')).out).toContain('nightly: online');
    const run = (await vaquita('schedules', 'run', NAME)).out.trim();
    expect(await api.store.instances.find(run)).toMatchObject({ originKind: 'schedule', params: { day: 'mon' } });
    expect((await vaquita('schedules', 'fires', NAME)).notes).toContain('not come to a fire time yet');
    expect((await vaquita('schedules', 'show', 'etl/daily/nigthly')).notes).toContain('Did you mean "nightly"?');
  });

  it('warns of what may not be meant, and says what is wrong', async () => {
    expect((await create('--worker-group', 'gpus')).notes).toContain('warning: There is no worker group "gpus"');
    const wrong = await vaquita(
      'schedules',
      'create',
      'etl/daily',
      'bad',
      '--cron',
      '0 0 31 2 *',
      '--timezone',
      'Mars',
    );
    expect(wrong.code).toBe(1);
    expect(wrong.notes).toMatch(/plan\.cron: It would never run[\s\S]*plan\.timezone: There is no time zone "Mars"/);
  });
});

it('a preview tells the fire times of a plan or a schedule, and what moved clocks do', async () => {
  const seen = await vaquita(
    'schedules',
    'preview',
    '--cron',
    '30 2 * * *',
    '--timezone',
    'Europe/Berlin',
    '--count',
    '1',
  );
  expect(seen.out.split('\n').slice(0, 6)).toEqual([
    'At 02:30 every day, Europe/Berlin',
    '2026-03-02T02:30:00+01:00',
    'clocks go from 2026-03-29T02:00:00+01:00 to 2026-03-29T03:00:00+02:00:',
    '  skip',
    '  run_once',
    '    2026-03-29T03:30:00+02:00  (clocks jump over its time)',
  ]);
  await create();
  expect((await vaquita('schedules', 'preview', NAME, '--count', '2')).out).toContain('2026-03-03T02:30:00+00:00');
  expect(await vaquita('schedules', 'preview', '--cron', '61 * * * *')).toMatchObject({
    code: 1,
    notes: expect.stringContaining('plan.cron'),
  });
});

it('calendars are made, shown, imported, and kept while they are used', async () => {
  const made = await vaquita(
    'calendars',
    'create',
    'holidays',
    '--yearly',
    '2026-12-25/2026-12-26=Christmas',
    '--weekday',
    'sun',
  );
  expect(made.out).toMatch(/holidays\nweekdays: sun\nFROM +TO +TITLE\n2026-12-25 +2026-12-26 +yearly +Christmas/);
  await create('--exclude', 'holidays');
  expect((await vaquita('schedules', 'show', NAME)).out).toContain('never in: holidays');
  expect((await vaquita('calendars', 'show', 'holidays')).out).toContain(`used by: ${NAME}`);
  expect(await vaquita('calendars', 'delete', 'holidays')).toMatchObject({ code: 1 });

  const folder = mkdtempSync(join(tmpdir(), 'vaquita-ics-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'days.ics');
  const event = ['BEGIN:VEVENT', 'DTSTART;VALUE=DATE:20260501', 'SUMMARY:May Day', 'END:VEVENT'];
  writeFileSync(file, ['BEGIN:VCALENDAR', ...event, 'BEGIN:VTODO', 'END:VTODO', 'END:VCALENDAR'].join('\n'));
  const tried = await vaquita('calendars', 'import', 'holidays', file, '--add', '--dry-run');
  expect(tried.out).toMatch(/would take: 1; the calendar would have 2\n[\s\S]*May Day/);
  expect(tried.notes).toContain('line 6, VTODO: It is not an event');
  expect((await vaquita('calendars', 'import', 'holidays', file, '--add')).out).toBe('taken: 1; the calendar has 2\n');
  expect((await vaquita('calendars', 'list')).out).toMatch(/holidays +2 +sun +1/);
  expect((await vaquita('calendars', 'edit', 'holidays', '--weekday', 'none')).out).not.toContain('weekdays');
});

it('a forecast tells what will run', async () => {
  await create('--online');
  const { out, notes } = await vaquita('forecast', '--days', '2');
  expect(out).toMatch(/: 2 runs, 0ms of slots\n\nPROJECT +RUNS +SLOTS\netl +2 +0ms\n/);
  expect(out).toMatch(/2026-03-02T02:30:00\.000Z +etl\/daily\/nightly +not known/);
  expect(notes).toContain('etl/daily has not succeeded yet: what its 2 runs will take is not known');
});

it.each([
  [['schedules', 'create', 'etl/daily', 'x'], '--cron or --every'],
  [['schedules', 'create', 'etl/daily', 'x', '--cron', '@daily', '--every', '1h'], 'not both'],
  [['schedules', 'edit', NAME, '--overlap-limit', 'many'], 'not a whole number'],
  [['schedules', 'pause', NAME], 'Give one of'],
  [['schedules', 'list', '--online', '--offline'], 'not both'],
  [['schedules', 'show', 'daily/nightly'], '<project>/<workflow>/<schedule>'],
  [['calendars', 'create', 'x', '--weekday', 'noday'], 'one of sun, mon'],
  [['calendars', 'import', 'x', '/nowhere.ics'], 'cannot be read'],
])('%j says what to write instead', async (argv, hint) => {
  if (argv[1] === 'edit') await create();
  const { code, notes } = await vaquita(...argv);
  expect(code).toBe(2);
  expect(notes).toContain(hint);
});
