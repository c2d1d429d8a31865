import type { BackfillId, WorkflowInstanceRow, WorkflowState } from '@vaquita/core';
import { expect, it, test } from 'vitest';
import { type ApiBench, openApi, read, START } from '../testing/api-bench.ts';
import type {
  BackfillActPage,
  BackfillAnswer,
  BackfillItemPage,
  BackfillPage,
  BackfillView,
} from '../views/backfill.ts';
import type { ProblemView } from '../views/page.ts';

const PATH = '/api/v1/backfills';
const WORKFLOWS = '/api/v1/projects/etl/workflows';
const DAYS = { kind: 'range', from: '2026-01-01', to: '2026-01-04', every: 'day' };
const BASE = { project: 'etl', workflow: 'orders', times: DAYS };
const noop = (name: string, more: object = {}) => ({ name, tasks: [{ name: 'do', type: 'noop' }], ...more });
const after = (name: string, ...names: readonly string[]) => ({
  name,
  tasks: names.map((workflow, n) => ({ name: `d${n}`, type: 'dependent', on: { workflow, range: 'today' } })),
});

async function bench(...definitions: readonly object[]): Promise<ApiBench> {
  const api = await openApi();
  await api.createWorkflow();
  for (const body of [noop('orders'), ...definitions]) {
    const { status } = await api.send('POST', WORKFLOWS, { body });
    expect(status).toBe(201);
    const { name } = body as { name: string };
    await api.send('POST', `${WORKFLOWS}/${name}/online`);
  }
  return api;
}

const plan = async (api: ApiBench, more: object = {}) =>
  (await read<BackfillAnswer>(await api.send('POST', PATH, { body: { ...BASE, dryRun: true, ...more } }))).plan;
const start = async (api: ApiBench, more: object = {}, headers: Record<string, string> = {}) =>
  (await read<BackfillAnswer>(await api.send('POST', PATH, { body: { ...BASE, ...more }, headers }))).backfill!;
const refused = async (api: ApiBench, more: object, status = 400) =>
  read<ProblemView>(await api.send('POST', PATH, { body: { ...BASE, ...more } }), status);
const show = async (api: ApiBench, id: string) => read<BackfillView>(await api.send('GET', `${PATH}/${id}`));
const act = async (api: ApiBench, id: string, action: string, body: object = {}) =>
  api.send('POST', `${PATH}/${id}/${action}`, { body });

/** A run of that time, as a schedule or a person may have left it. */
async function addRun(api: ApiBench, workflow: string, at: string, state: WorkflowState): Promise<WorkflowInstanceRow> {
  const { store, ids } = api.deps;
  const project = (await store.projects.find('etl'))!;
  const row = (await store.workflows.find(project.id, workflow))!;
  const { id } = await read<{ id: string }>(
    await api.send('POST', `${WORKFLOWS}/${workflow}/instances`, { body: {} }),
    202,
  );
  const filed = (await store.instances.find(id))!;
  const command = {
    ...{ id: ids.next<'command'>(), kind: 'start' as const, payload: {}, priority: 'medium' as const },
    ...{ createdBy: 'ann', createdAt: START },
  };
  const instance: WorkflowInstanceRow = {
    ...{ ...filed, id: ids.next<'workflow-instance'>(), workflowId: row.id, businessTime: Date.parse(at), state },
    ...{ startedAt: START, endedAt: START + 60_000 },
  };
  const event = {
    ...{ type: 'workflow_instance.created' as const, projectId: project.id, workflowInstanceId: instance.id },
    ...{ taskInstanceId: null, at: START, data: {} },
  };
  await store.instances.start(instance, { ...command, workflowInstanceId: instance.id }, event);
  return instance;
}

