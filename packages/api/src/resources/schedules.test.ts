import { describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read, START } from '../testing/api-bench.ts';
import type { InstanceView } from '../views/instance.ts';
import type { ProblemView } from '../views/page.ts';
import type { FirePage, SchedulePage, ScheduleSaved, ScheduleView } from '../views/schedule.ts';

const OF_WORKFLOW = '/api/v1/projects/etl/workflows/daily/schedules';
const PATH = '/api/v1/schedules';
const NIGHTLY = {
  name: 'nightly',
  plan: { cron: '30 2 * * *', timezone: 'Europe/Berlin' },
  start: { params: { day: 'mon' } },
};

async function bench(): Promise<ApiBench> {
  const api = await openApi();
  await api.createWorkflow();
  return api;
}

const create = async (api: ApiBench, body: unknown = NIGHTLY, headers: Record<string, string> = {}) =>
  read<ScheduleSaved>(await api.send('POST', OF_WORKFLOW, { body, headers }), 201);
const show = async (api: ApiBench, id: string) => read<ScheduleView>(await api.send('GET', `${PATH}/${id}`));
const refused = async (api: ApiBench, body: unknown) =>
  (await read<ProblemView>(await api.send('POST', OF_WORKFLOW, { body }), 400)).errors;

it('is kept with what was left out filled in, and what was read can be sent back', async () => {
  const api = await bench();
  const made = await create(api);
  expect(made).toMatchObject({
    projectName: 'etl',
    workflowName: 'daily',
    name: 'nightly',
    online: false,
    workflowOnline: true,
    nextFires: [],
    lastFire: null,
    revision: 1,
    createdBy: 'admin',
    warnings: [],
    summary: { en: 'At 02:30 every day, Europe/Berlin' },
    plan: {
      ...{ cron: '30 2 * * *', dst: 'run_once', every: null, anchorAt: null, timezone: 'Europe/Berlin' },
      ...{ from: null, to: null, jitter: '0s', calendars: { include: [], exclude: [] } },
      misfire: { policy: 'last', limit: 10, grace: '1m' },
      overlap: { policy: 'parallel', limit: null },
    },
    start: { params: { day: 'mon' }, priority: 'medium', version: null, timeout: null },
  });
  const { plan, start, revision } = await show(api, made.id);
  const again = await api.send('PATCH', `${PATH}/${made.id}`, { body: { plan, start, revision } });
  expect(await read<ScheduleSaved>(again)).toMatchObject({ plan, start, revision: 2 });
});

it('is listed by whether it is switched on', async () => {
  const api = await bench();
  const { id } = await create(api);
  await create(api, { ...NIGHTLY, name: 'hourly', online: true });
  const names = async (query: string) =>
    (await read<SchedulePage>(await api.send('GET', `${PATH}?${query}`))).items.map(({ name }) => name);
  expect(await names('online=true')).toEqual(['hourly']);
  expect(await names('online=false&project=etl&workflow=daily')).toEqual(['nightly']);
  expect(await names('project=etl')).toEqual(['nightly', 'hourly']);
  await read(await api.send('POST', `${PATH}/${id}/online`));
  expect(await names('online=true&limit=1')).toEqual(['nightly']);
  expect(await names('online=false')).toEqual([]);
  const { errors } = await read<ProblemView>(await api.send('GET', `${PATH}?online=maybe`), 400);
  expect(errors).toMatchObject([{ path: 'online' }]);
});

it('is listed by itself, of its project and of its workflow, and gone when it was deleted', async () => {
  const api = await bench();
  const { id } = await create(api);
  await api.createWorkflow('other');
  for (const path of [PATH, `${PATH}?project=etl`, `${PATH}?project=etl&workflow=daily`, OF_WORKFLOW]) {
    const { items } = await read<SchedulePage>(await api.send('GET', path));
    expect(items.map((item) => item.id)).toEqual([id]);
  }
  expect((await read<SchedulePage>(await api.send('GET', `${PATH}?project=other`))).items).toEqual([]);
  expect((await api.send('GET', `${PATH}?workflow=daily`)).status).toBe(400);
  expect((await api.send('DELETE', `${PATH}/${id}`)).status).toBe(204);
  expect((await api.send('GET', `${PATH}/${id}`)).status).toBe(404);
});

