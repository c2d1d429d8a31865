import { type FoundThing, type TriggerRow, thingKey, WHOLE_GROUP, type WorkerId } from '@vaquita/core';
import { expect, test } from 'vitest';
import type { ApiDeps } from '../deps.ts';
import { openApi, read, workerRow } from '../testing/index.ts';
import type { WorkerLooks } from '../triggers/try-look.ts';
import type { ProblemView } from '../views/page.ts';
import type { TriggerCreate, TriggerCreated, TriggerPage, TriggerTestAnswer, TriggerView } from '../views/trigger.ts';

const OF_DAILY = '/api/v1/projects/etl/workflows/daily/triggers';
const CONFIG = { kind: 'file', path: '/in/*.csv', workerGroup: 'etl', mapping: { day: 'name' } } as const;
const FILES: TriggerCreate = { name: 'files', config: CONFIG };

async function opened(deps: Partial<ApiDeps> = {}) {
  const api = await openApi({ deps });
  await api.createWorkflow();
  const make = async (body: unknown = FILES) => read<TriggerCreated>(await api.send('POST', OF_DAILY, { body }), 201);
  const show = async (id: string) => read<TriggerView>(await api.send('GET', `/api/v1/triggers/${id}`));
  const rowOf = async (id: string) => (await api.store.triggers.find(id)) as TriggerRow;
  /** As the leader's duty does it. */
  async function looks(id: string, watcher: string, problem: { code: string; text: string } | null = null) {
    const row = await rowOf(id);
    const now = api.clock.now();
    const { since } = (await api.store.watchQueue.join(1, row, { watcher, lookedAt: now }))!;
    const firstAt = problem === null ? now : null;
    await api.store.watchQueue.looked(1, {
      trigger: row,
      ...{ watcher, since, firstAt, lookedAt: now, problem, firing: null },
    });
  }
  const tried = async (id: string, body: unknown = {}) =>
    read<TriggerTestAnswer>(await api.send('POST', `/api/v1/triggers/${id}/test`, { body }));
  return { ...api, make, show, rowOf, looks, tried };
}

test('a trigger on files is made with what it is not told left as usual, and shown, changed and listed', async () => {
  const { make, show, send, auditLog } = await opened();
  const made = await make();
  expect(made).toMatchObject({
    ...{ kind: 'file', name: 'files', secret: null, online: true },
    config: {
      ...{ kind: 'file', path: '/in/*.csv', workerGroup: 'etl', every: '1m', settled: '30s', mapping: { day: 'name' } },
    },
    watch: { watchers: [], moreWatchers: false, things: 0 },
  });
  const config = { ...CONFIG, every: '10s', settled: '0s' };
  const changed = await send('PATCH', `/api/v1/triggers/${made.id}`, { body: { config } });
  expect((await read<TriggerView>(changed)).config).toEqual(config);
  expect((await auditLog()).at(-1)).toMatchObject({ action: 'trigger.update', data: { config: { everyMs: 10_000 } } });
  expect(await show(made.id)).toMatchObject({ revision: 2, config });
  const list = await read<TriggerPage>(await send('GET', '/api/v1/triggers?kind=file'));
  expect(list.items.map(({ id }) => id)).toEqual([made.id]);
  expect((await send('POST', `/api/v1/triggers/${made.id}/rotate-secret`)).status).toBe(409);
});

test.each([
  ['config.path', { path: 'in/*.csv' }],
  ['config.path', { path: 'https://ann:pw@x.io/a' }],
  ['config.every', { every: '5s' }],
  ['config.every', { every: 'often' }],
  ['config.settled', { settled: '2h' }],
  ['config.workerGroup', { workerGroup: ' ' }],
  ['config.mapping.day', { mapping: { day: 'nmae' } }],
  ['config.mapping.dya', { mapping: { day: 'name', dya: 'path' } }],
  ['start.params.day', { mapping: {} }],
])('a problem of the config is told at %s', async (path, change) => {
  const { send, store } = await opened();
  const body = { ...FILES, config: { ...CONFIG, ...change } };
  const problem = await read<ProblemView>(await send('POST', OF_DAILY, { body }), 400);
  expect(problem.errors?.map((error) => error.path)).toEqual([path]);
  expect((await store.triggers.list({}, { limit: 5, cursor: null })).items).toEqual([]);
});

test('a view says who looks, what is known, and why nobody does', async () => {
  const { make, show, send, looks, addWorkers, store, clock, rowOf } = await opened();
  const { id } = await make();
  expect((await show(id)).problem).toBe('No worker of the group “etl” is connected, so nobody looks.');
  await addWorkers(workerRow('w1', { groups: ['etl'] }), workerRow('w2', { groups: ['etl'] }), workerRow('w3'));
  expect((await show(id)).problem).toBeNull();
  await clock.advance(600_000);
  expect((await show(id)).problem).toContain('update them');
  const missing = { code: 'not_found', text: 'There is no folder /in.' };
  await looks(id, 'worker-w1', missing);
  expect((await show(id)).problem).toBe('On w1: There is no folder /in.');
  await looks(id, 'worker-w2');
  await looks(id, 'gone');
  await store.watchQueue.know(1, await rowOf(id), { keys: ['a', 'b'], knownFrom: 1, at: 1 });
  const at = new Date(clock.now()).toISOString();
  const view = await show(id);
  expect(view).toMatchObject({ problem: null, watch: { things: 2, moreWatchers: false } });
  expect(view.watch?.watchers).toEqual([
    { workerId: 'worker-w1', name: 'w1', connected: true, firstLookAt: null, problem: missing },
    { workerId: 'worker-w2', name: 'w2', connected: true, firstLookAt: at, problem: null },
    { workerId: 'gone', name: null, connected: false, firstLookAt: at, problem: null },
  ]);
  await send('POST', `/api/v1/triggers/${id}/offline`);
  await send('POST', `/api/v1/triggers/${id}/online`);
  // It begins anew.
  expect((await show(id)).watch).toMatchObject({ watchers: [], things: 2 });
});

