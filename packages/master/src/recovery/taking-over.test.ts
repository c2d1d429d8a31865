/** A new leader takes over: page by page, going on where it was interrupted, open for work meanwhile. */
import { AppError, type WorkflowInstanceId } from '@vaquita/core';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const busy = () => new AppError('database_busy', 'busy');

async function openRuns(count: number) {
  bench = await openMasterBench({ recoveryPage: 2 });
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  const ids: WorkflowInstanceId[] = [];
  for (let at = 0; at < count; at++) ids.push(await bench.start(workflow));
  return { workflow, ids };
}

test('goes on where it was interrupted, and is open for work meanwhile', async () => {
  const { workflow, ids } = await openRuns(5);
  const { openInstances } = bench.store.master;
  let reads = 0;
  const loads: string[] = [];
  bench.faults.load = (id) => void loads.push(id);
  bench.faults.open = (page) => {
    reads += 1;
    if (page.after !== null && reads < 5) throw busy();
    return openInstances(page);
  };
  await bench.crashAndRestart();
  expect(bench.master.status()).toMatchObject({
    runs: 2,
    system: { doing: null, retrying: [{ event: 'LeadershipGained (leadership)', error: 'busy' }] },
  });
  const fresh = await bench.start(workflow);
  expect(await bench.instance(fresh)).toMatchObject({ state: 'running' });
  await bench.clock.advance(10_000);
  expect(bench.master.status()).toMatchObject({ runs: 6, system: { doing: null, waiting: 0, retrying: [] } });
  expect(loads.toSorted()).toEqual([...ids, fresh].toSorted());
});

test('workers come in from the first page on, and what they say counts for runs of later pages', async () => {
  bench = await openMasterBench({ recoveryPage: 1 });
  const worker = bench.joinWorker('w');
  const ids: WorkflowInstanceId[] = [];
  for (const name of ['first', 'running', 'unheard', 'working', 'waiting']) {
    ids.push(await bench.start(await bench.createWorkflow(name, [{ name }])));
  }
  const [first, running, unheard, working, waiting] = ids;
  expect(worker.dispatches).toHaveLength(4);
  await worker.starts('running');
  await worker.starts('working');
  const { openInstances } = bench.store.master;
  let ill = true;
  bench.faults.open = (page) => {
    if (ill && page.after !== null) throw busy();
    return openInstances(page);
  };
  await bench.crashAndRestart();
  const dispatchId = worker.dispatchOf('working')!;
  const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
  await bench.settle();
  expect(back.news).toEqual(['welcome keep=1 abandon=0']);
  await back.result(dispatchId);
  expect(await bench.instance(working!)).toMatchObject({ state: 'success' });
  expect(back.acked()).toEqual([dispatchId]);
  expect(back.dispatchOf('unheard')).toBeUndefined();
  ill = false;
  await bench.clock.advance(10_000);
  // Never acknowledged as started: sent again as it was. Started, and not known any more: lost.
  expect(back.dispatchOf('unheard')).toBe(worker.dispatchOf('unheard'));
  expect((await bench.tasks(running!)).map(({ state }) => state)).toEqual(['need_fault_tolerance', 'dispatched']);
  for (const name of ['unheard', 'running', 'first', 'waiting']) await back.ends(name);
  for (const id of [first!, running!, unheard!, waiting!])
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
});

test('a run whose rows do not come now waits for the others', async () => {
  const { ids } = await openRuns(3);
  bench.joinWorker('w');
  await bench.settle();
  let ill = true;
  bench.faults.load = (id) => {
    if (ill && id === ids[0]) throw busy();
  };
  await bench.crashAndRestart();
  await bench.clock.advance(1_000);
  expect(bench.master.status()).toMatchObject({ runs: 2 });
  // Workers that are away are given up all the same.
  await bench.clock.advance(40_000);
  expect((await bench.store.master.workers.get('worker-w' as never))?.state).toBe('offline');
  ill = false;
  await bench.clock.advance(30_000);
  expect(bench.master.status()).toMatchObject({ runs: 3 });
});

test('the loss of a worker is handled until it is written, and other losses meanwhile', async () => {
  bench = await openMasterBench();
  const first = bench.joinWorker('first', { slots: 1 });
  const second = bench.joinWorker('second', { slots: 1 });
  const id = await bench.start(await bench.createWorkflow('two', [{ name: 'a' }, { name: 'b' }]));
  expect(first.dispatches.length + second.dispatches.length).toBe(2);
  const { setState } = bench.store.master.workers;
  let ill = true;
  bench.faults.setWorkerState = (...change) => {
    if (ill && change[1] === ('worker-first' as never)) throw busy();
    return setState(...change);
  };
  await first.vanish();
  await second.vanish();
  await bench.clock.advance(31_000);
  const stateOf = async (name: string) => (await bench.store.master.workers.get(`worker-${name}` as never))?.state;
  expect([await stateOf('first'), await stateOf('second')]).toEqual(['online', 'offline']);
  expect(Object.values(await bench.states(id))).toEqual(['submitted', 'submitted']);
  ill = false;
  await bench.clock.advance(60_000);
  expect(await stateOf('first')).toBe('offline');
});