it('says when it fires next once it is online, with what its pause leaves out', async () => {
  const api = await bench();
  const { id } = await create(api);
  const online = await read<ScheduleView>(await api.send('POST', `${PATH}/${id}/online`));
  expect(online.nextFires.map(({ at, local }) => [at, local])).toEqual([
    ['2026-03-02T01:30:00.000Z', '2026-03-02T02:30:00+01:00'],
    ['2026-03-03T01:30:00.000Z', '2026-03-03T02:30:00+01:00'],
    ['2026-03-04T01:30:00.000Z', '2026-03-04T02:30:00+01:00'],
  ]);
  const paused = await read<ScheduleView>(await api.send('POST', `${PATH}/${id}/pause`, { body: { for: '1d' } }));
  expect(paused.pausedUntil).toBe('2026-03-02T12:00:00.000Z');
  expect(paused.nextFires.map(({ skipped }) => skipped?.code ?? null)).toEqual(['paused', null, null]);
  const ended = await read<ScheduleView>(await api.send('POST', `${PATH}/${id}/pause`, { body: { until: null } }));
  expect(ended.pausedUntil).toBe(null);
  const offline = await read<ScheduleView>(await api.send('POST', `${PATH}/${id}/offline`));
  expect(offline).toMatchObject({ online: false, nextFires: [], revision: 5 });
});

it('says why it does not fire where the leader cannot deal with it, and so does the list', async () => {
  const api = await bench();
  const { id } = await create(api, { ...NIGHTLY, online: true });
  const row = (await api.store.schedules.find(id))!;
  await api.store.scheduleQueue.setAside(1, row, { text: 'A constraint failed.', since: START });
  const problem = { text: 'A constraint failed.', since: '2026-03-01T12:00:00.000Z' };
  expect(await show(api, id)).toMatchObject({ online: true, problem });
  const { items } = await read<SchedulePage>(await api.send('GET', PATH));
  expect(items).toMatchObject([{ id, problem }]);
  expect(await read<ScheduleView>(await api.send('POST', `${PATH}/${id}/offline`))).toMatchObject({ problem: null });
});

it.each([
  [{}, 'until'],
  [{ until: '2026-03-01T11:59:59.999Z' }, 'until'],
  [{ until: null, for: '1h' }, 'until'],
  [{ for: '0s' }, 'for'],
  [{ for: 'long' }, 'for'],
  [{ for: '100000000d' }, 'for'],
  [{ until: '9999-12-31T23:59:59Z' }, 'until'],
])('is not paused by %o', async (body, path) => {
  const api = await bench();
  const { id } = await create(api);
  const { errors } = await read<ProblemView>(await api.send('POST', `${PATH}/${id}/pause`, { body }), 400);
  expect(errors?.map((problem) => problem.path)).toEqual([path]);
});

it('has nobody overwrite what he has not seen, and says who was faster', async () => {
  const api = await bench();
  const { id } = await create(api);
  const token = await api.addUser('bob', 'editor');
  await read(await api.send('PATCH', `${PATH}/${id}`, { token, body: { description: 'by night', revision: 1 } }));
  const late = { body: { description: 'by day', revision: 1 } };
  const { detail, code } = await read<ProblemView>(await api.send('PATCH', `${PATH}/${id}`, late), 409);
  expect(code).toBe('conflict');
  expect(detail).toContain('was changed by bob at 2026-03-01T12:00:00.000Z');
  for (const [method, path] of [
    ['POST', '/online'],
    ['POST', '/offline'],
    ['DELETE', ''],
  ] as const) {
    const answer = await api.send(method, `${PATH}/${id}${path}`, { headers: { 'if-match': '"1"' } });
    expect(answer.status).toBe(409);
  }
  expect((await api.send('POST', `${PATH}/${id}/online`, { headers: { 'if-match': 'one' } })).status).toBe(400);
  expect((await api.send('POST', `${PATH}/${id}/online`, { headers: { 'if-match': '"2"' } })).status).toBe(200);
});