it('plans without starting anything: the closure by levels, runs, times in the order of starting', async () => {
  const api = await bench(after('sums', 'orders'), after('report', 'sums', 'stock'));
  const planned = await plan(api, { dependents: true, order: 'newest_first' });
  expect(planned).toMatchObject({
    ...{ runs: 9, skipped: 0, times: 3, timezone: null, leftOut: [], conflicts: [], skips: [] },
    ...{ first: '2026-01-01T00:00:00.000Z', last: '2026-01-03T00:00:00.000Z' },
    members: [
      { workflowName: 'orders', version: 1, level: 0, after: [], runs: 3, skipped: 0, history: null },
      { workflowName: 'sums', level: 1 },
      { workflowName: 'report', level: 2 },
    ],
    estimate: { length: null, slotTime: null, withoutHistory: ['orders', 'sums', 'report'] },
    notes: ['report also waits for runs of stock, which are not made by this backfill.'],
  });
  expect(planned.members[1]!.after).toEqual([planned.members[0]!.workflowId]);
  expect(planned.next.slice(0, 4)).toEqual([
    { workflowName: 'orders', businessTime: '2026-01-03T00:00:00.000Z' },
    { workflowName: 'sums', businessTime: '2026-01-03T00:00:00.000Z' },
    { workflowName: 'report', businessTime: '2026-01-03T00:00:00.000Z' },
    { workflowName: 'orders', businessTime: '2026-01-02T00:00:00.000Z' },
  ]);
  expect((await read<BackfillPage>(await api.send('GET', PATH))).items).toEqual([]);
  expect((await plan(api)).members).toHaveLength(1);
});

it('leaves out what is offline or cannot start by itself, and says so', async () => {
  const api = await bench(after('sums', 'orders'), {
    ...after('needy', 'orders'),
    params: [{ name: 'day', type: 'string' }],
  });
  await api.send('POST', `${WORKFLOWS}/sums/offline`);
  const { members, leftOut } = await plan(api, { dependents: true });
  expect(members).toHaveLength(1);
  expect(leftOut).toEqual([
    { projectName: 'etl', workflowName: 'sums', reason: 'It is offline.' },
    { projectName: 'etl', workflowName: 'needy', reason: expect.stringContaining('day') },
  ]);
});

it('skips what has succeeded unless asked, tells of which run, and counts its cost from the history', async () => {
  const api = await bench();
  const run = await addRun(api, 'orders', '2026-01-02T00:00:00Z', 'success');
  await addRun(api, 'orders', '2026-01-03T00:00:00Z', 'failure');
  const planned = await plan(api, { parallelism: 2 });
  expect(planned).toMatchObject({
    runs: 2,
    skipped: 1,
    estimate: { length: '1m', slotTime: '0s', withoutHistory: [] },
  });
  expect(planned.members[0]).toMatchObject({ history: { runs: 1, duration: '1m' }, skipped: 1 });
  expect(planned.skips).toEqual([
    {
      ...{ workflowName: 'orders', businessTime: '2026-01-02T00:00:00.000Z', reason: 'It has succeeded already.' },
      workflowInstanceId: run.id,
    },
  ]);
  expect(await plan(api, { rerunSucceeded: true })).toMatchObject({ runs: 3, skipped: 0 });
});

it('is started, listed, shown with its counts, and its items are paged', async () => {
  const api = await bench(after('sums', 'orders'));
  const times = { ...DAYS, timezone: 'Europe/Berlin' };
  const made = await start(api, {
    times,
    dependents: true,
    parallelism: 4,
    description: 'January',
    start: { workerGroup: null },
  });
  expect(made).toMatchObject({
    ...{ projectName: 'etl', workflowName: 'orders', state: 'running', revision: 1, items: 6, progress: 0, hold: null },
    times: { kind: 'range', from: '2025-12-31T23:00:00.000Z', every: 'day', timezone: 'Europe/Berlin' },
    ...{ timezone: 'Europe/Berlin', description: 'January', order: 'oldest_first', parallelism: 4, createdBy: 'admin' },
    counts: { waiting: 6, running: 0, success: 0, failure: 0, skipped: 0, blocked: 0, cancelled: 0 },
    start: { priority: 'lowest', params: {} },
    ...{ endedAt: null, expectedEnd: null },
  });
  expect(await show(api, made.id)).toEqual(made);
  for (const query of ['', '?project=etl', '?project=etl&workflow=orders&state=running']) {
    expect((await read<BackfillPage>(await api.send('GET', `${PATH}${query}`))).items).toEqual([made]);
  }
  expect((await read<BackfillPage>(await api.send('GET', `${PATH}?state=done`))).items).toEqual([]);
  const first = await read<BackfillItemPage>(await api.send('GET', `${PATH}/${made.id}/items?limit=4`));
  expect(first.items.map(({ position, workflowName }) => [position, workflowName])).toEqual([
    ...[
      [0, 'orders'],
      [1, 'sums'],
      [2, 'orders'],
    ],
    [3, 'sums'],
  ]);
  expect(first.items[0]).toMatchObject({ state: 'waiting', level: 0, run: null, tries: 0, reason: null });
  const rest = await read<BackfillItemPage>(
    await api.send('GET', `${PATH}/${made.id}/items?state=waiting&cursor=${first.nextCursor}`),
  );
  expect(rest.items).toHaveLength(2);
  const { items } = await api.deps.store.requests.auditLog({ limit: 2, cursor: null }, { subject: made.id });
  expect(items).toMatchObject([{ action: 'backfill.create', data: { workflow: 'etl/orders', runs: 6 } }]);
});

