import { expect, it } from 'vitest';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { CalendarDetail, CalendarImported, CalendarPage } from '../views/calendar.ts';
import type { ProblemView } from '../views/page.ts';
import type { PreviewView } from '../views/schedule-preview.ts';

const PATH = '/api/v1/calendars';
const CHRISTMAS = { title: 'Christmas', from: '2026-12-25', to: '2026-12-26', yearly: true };
const ICS = [
  ...['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'DTSTART;VALUE=DATE:20260501', 'SUMMARY:May Day', 'END:VEVENT'],
  ...['BEGIN:VEVENT', 'DTSTART;VALUE=DATE:20200501', 'SUMMARY:Long ago', 'END:VEVENT', 'END:VCALENDAR'],
].join('\r\n');

const create = async (api: ApiBench, body: unknown = { name: 'holidays', entries: [CHRISTMAS] }) =>
  read<CalendarDetail>(await api.send('POST', PATH, { body }), 201);
const load = async (api: ApiBench, body: unknown, status = 200) =>
  read<CalendarImported>(await api.send('POST', `${PATH}/import`, { body }), status);

async function schedule(api: ApiBench): Promise<void> {
  await api.createWorkflow();
  const plan = { cron: '0 9 * * *', calendars: { exclude: ['holidays'] } };
  const body = { name: 'nightly', plan, start: { params: { day: 'x' } } };
  await read(await api.send('POST', '/api/v1/projects/etl/workflows/daily/schedules', { body }), 201);
}

it('is made, changed, found by id and by name, and removed, each audited', async () => {
  const api = await openApi();
  const made = await create(api);
  expect(made).toMatchObject({
    name: 'holidays',
    entryCount: 1,
    entries: [CHRISTMAS],
    weekdays: [],
    revision: 1,
    usedBy: [],
  });
  const body = { weekdays: [6, 0, 6], entries: [{ title: 'B', from: '2026-02-01', to: '2026-02-01' }], revision: 1 };
  const changed = await read<CalendarDetail>(await api.send('PATCH', `${PATH}/holidays`, { body }));
  expect(changed).toMatchObject({
    id: made.id,
    weekdays: [0, 6],
    entries: [{ title: 'B', yearly: false }],
    revision: 2,
  });
  expect(await read(await api.send('GET', `${PATH}/${made.id}`))).toEqual(changed);
  const { items } = await read<CalendarPage>(await api.send('GET', PATH));
  expect(items).toMatchObject([{ name: 'holidays', entryCount: 1, schedules: 0 }]);
  expect((await api.send('DELETE', `${PATH}/holidays`)).status).toBe(204);
  expect((await api.send('GET', `${PATH}/holidays`)).status).toBe(404);
  expect((await api.auditLog()).filter(({ subject }) => subject === 'holidays')).toMatchObject([
    { action: 'calendar.create', data: { entries: 1 } },
    { action: 'calendar.update', data: { entries: 1, weekdays: [0, 6], before: { entries: 1, weekdays: [] } } },
    { action: 'calendar.delete', data: { before: { weekdays: [0, 6] } } },
  ]);
});

it('is not overwritten by whoever has not seen it, and its name is there once', async () => {
  const api = await openApi();
  await create(api);
  await api.send('PATCH', `${PATH}/holidays`, { body: { description: 'a' } });
  const late = { body: { description: 'b', revision: 1 } };
  expect((await read<ProblemView>(await api.send('PATCH', `${PATH}/holidays`, late), 409)).detail).toContain(
    'it has the revision 2, not 1',
  );
  expect((await api.send('DELETE', `${PATH}/holidays`, { headers: { 'if-match': '"1"' } })).status).toBe(409);
  const twice = await read<ProblemView>(await api.send('POST', PATH, { body: { name: 'holidays' } }), 409);
  expect(twice.code).toBe('name_in_use');
});

it.each([
  [{ name: 'import' }, 'name'],
  [{ name: 'a', weekdays: [7] }, 'weekdays[0]'],
  [{ name: 'a', entries: [{ title: '', from: '2026-01-01', to: '2026-01-01' }] }, 'entries[0].title'],
  [{ name: 'a', entries: [{ title: 'x', from: '2026-02-30', to: '2026-03-01' }] }, 'entries[0].from'],
  [{ name: 'a', entries: [{ title: 'x', from: '2026-02-03', to: '2026-02-01' }] }, 'entries[0].to'],
])('is not made of %o', async (body, path) => {
  const api = await openApi();
  const { errors } = await read<ProblemView>(await api.send('POST', PATH, { body }), 400);
  expect(errors?.map((problem) => problem.path)).toEqual([path]);
});

it('stays while schedules use it, and says which', async () => {
  const api = await openApi();
  await create(api);
  await schedule(api);
  const hints = api.scheduleHints;
  await api.send('PATCH', `${PATH}/holidays`, { body: { weekdays: [0] } });
  expect(api.scheduleHints).toBe(hints + 1);
  const shown = await read<CalendarDetail>(await api.send('GET', `${PATH}/holidays`));
  expect(shown).toMatchObject({ schedules: 1, usedBy: [{ name: 'nightly', project: 'etl', workflow: 'daily' }] });
  const refused = await read<ProblemView>(await api.send('DELETE', `${PATH}/holidays`), 409);
  expect(refused.detail).toContain('"nightly" of etl/daily');
});

it('leaves out what previews show as left out', async () => {
  const api = await openApi();
  await create(api);
  const plan = { cron: '0 9 * * *', calendars: { exclude: ['holidays'] } };
  const body = { plan, after: '2026-12-24T00:00:00Z', count: 3 };
  const { fires } = await read<PreviewView>(await api.send('POST', '/api/v1/schedules/preview', { body }));
  expect(fires.map(({ skipped }) => skipped?.text ?? null)).toEqual([
    null,
    'The calendar “holidays” leaves it out: Christmas.',
    'The calendar “holidays” leaves it out: Christmas.',
  ]);
});

it('is read from a file, tried first, with what is not taken', async () => {
  const api = await openApi();
  const tried = await load(api, { calendar: 'bank', ics: ICS, dryRun: true });
  expect(tried).toMatchObject({
    ...{ dryRun: true, calendar: null, taken: 1, notTakenCount: 1 },
    entries: [{ title: 'May Day', from: '2026-05-01', to: '2026-05-01' }],
    notTaken: [{ title: 'Long ago', line: 6, reason: 'It is over before 2026-03-01' }],
  });
  expect((await api.send('GET', `${PATH}/bank`)).status).toBe(404);
  const done = await load(api, { calendar: 'bank', ics: ICS });
  expect(done).toMatchObject({ dryRun: false, calendar: { name: 'bank', entryCount: 1, revision: 1 } });
  expect((await api.auditLog()).at(-1)).toMatchObject({ action: 'calendar.import', subject: 'bank' });
});

it('is added to or replaced by a file', async () => {
  const api = await openApi();
  await create(api);
  const added = await load(api, { calendar: 'holidays', ics: ICS, mode: 'add' });
  expect(added.entries.map(({ title }) => title)).toEqual(['May Day', 'Christmas']);
  expect((await load(api, { calendar: 'holidays', ics: ICS, mode: 'add' })).entries).toHaveLength(2);
  const replaced = await load(api, { calendar: 'holidays', ics: ICS, from: '2020-01-01' });
  expect(replaced.entries.map(({ title }) => title)).toEqual(['Long ago', 'May Day']);
  expect(replaced.calendar).toMatchObject({ revision: 4 });
});

it.each([
  [{ calendar: 'a', ics: 'hello' }, 'ics'],
  [{ calendar: 'a', ics: '' }, 'ics'],
  [{ calendar: 'a', ics: ICS, timezone: 'Europe/Pariss' }, 'timezone'],
  [{ calendar: 'a', ics: ICS, from: 'today' }, 'from'],
])('is not read from %o', async (body, path) => {
  const api = await openApi();
  const { errors } = (await load(api, body, 400)) as unknown as ProblemView;
  expect(errors?.map((problem) => problem.path)).toEqual([path]);
});

it('has no file make a calendar whose address is taken', async () => {
  const api = await openApi();
  const body = { calendar: 'import', ics: ICS };
  const { errors } = await read<ProblemView>(await api.send('POST', `${PATH}/import`, { body }), 400);
  expect(errors?.map(({ path }) => path)).toEqual(['calendar']);
});