test('another server that is gone: workers that were with it are waited for, and then lost', async () => {
  bench = await openMasterBench();
  const row = {
    groups: [],
    labels: {},
    slots: 1,
    weight: 1,
    agentVersion: '',
    runtime: '',
    host: '',
    taskTypes: [],
    stats: {},
  };
  const times = { connectedAt: 0, lastHeartbeatAt: 0, updatedAt: 0, sessionTimeoutMs: 30_000 };
  const elsewhere = { id: 'worker-x' as never, name: 'x', state: 'online' as const, ...row, ...times };
  await bench.store.master.workers.upsert(1, elsewhere, 'It has joined.');
  bench.master.serverLost('server-9');
  bench.master.serverLost('server-9');
  await bench.clock.advance(20_000);
  expect((await bench.store.master.workers.get(elsewhere.id))?.state).toBe('online');
  bench.master.serverLost('server-9');
  await bench.clock.advance(16_000);
  expect((await bench.store.master.workers.get(elsewhere.id))?.state).toBe('offline');
});

test('10,000 open runs: a page is one query, each run is read once and a few at a time, and work goes on meanwhile', async () => {
  const RUNS = 10_000;
  const PAGE = 200;
  const AT_ONCE = 8;
  bench = await openMasterBench({ recoveryPage: PAGE, recoveryAtOnce: AT_ONCE, maxLiveRuns: null });
  const workflow = await bench.createWorkflow('one', [{ name: 'a', type: 'approval' }]);
  for (let n = 0; n < RUNS; n++) await bench.file(workflow);
  bench.master.nudge();
  await bench.settle();
  expect(bench.master.status()).toMatchObject({ runs: RUNS });

  const { openInstances } = bench.store.master;
  const limits: number[] = [];
  let loading = 0;
  let most = 0;
  const loads = new Map<string, number>();
  let fresh: WorkflowInstanceId | undefined;
  bench.faults.open = async (page) => {
    limits.push(page.limit);
    // In the middle of it somebody starts another run.
    if (limits.length === 25) {
      expect(bench.master.status()?.takingOver).toMatchObject({ done: false, pages: 24, taken: 24 * PAGE, left: 0 });
      fresh = await bench.file(workflow);
      bench.master.nudge();
    }
    if (limits.length === 26) expect(await bench.states(fresh!)).toEqual({ a: 'running' });
    return openInstances(page);
  };
  bench.faults.load = async (id) => {
    loads.set(id, (loads.get(id) ?? 0) + 1);
    loading += 1;
    most = Math.max(most, loading);
    await undefined;
    loading -= 1;
  };
  await bench.crashAndRestart();
  expect(bench.master.status()).toMatchObject({
    runs: RUNS + 1,
    takingOver: { done: true, pages: limits.length, left: 0 },
  });
  // The run that came meanwhile may be on the last page or on one of its own.
  expect(limits.length - RUNS / PAGE).toBeLessThanOrEqual(1);
  expect(new Set(limits)).toEqual(new Set([PAGE]));
  expect(loads.size).toBe(RUNS + 1);
  expect(new Set(loads.values())).toEqual(new Set([1]));
  // The fresh one is read by its own command.
  expect(most).toBeLessThanOrEqual(AT_ONCE + 1);
  expect(most).toBeGreaterThanOrEqual(AT_ONCE);
}, 60_000);

test('a leader that dies while it takes over leaves nothing behind: the next one takes over all of it', async () => {
  const { ids } = await openRuns(6);
  const { openInstances } = bench.store.master;
  for (let life = 1; life <= 3; life++) {
    bench.faults.open = (page) => (page.after === null ? openInstances(page) : new Promise(() => {}));
    await bench.crashAndRestart();
    expect(bench.master.status()).toMatchObject({ runs: 2, takingOver: { done: false, taken: 2 } });
  }
  bench.faults.open = null;
  await bench.crashAndRestart();
  expect(bench.master.status()).toMatchObject({ runs: 6, takingOver: { done: true, taken: 6, pages: 3 } });
  const worker = bench.joinWorker('w', { slots: 6 });
  await bench.settle();
  expect(worker.dispatches).toHaveLength(6);
  for (const dispatch of worker.dispatches) await worker.result(dispatch.dispatchId);
  for (const id of ids) expect(await bench.tasks(id)).toMatchObject([{ state: 'success', attempt: 1, failovers: 0 }]);
});