it('takes the list of times as it is, each once', async () => {
  const api = await bench();
  const times = { kind: 'list', times: ['2026-02-01T06:00:00Z', '2026-01-01', '2026-02-01T06:00:00Z'] };
  expect((await plan(api, { times })).next.map(({ businessTime }) => businessTime)).toEqual([
    '2026-01-01T00:00:00.000Z',
    '2026-02-01T06:00:00.000Z',
  ]);
});

it('takes the fire times of a schedule, or its gaps, but for what its calendars leave out and what lies ahead', async () => {
  const api = await bench();
  await api.send('POST', '/api/v1/calendars', { body: { name: 'closed', weekdays: [0] } });
  const body = {
    name: 'nightly',
    plan: { cron: '0 2 * * *', timezone: 'UTC', calendars: { exclude: ['closed'] } },
  };
  const made = await read<{ id: string }>(await api.send('POST', `${WORKFLOWS}/orders/schedules`, { body }), 201);
  await addRun(api, 'orders', '2026-02-24T02:00:00Z', 'success');
  await addRun(api, 'orders', '2026-02-25T02:00:00Z', 'running');
  const times = { kind: 'schedule', schedule: 'nightly', from: '2026-02-21', to: '2026-04-01' };
  const all = await plan(api, { times });
  expect(all).toMatchObject({ times: all.times, skipped: 1, timezone: 'UTC', first: '2026-02-21T02:00:00.000Z' });
  const gaps = await plan(api, { times: { ...times, schedule: made.id, only: 'gaps' } });
  expect(gaps.times).toBe(all.times - 2);
  expect(gaps.notes).toContain('Fire times that lie ahead are left to the schedule.');
  expect(gaps.notes.join(' ')).toContain('1 fire times have a run that has not ended');
  expect(all.last! < '2026-03-01T12').toBe(true);
  expect(await start(api, { times })).toMatchObject({
    times: { kind: 'schedule', scheduleName: 'nightly', only: 'all' },
  });
});

test.each([
  [{ times: { ...DAYS, every: 'second' } }, 'times.every', /not an interval/],
  [{ times: { ...DAYS, to: '2026-01-01' } }, 'times.to', /later/],
  [{ times: { ...DAYS, from: '2026-02-30' } }, 'times.from', /not a time/],
  [{ times: { ...DAYS, timezone: 'Mars/Olympus' } }, 'times.timezone', /no time zone/],
  [{ times: { kind: 'list', times: ['x'] } }, 'times.times[0]', /not a time/],
  [
    { times: { kind: 'schedule', schedule: 'none', from: '2026-01-01', to: '2026-02-01' } },
    'times.schedule',
    /no schedule/,
  ],
  [{ times: { ...DAYS, every: '1s', to: '2026-01-12T13:46:40Z' } }, 'times', /1000000 times.*at most 10000/],
  [{ start: { params: { nope: 1 }, startTasks: ['gone'] } }, 'start.startTasks[0]', /no task/],
  [{ parallelism: 0 }, 'parallelism', /At least one/],
])('refuses %j', async (more, path, message) => {
  const api = await bench();
  const { errors = [] } = await refused(api, more);
  expect(errors.find((error) => error.path === path)?.message).toMatch(message);
  expect((await read<BackfillPage>(await api.send('GET', PATH))).items).toEqual([]);
});

it('refuses more runs than there may be, counting those of dependents', async () => {
  const api = await openApi({ settings: { maxBackfillItems: 5 } });
  await api.createWorkflow();
  for (const body of [noop('orders'), after('sums', 'orders')]) {
    await api.send('POST', WORKFLOWS, { body });
    await api.send('POST', `${WORKFLOWS}/${body.name}/online`);
  }
  const { errors } = await refused(api, { dependents: true });
  expect(errors).toEqual([
    {
      path: 'times',
      message: 'These would be 6 runs (3 times of 2 workflows); at most 5 are possible in one backfill',
    },
  ]);
});