test('an object is looked at by the group as a whole', async () => {
  const { make, show, looks, addWorkers } = await opened();
  const { id } = await make({ ...FILES, config: { ...CONFIG, path: 'https://x.io/a.csv' } });
  await addWorkers(workerRow('w1', { groups: ['etl'] }));
  await looks(id, WHOLE_GROUP, { code: 'http_403', text: 'x.io answered 403.' });
  const { watch, problem } = await show(id);
  expect(problem).toBe('x.io answered 403.');
  expect(watch?.watchers).toMatchObject([{ workerId: null, name: null, connected: true, firstLookAt: null }]);
});

const file = (name: string, more: Partial<FoundThing> = {}): FoundThing => ({
  ...{ path: `/in/${name}`, size: 7, modifiedAt: Date.UTC(2026, 0, 2), etag: null, ...more },
});

/** Workers that find these. */
function looking(found: Readonly<Record<string, Awaited<ReturnType<WorkerLooks['look']>>>>): WorkerLooks {
  return {
    of: (group) => (group === 'etl' ? Object.keys(found).map((id) => ({ workerId: id as WorkerId, name: id })) : []),
    look: async (id) => found[id] ?? null,
  };
}

test('a test asks the workers what is there now, and says what would start', async () => {
  const page = (...entries: FoundThing[]) => ({ entries, isEnd: true, problem: null });
  const denied = { code: 'not_allowed', text: 'The agent may not read /in.' };
  const lookouts = looking({
    w1: page(file('a.csv'), file('b.csv'), file('${x}.csv')),
    w2: page(file('b.csv'), file('other.csv')),
    w3: { entries: [], isEnd: true, problem: denied },
    w4: null,
  });
  const { make, looks, tried, store, rowOf, send } = await opened({ lookouts });
  const { id } = await make();
  expect((await tried(id)).look).toMatchObject({ looked: true, newFiles: 0 });
  await looks(id, 'w1');
  await store.watchQueue.know(1, await rowOf(id), { keys: [thingKey(file('a.csv'))], knownFrom: 1, at: 1 });
  const answer = await tried(id);
  expect(answer).toMatchObject({ starts: true, params: { day: 'b.csv' }, version: 1, problems: [] });
  expect(answer.look).toMatchObject({ looked: true, note: null, newFiles: 2 });
  expect(answer.look?.workers).toEqual([
    { name: 'w1', found: 3, more: false, problem: null },
    { name: 'w2', found: 2, more: false, problem: null },
    { name: 'w3', found: 0, more: false, problem: denied },
    { name: 'w4', found: null, more: false, problem: null },
  ]);
  // Of w2 nothing is new: it has not had its first look.
  expect(answer.look?.files.map(({ path, known }) => [path, known])).toEqual([
    ['/in/b.csv', false],
    ['/in/${x}.csv', false],
    ['/in/a.csv', true],
    ['/in/other.csv', true],
  ]);
  expect(answer.look?.files[1]?.problem).toContain('placeholder');
  await send('POST', '/api/v1/projects/etl/workflows/daily/offline');
  expect(await tried(id)).toMatchObject({ starts: false, problems: [{ path: 'workflow' }] });
  expect((await store.firings.list(id as never, {}, { limit: 5, cursor: null })).items).toEqual([]);
  expect((await store.instances.list({}, { limit: 5, cursor: null })).items).toEqual([]);
});

test('a test with a file that is made up is answered by any server', async () => {
  const { make, tried } = await opened();
  const { id } = await make({ ...FILES, config: { ...CONFIG, mapping: { day: 'modified' } } });
  const made = { path: '/in/x.csv', modified: '2026-01-02T03:04:05.000Z' };
  expect(await tried(id, { file: made })).toEqual({
    ...{ starts: true, params: { day: '2026-01-02T03:04:05.000Z' }, version: 1, problems: [], look: null },
  });
  expect(await tried(id, { file: { path: '/in/x.csv' } })).toMatchObject({
    ...{ starts: false, problems: [{ path: 'params.day', message: 'The file has no “modified”.' }] },
  });
});

test('a server that does not lead says who does, and what is on record', async () => {
  const leadership = () =>
    ({ role: 'follower', leaderName: 'server-2', leaderUrl: 'https://two.example.com', epoch: 3 }) as const;
  const { make, looks, tried, addWorkers } = await opened({ leadership });
  const { id } = await make();
  await addWorkers(workerRow('w1', { groups: ['etl'] }));
  await looks(id, 'worker-w1', { code: 'not_found', text: 'There is no folder /in.' });
  expect(await tried(id)).toMatchObject({
    starts: false,
    look: {
      ...{ looked: false, note: expect.stringContaining('server-2 leads (https://two.example.com)'), files: [] },
      workers: [{ name: 'w1', found: null, problem: { code: 'not_found' } }],
    },
  });
});
