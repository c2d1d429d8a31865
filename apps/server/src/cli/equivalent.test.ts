/**
 * What the editor of schedules offers to copy: read by a real shell and run by the command line, it leaves the same schedule behind as
 * what the editor itself sends.
 */
import { execFileSync } from 'node:child_process';
import { type ApiBench, openApi } from '@vaquita/api/testing';
import type { ScheduleView } from '@vaquita/client';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asCommand, type SaveRequest } from '../../../web/src/lib/schedules/equivalent.ts';
import { COMMANDS } from './cli.ts';
import { parseCommandLine } from './command.ts';
import { runCaptured } from './run-captured.ts';

const ORIGIN = 'http://127.0.0.1:8080';
const NASTY = `it's "so" \`now\` $HOME $(id) \\ ! # ; & * ~ {a,b} 例\n-second line\t`;
const plain: SaveRequest = {
  name: 'nightly',
  description: '',
  plan: { cron: '30 2 * * *', timezone: 'Europe/Berlin', jitter: '0s' },
  start: { params: { day: 'mon' } },
  online: false,
};
const full: SaveRequest = {
  name: "-o'clock $1",
  description: `- ${NASTY}`,
  plan: {
    cron: '0 0 2 ? * MON-FRI',
    dst: 'run_both',
    timezone: 'America/New_York',
    from: '2026-03-01T05:00:00.000Z',
    to: '2027-03-01T05:00:00.000Z',
    jitter: '90s',
    calendars: { include: ['open days'], exclude: ["all saints'", 'holidays'] },
    misfire: { policy: 'all', limit: 20, grace: '5m' },
    overlap: { policy: 'queue', limit: 3 },
  },
  start: {
    params: { day: NASTY },
    startTasks: ['load', 'report'],
    scope: 'only',
    failureStrategy: 'end',
    priority: 'high',
    workerGroup: 'gpu & co',
    environment: 'prod & co',
    alertOn: 'none',
    alertGroup: 'night watch',
    dryRun: true,
    timeout: '2h',
    version: 1,
  },
  online: true,
};
const interval: SaveRequest = {
  ...plain,
  plan: { every: '2h', anchorAt: '2026-01-01T00:15:00.000Z', timezone: 'UTC', from: '2026-01-01T00:10:00.000Z' },
};

/** The words after the name of the program, as a POSIX shell reads them. */
function wordsOf(command: string): readonly string[] {
  const words = execFileSync('sh', ['-c', `npx() { printf '%s\\0' "$@"; }\n${command}`], { encoding: 'utf8' });
  const [program, ...rest] = words.split('\0').slice(0, -1);
  expect(program).toBe('vaquita');
  return rest;
}

async function openBench(): Promise<ApiBench> {
  const api = await openApi();
  await api.createWorkflow();
  for (const name of ['open days', "all saints'", 'holidays']) {
    await send(api, 'POST', 'calendars', { name, weekdays: [1] });
  }
  await send(api, 'POST', 'environments', { name: 'prod & co' });
  await send(api, 'POST', 'alert-groups', { name: 'night watch', channels: [] });
  return api;
}

async function send(api: ApiBench, method: string, path: string, body: unknown): Promise<ScheduleView> {
  const headers = { authorization: `Bearer ${api.admin}`, 'content-type': 'application/json' };
  const request = new Request(`http://vaquita.test/api/v1/${path}`, { method, headers, body: JSON.stringify(body) });
  const answer = await api.app.fetch(request);
  const text = await answer.text();
  expect(answer.ok, text).toBe(true);
  return JSON.parse(text) as ScheduleView;
}

async function run(api: ApiBench, command: string): Promise<ScheduleView> {
  const fetch = async (url: string, init: RequestInit) => api.app.fetch(new Request(url, init));
  const io = { token: api.admin, cwd: '/', fetch, signal: new AbortController().signal };
  const { code, notes } = await runCaptured(wordsOf(command), io);
  expect(code, `${command}\n${notes}`).toBe(0);
  const { out } = await runCaptured(['schedules', 'list', '--json'], io);
  return JSON.parse(out) as ScheduleView;
}

const said = ({ name, description, plan, start, online }: ScheduleView) => ({ name, description, plan, start, online });
const create = (api: ApiBench, request: SaveRequest) =>
  send(api, 'POST', 'projects/etl/workflows/daily/schedules', request);

it.each([
  ['little is said', plain],
  ['everything is said', full],
  ['it is an interval', interval],
])('the command that makes a schedule makes the same one when %s', async (_, request) => {
  const [sent, ran] = [await openBench(), await openBench()];
  const made = await run(ran, asCommand(ORIGIN, { project: 'etl', workflow: 'daily' }, request));
  expect(said(made)).toEqual(said(await create(sent, request)));
});

it.each([
  ['it says more', plain, full],
  ['it says less', full, plain],
  ['it becomes an interval', full, interval],
  ['it becomes an expression', interval, plain],
  ['its anchor goes', interval, { ...interval, plan: { ...interval.plan, anchorAt: null, every: '3h' } }],
  ['its policy for moved clocks is the usual one', full, { ...full, plan: { ...full.plan, dst: null } }],
])(
  'the command that changes a schedule changes it in the same way when %s',
  async (_, first, { online: __, ...then }) => {
    const [sent, ran] = [await openBench(), await openBench()];
    const before = await create(ran, first);
    const { id, revision } = await create(sent, first);
    const changed = await run(ran, asCommand(ORIGIN, before, then));
    expect(said(changed)).toEqual(said(await send(sent, 'PATCH', `schedules/${id}`, { ...then, revision })));
  },
);

it('whatever is written in it reaches the command as it was written', () => {
  const text = fc
    .oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...`'"\\$\`-=!\n\r\t a~#`) }))
    .filter((one) => one !== '' && !one.includes('\0'));
  fc.assert(
    fc.property(text, fc.array(text, { minLength: 1, maxLength: 20 }), (description, startTasks) => {
      const request = { ...plain, description, start: { startTasks } };
      const argv = wordsOf(asCommand(ORIGIN, { project: 'etl', workflow: '-daily' }, request));
      const line = parseCommandLine(argv, COMMANDS);
      expect(line).toMatchObject({
        command: { name: 'schedules create' },
        input: { args: ['etl/-daily', 'nightly'], options: { description, task: startTasks } },
      });
    }),
    { numRuns: 50 },
  );
});

it('a parameter that is not set cannot be unset, and says which are', async () => {
  const api = await openBench();
  await create(api, plain);
  const fetch = async (url: string, init: RequestInit) => api.app.fetch(new Request(url, init));
  const { code, notes } = await runCaptured(['schedules', 'edit', 'etl/daily/nightly', '--unset-param', 'dya'], {
    token: api.admin,
    cwd: '/',
    fetch,
    signal: new AbortController().signal,
  });
  expect(code).toBe(2);
  expect(notes).toContain('--unset-param dya: The schedule sets no such parameter. Did you mean "day"?');
});