it('refuses a workflow that is offline, a ring of dependents, and what has succeeded whole', async () => {
  const api = await bench(after('a', 'b'), after('b', 'a'));
  await addRun(api, 'orders', '2026-01-01T00:00:00Z', 'success');
  const done = await refused(api, { times: { kind: 'list', times: ['2026-01-01'] } }, 409);
  expect(done.detail).toContain('succeeded already');
  const ring = await refused(api, { workflow: 'a', dependents: true });
  expect(ring.errors).toEqual([{ path: 'dependents', message: expect.stringContaining('a, b wait for each other') }]);
  await api.send('POST', `${WORKFLOWS}/orders/offline`);
  expect((await refused(api, {}, 409)).detail).toContain('offline');
});

it('names the backfill that is in the way, before and when it is started', async () => {
  const api = await bench();
  const first = await start(api, { description: 'January' });
  const { conflicts } = await plan(api);
  expect(conflicts).toEqual([
    {
      ...{ backfillId: first.id, description: 'January', workflowName: 'orders', times: 3 },
      first: '2026-01-01T00:00:00.000Z',
    },
  ]);
  expect((await refused(api, {}, 409)).detail).toContain(`${first.id} (January) has 3 of these times of orders`);
  await act(api, first.id, 'cancel');
  await start(api);
});

it('is started once under one idempotency key', async () => {
  const api = await bench();
  const headers = { 'idempotency-key': 'once' };
  const first = await start(api, {}, headers);
  expect((await start(api, {}, headers)).id).toBe(first.id);
  expect((await read<BackfillPage>(await api.send('GET', PATH))).items).toHaveLength(1);
});

it('is paused, goes on, gets another parallelism, is cancelled; each is in the audit log', async () => {
  const api = await bench();
  const { id } = await start(api);
  expect(await read<BackfillView>(await act(api, id, 'pause'))).toMatchObject({ state: 'paused', revision: 2 });
  expect((await read<ProblemView>(await act(api, id, 'pause'), 409)).detail).toContain('only one that is running');
  const edit = await api.send('PATCH', `${PATH}/${id}`, { body: { parallelism: 9, description: 'more' } });
  expect(await read<BackfillView>(edit)).toMatchObject({ parallelism: 9, description: 'more', state: 'paused' });
  expect((await api.send('PATCH', `${PATH}/${id}`, { body: {} })).status).toBe(400);
  expect(await read<BackfillView>(await act(api, id, 'resume'))).toMatchObject({ state: 'running' });
  expect((await read<ProblemView>(await act(api, id, 'retry'), 409)).detail).toContain('Nothing of the backfill');
  expect(await read<BackfillView>(await act(api, id, 'cancel'))).toMatchObject({
    ...{ state: 'cancelled', progress: 1, counts: { cancelled: 3 } },
  });
  expect((await act(api, id, 'cancel')).status).toBe(409);
  expect((await act(api, id, 'retry')).status).toBe(409);
  expect((await act(api, 'none', 'pause')).status).toBe(404);
  const { items } = await api.deps.store.requests.auditLog({ limit: 9, cursor: null });
  expect(items.map(({ action }) => action).filter((action) => action.startsWith('backfill.'))).toEqual([
    ...['backfill.cancel', 'backfill.resume', 'backfill.edit', 'backfill.pause', 'backfill.create'],
  ]);
});

it('says who did what to whoever may see it, and nothing else of the audit log', async () => {
  const api = await bench();
  const { id } = await start(api);
  const { id: other } = await start(api, { times: { kind: 'list', times: ['2025-01-01'] } });
  const ann = await api.addUser('ann', 'editor');
  await read(await api.send('POST', `${PATH}/${id}/pause`, { token: ann }));
  const acts = async (of: string, query = '') =>
    read<BackfillActPage>(await api.send('GET', `${PATH}/${of}/acts${query}`, { token: ann }));
  const { items } = await acts(id);
  expect(items).toEqual([
    { id: expect.any(String), at: expect.any(String), by: 'ann', did: 'pause' },
    { id: expect.any(String), at: expect.any(String), by: 'admin', did: 'create' },
  ]);
  expect((await acts(other)).items.map(({ did }) => did)).toEqual(['create']);
  const first = await acts(id, '?limit=1');
  expect(first.items).toEqual([items[0]]);
  expect((await acts(id, `?limit=1&cursor=${first.nextCursor}`)).items).toEqual([items[1]]);
  expect((await api.send('GET', `${PATH}/etl/acts`, { token: ann })).status).toBe(404);
  expect((await api.send('GET', '/api/v1/audit', { token: ann })).status).toBe(403);
});