it('tells the leader and the audit log of each change, with what was before', async () => {
  const api = await bench();
  const before = api.scheduleHints;
  const { id } = await create(api);
  await api.send('POST', `${PATH}/${id}/online`);
  await api.send('POST', `${PATH}/${id}/online`);
  await api.send('PATCH', `${PATH}/${id}`, { body: { plan: { every: '1h' } } });
  await api.send('POST', `${PATH}/${id}/pause`, { body: { for: '1h' } });
  await api.send('POST', `${PATH}/${id}/run`);
  await api.send('DELETE', `${PATH}/${id}`);
  expect(api.scheduleHints - before).toBe(5);
  const told = (await api.auditLog()).filter(({ subject }) => subject === 'etl/daily/nightly');
  expect(told).toMatchObject([
    { action: 'schedule.create', data: { plan: { times: { expression: '30 2 * * *' } } } },
    { action: 'schedule.online' },
    {
      action: 'schedule.update',
      data: { plan: { times: { everyMs: 3_600_000 } }, before: { plan: { timezone: 'Europe/Berlin' } } },
    },
    { action: 'schedule.pause', data: { until: START + 3_600_000 } },
    { action: 'schedule.run' },
    { action: 'schedule.delete', data: { before: { online: true } } },
  ]);
});

it('is made once under one key, and its name only once in a workflow', async () => {
  const api = await bench();
  const key = { 'idempotency-key': 'k1' };
  expect(await create(api, NIGHTLY, key)).toEqual(await create(api, NIGHTLY, key));
  const again = await read<ProblemView>(await api.send('POST', OF_WORKFLOW, { body: NIGHTLY }), 409);
  expect(again.code).toBe('name_in_use');
});

it('keeps the first fire time of an interval when it is changed without one', async () => {
  const api = await bench();
  const { id, plan } = await create(api, { ...NIGHTLY, plan: { every: '15m' } });
  expect(plan).toMatchObject({ cron: null, dst: null, every: '15m', anchorAt: '2026-03-01T12:00:00.000Z' });
  await api.clock.advance(90_000);
  const longer = await api.send('PATCH', `${PATH}/${id}`, { body: { plan: { every: '1h' } } });
  expect((await read<ScheduleSaved>(longer)).plan.anchorAt).toBe('2026-03-01T12:00:00.000Z');
});

describe('a run at once', () => {
  it('is started as the schedule would, by whoever asks', async () => {
    const api = await bench();
    const { id } = await create(api, { ...NIGHTLY, start: { params: { day: 'tue' }, priority: 'high' } });
    const run = await read<{ id: string }>(await api.send('POST', `${PATH}/${id}/run`), 202);
    expect(await read<InstanceView>(await api.send('GET', `/api/v1/workflow-instances/${run.id}`))).toMatchObject({
      params: { day: 'tue' },
      priority: 'high',
      origin: { kind: 'schedule', id },
      timezone: 'Europe/Berlin',
      businessTime: '2026-03-01T12:00:00.000Z',
      createdBy: 'admin',
    });
  });

  it('is refused while the workflow is offline, or has become another', async () => {
    const api = await bench();
    const { id } = await create(api);
    const tasks = [{ name: 'one', type: 'shell', script: 'true' }];
    const saved = await api.send('PUT', '/api/v1/projects/etl/workflows/daily', { body: { name: 'daily', tasks } });
    expect(saved.status).toBe(200);
    const changed = await read<ProblemView>(await api.send('POST', `${PATH}/${id}/run`), 409);
    expect(changed.errors).toMatchObject([{ path: 'params.day' }]);
    await api.send('POST', '/api/v1/projects/etl/workflows/daily/offline');
    const offline = await read<ProblemView>(await api.send('POST', `${PATH}/${id}/run`), 409);
    expect(offline.detail).toContain('is offline');
  });
});