it('stops its runs where that is asked for, also later', async () => {
  const api = await bench();
  const { id } = await start(api);
  const { store, ids } = api.deps;
  const run = await addRun(api, 'orders', '2026-01-01T00:00:00Z', 'running');
  const command = { ...(await commandFor(api, run)), id: ids.next<'command'>() };
  const filing = {
    instance: { ...run, id: ids.next<'workflow-instance'>() },
    command,
    event: {
      ...{ type: 'workflow_instance.created' as const, projectId: run.projectId, workflowInstanceId: run.id },
      ...{ taskInstanceId: null, at: START, data: {} },
    },
  };
  await api.store.backfillQueue.start(1, { backfill: { id: id as BackfillId, revision: 1 }, position: 0 }, filing);
  await act(api, id, 'cancel');
  const before = await store.commands.pendingCount();
  await read<BackfillView>(await act(api, id, 'cancel', { stopRuns: true }));
  expect(await store.commands.pendingCount()).toBe(before + 1);
});

async function commandFor({ deps }: ApiBench, run: WorkflowInstanceRow) {
  return {
    ...{ id: deps.ids.next<'command'>(), kind: 'start' as const, workflowInstanceId: run.id, payload: {} },
    ...{ priority: 'lowest' as const, createdBy: 'x', createdAt: START },
  };
}

it('tries again what failed and what that had blocked', async () => {
  const api = await bench(after('sums', 'orders'));
  const { id } = await start(api, { dependents: true, times: { kind: 'list', times: ['2026-01-01'] } });
  await api.store.backfillQueue.settle(
    1,
    [
      { backfillId: id as BackfillId, position: 0, from: 'waiting', to: 'failure', reason: 'x' },
      { backfillId: id as BackfillId, position: 1, from: 'waiting', to: 'blocked', reason: 'y' },
    ],
    START,
  );
  expect(await show(api, id)).toMatchObject({ counts: { failure: 1, blocked: 1 }, progress: 1 });
  expect(await read<BackfillView>(await act(api, id, 'retry'))).toMatchObject({ counts: { waiting: 2 }, revision: 2 });
});

it('tries again those that are chosen, none when one of them has not failed, and says which in the audit log', async () => {
  const api = await bench();
  const { id } = await start(api);
  const settle = (position: number) =>
    ({ backfillId: id as BackfillId, position, from: 'waiting', to: 'failure', reason: 'x' }) as const;
  await api.store.backfillQueue.settle(1, [settle(0), settle(1)], START);
  const wrong = await read<ProblemView>(await act(api, id, 'retry', { items: [0, 2, 9] }), 409);
  expect(wrong.detail).toContain('items 2, 9 have not');
  expect((await act(api, id, 'retry', { items: [] })).status).toBe(400);
  expect(await show(api, id)).toMatchObject({ counts: { failure: 2, waiting: 1 }, revision: 1 });
  const { counts } = await read<BackfillView>(await act(api, id, 'retry', { items: [1, 1] }));
  expect(counts).toMatchObject({ failure: 1, waiting: 2 });
  expect((await api.auditLog()).at(-1)).toMatchObject({ action: 'backfill.retry', subject: id, data: { items: [1] } });
});

it('stops all of its runs, however many there are', async () => {
  const api = await bench();
  const hours = { kind: 'range', from: '2026-01-01', to: '2026-01-22', every: 'hour' };
  const { id } = await start(api, { times: hours, parallelism: 600 });
  const { store, ids } = api.deps;
  const run = await addRun(api, 'orders', '2026-01-01T00:00:00Z', 'running');
  const command = await commandFor(api, run);
  const count = 502;
  for (let position = 0; position < count; position++) {
    const instanceId = ids.next<'workflow-instance'>();
    await api.store.backfillQueue.start(
      1,
      { backfill: { id: id as BackfillId, revision: 1 }, position },
      {
        instance: { ...run, id: instanceId },
        command: { ...command, id: ids.next<'command'>(), workflowInstanceId: instanceId },
        event: {
          ...{ type: 'workflow_instance.created' as const, projectId: run.projectId, workflowInstanceId: instanceId },
          ...{ taskInstanceId: null, at: START, data: {} },
        },
      },
    );
  }
  const before = await store.commands.pendingCount();
  await read<BackfillView>(await act(api, id, 'cancel', { stopRuns: true }));
  expect((await store.commands.pendingCount()) - before).toBe(count);
});