describe('what is wrong is told by its place, all at once', () => {
  it('of the plan and of the choices', async () => {
    const api = await bench();
    const errors = await refused(api, {
      name: 'bad',
      plan: {
        cron: '0 0 31 2 *',
        timezone: 'Europe/Berln',
        from: '2026-05-01T00:00:00Z',
        to: '2026-05-01T00:00:00Z',
        jitter: 'some',
        calendars: { exclude: ['holidays'] },
      },
      start: { params: { dya: 'x' }, startTasks: ['extrac'], scope: 'only', alertGroup: 'nobody', timeout: '0s' },
    });
    expect(errors?.map(({ path }) => path).toSorted()).toEqual([
      'plan.calendars.exclude[0]',
      'plan.cron',
      'plan.jitter',
      'plan.timezone',
      'plan.to',
      'start.alertGroup',
      'start.params.day',
      'start.params.dya',
      'start.startTasks[0]',
      'start.timeout',
    ]);
    expect(errors?.find(({ path }) => path === 'plan.timezone')?.message).toContain('Did you mean "Europe/Berlin"?');
    expect(errors?.find(({ path }) => path === 'plan.cron')?.message).toContain('It would never run');
  });

  it.each([
    [{}, ['plan.cron']],
    [{ cron: '0 0 * * *', every: '1h' }, ['plan.every']],
    [{ every: '500ms' }, ['plan.every']],
    [{ every: '1h', jitter: '2h' }, ['plan.jitter']],
    [{ cron: '0 0 * * *', misfire: { grace: '0s' } }, ['plan.misfire.grace']],
    [{ cron: '0 0 * * *', anchorAt: '2026-01-01T00:00:00Z' }, ['plan.anchorAt']],
    [{ cron: '0 0 * * *', misfire: { policy: 'all', limit: 101 } }, ['plan.misfire.limit']],
  ])('of the plan %o', async (plan, paths) => {
    const api = await bench();
    expect((await refused(api, { ...NIGHTLY, plan }))?.map(({ path }) => path)).toEqual(paths);
  });

  it('a version that is not there', async () => {
    const api = await bench();
    const errors = await refused(api, { ...NIGHTLY, start: { params: { day: 'mon' }, version: 7 } });
    expect(errors).toEqual([{ path: 'start.version', message: 'There is no version 7; the newest is 1' }]);
  });
});

it('is accepted with warnings where it may not be meant', async () => {
  const api = await bench();
  await api.send('POST', '/api/v1/projects/etl/workflows/daily/offline');
  const plan = { cron: '0 0 * * *', to: '2026-01-01T00:00:00Z' };
  const { warnings } = await create(api, {
    ...{ name: 'odd', plan, online: true },
    start: { params: { day: 'mon' }, workerGroup: 'gpus' },
  });
  expect(warnings).toEqual([
    'The window lies in the past: it will never fire.',
    'There is no worker group "gpus": tasks will wait until a worker is in it.',
    'The workflow is offline: it fires as soon as that is put online.',
  ]);
});

it('shows what became of its fire times, newest first', async () => {
  const api = await bench();
  const { id } = await create(api, { ...NIGHTLY, online: true });
  const schedule = (await api.store.schedules.find(id))!;
  const { projectId, workflowId } = schedule;
  const record = (fireAt: number, outcome: 'missed' | 'skipped') =>
    ({
      ...{ scheduleId: schedule.id, fireAt, projectId, workflowId, throughAt: fireAt, fires: 1, outcome },
      ...{ reasonCode: 'misfire' as const, reason: 'Nobody was there.', workflowInstanceId: null, actAt: fireAt },
      decidedAt: fireAt + 5,
    }) as const;
  const fires = [record(START + 1_000, 'skipped'), record(START + 2_000, 'missed')];
  const step = { schedule, cursorAt: START + 2_000, dueAt: START + 3_000, fires, dequeued: [], runs: [], stops: [] };
  await api.store.scheduleQueue.advance(1, [step]);
  const { items } = await read<FirePage>(await api.send('GET', `${PATH}/${id}/fires`));
  expect(items.map(({ fireAt, outcome }) => [fireAt, outcome])).toEqual([
    ['2026-03-01T12:00:02.000Z', 'missed'],
    ['2026-03-01T12:00:01.000Z', 'skipped'],
  ]);
  const missed = await read<FirePage>(await api.send('GET', `${PATH}/${id}/fires?outcome=missed`));
  expect(missed.items).toHaveLength(1);
  expect((await show(api, id)).lastFire).toMatchObject({ outcome: 'missed', reason: { code: 'misfire' } });
});
