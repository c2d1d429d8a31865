/** What people decide about workers, on the way from the row to the worker (A1, A2, A3). */
import type { WorkerId } from '@vaquita/core';
import type { WorkerStanding } from '@vaquita/store';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench, type TestWorker } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const idOf = (name: string) => `worker-${name}` as WorkerId;

/** As the API would; the hint is lost unless told. */
async function decide(name: string, change: Partial<WorkerStanding>, hint = true): Promise<void> {
  const before = (await bench.store.workers.get(idOf(name)))!.standing;
  const none = { availability: 'available', by: 'ann', at: bench.clock.now(), why: '', overrides: {} } as const;
  const event = { type: 'worker.changed', projectId: null, workflowInstanceId: null, taskInstanceId: null } as const;
  const after = { ...none, ...before, ...change };
  await bench.store.workers.decide(idOf(name), { before, after }, { ...event, at: 0, data: {} });
  if (hint) bench.master.refreshWorkers();
  await bench.settle();
}

const stateOf = async (name: string) => (await bench.store.workers.get(idOf(name)))?.state;
const told = (worker: TestWorker) => worker.orders.map((order) => order.type);

async function workerWithTask() {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  const id = await bench.start(workflow);
  await worker.starts('a');
  // What is given back at once is made anew only after a pause.
  await bench.clock.advance(2_000);
  return { worker, workflow, id, dispatchId: worker.dispatchOf('a')! };
}

describe('drain', () => {
  test('lets what runs go on, gives nothing new, and says so; resume gives again', async () => {
    const { worker, workflow, id } = await workerWithTask();
    await decide('w', { availability: 'draining', why: 'new disks' });
    expect(worker.orders.at(-1)).toEqual({ type: 'drain', reason: 'by ann: new disks' });
    expect(await stateOf('w')).toBe('draining');
    const second = await bench.start(workflow);
    await bench.clock.advance(60_000);
    expect(await bench.states(second)).toEqual({ a: 'submitted' });
    await worker.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    await decide('w', { availability: 'available', why: '' });
    expect(worker.orders.slice(-2)).toMatchObject([{ type: 'resume' }, { type: 'dispatch' }]);
    expect(await stateOf('w')).toBe('online');
  });

  test('A1: holds after a reconnect and after a restart of the server', async () => {
    const { worker, workflow } = await workerWithTask();
    await decide('w', { availability: 'draining' });
    await worker.ends('a');
    await worker.vanish();
    const back = bench.joinWorker('w');
    await bench.settle();
    await bench.crashAndRestart();
    const again = bench.joinWorker('w');
    const id = await bench.start(workflow);
    await bench.clock.advance(60_000);
    expect([told(back), told(again)]).toEqual([['drain'], ['drain']]);
    expect(await bench.states(id)).toEqual({ a: 'submitted' });
    expect(await stateOf('w')).toBe('draining');
    const events = (await bench.store.events.after(0, { limit: 100 })).filter(({ type }) => type === 'worker.state');
    expect(events.map(({ data }) => data.to)).toEqual(['online', 'draining']);
  });

  test('A1: a decision whose hint was lost is found by the next look', async () => {
    const { worker } = await workerWithTask();
    await decide('w', { availability: 'draining' }, false);
    expect(told(worker)).not.toContain('drain');
    await bench.clock.advance(10_000);
    expect(told(worker)).toContain('drain');
  });

  test('A2: however often it is looked at, the worker is told once', async () => {
    const { worker } = await workerWithTask();
    await decide('w', { availability: 'draining' });
    for (let i = 0; i < 5; i++) bench.master.refreshWorkers();
    await bench.clock.advance(60_000);
    expect(told(worker).filter((type) => type === 'drain')).toHaveLength(1);
  });

  test('a worker of version 1.0 is given nothing either, without being told', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w', { versions: ['1.0'] });
    await bench.settle();
    await decide('w', { availability: 'draining' });
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    expect(worker.orders).toEqual([]);
    expect(await bench.states(id)).toEqual({ a: 'submitted' });
  });

  test('a worker that drains by itself gets nothing until it says that it goes on', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w', { draining: true });
    const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
    await bench.clock.advance(10_000);
    expect(await bench.states(id)).toEqual({ a: 'submitted' });
    expect(await stateOf('w')).toBe('draining');
    const status = { slots: 4, labels: {}, logLevel: null, running: [], unsent: 0 } as const;
    await worker.send({ type: 'drainStatus', draining: false, ...status });
    expect(await bench.states(id)).toEqual({ a: 'dispatched' });
    expect(await stateOf('w')).toBe('online');
  });
});

describe('configure', () => {
  test('more slots are used at once, fewer as tasks end; nothing is taken away', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w', { slots: 1 });
    const workflow = await bench.createWorkflow(
      'many',
      [1, 2, 3, 4].map((n) => ({ name: `t${n}` })),
    );
    await bench.start(workflow);
    expect(worker.dispatches).toHaveLength(1);
    await decide('w', { overrides: { slots: 3, labels: { zone: 'b' }, logLevel: 'debug' } });
    expect(worker.orders).toContainEqual({ type: 'configure', slots: 3, labels: { zone: 'b' }, logLevel: 'debug' });
    expect(worker.dispatches).toHaveLength(3);
    await decide('w', { overrides: { slots: 2 } });
    await worker.ends('t1');
    expect(worker.dispatches).toHaveLength(3);
    await worker.ends('t2');
    expect(worker.dispatches).toHaveLength(4);
    expect(await bench.store.workers.get(idOf('w'))).toMatchObject({ slots: 2, own: { slots: 1 } });
  });

  test('back to its own when the override goes', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w', { slots: 1, labels: { zone: 'a' } });
    await bench.settle();
    await decide('w', { overrides: { slots: 3 } });
    await decide('w', { overrides: {} });
    expect(worker.orders.at(-1)).toEqual({ type: 'configure', slots: 1, labels: { zone: 'a' }, logLevel: null });
    await bench.start(await bench.createWorkflow('many', [{ name: 'a' }, { name: 'b' }]));
    expect(worker.dispatches).toHaveLength(1);
  });

  test('a worker of version 1.0 is given no more than it takes', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w', { slots: 2, versions: ['1.0'] });
    await bench.settle();
    await decide('w', { overrides: { slots: 9 } });
    await bench.start(
      await bench.createWorkflow(
        'many',
        [1, 2, 3].map((n) => ({ name: `t${n}` })),
      ),
    );
    expect(worker.dispatches).toHaveLength(2);
    await decide('w', { overrides: { slots: 1 } });
    await worker.ends('t1');
    expect(worker.dispatches).toHaveLength(2);
  });
});

describe('evict', () => {
  test('A3: ends the session, has its tasks killed there and made anew elsewhere, and keeps it out', async () => {
    const { worker, id, dispatchId } = await workerWithTask();
    const other = bench.joinWorker('other');
    await decide('w', { availability: 'evicted', why: 'broken disk' });
    expect(told(worker).slice(-2)).toEqual(['drain', 'kill']);
    expect(worker.news.at(-1)).toBe('closed evicted');
    expect(other.dispatchOf('a')).toBeDefined();
    const rows = await bench.tasks(id);
    expect(rows.map(({ state, failovers }) => [state, failovers])).toEqual([
      ['need_fault_tolerance', 0],
      ['dispatched', 0],
    ]);
    expect(rows[0]!.reason?.text).toContain('sent away by ann: broken disk');
    expect(await stateOf('w')).toBe('offline');
    const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
    await bench.settle();
    expect(back.news).toEqual(['reject evicted', 'closed rejected']);
    const renamed = bench.joinWorker('w', { workerId: 'another' as WorkerId });
    await bench.settle();
    expect(renamed.news).toEqual(['reject evicted', 'closed rejected']);
  });

  test('holds after a restart; resume lets it in again, and what it had ended meanwhile is late', async () => {
    const { id, dispatchId } = await workerWithTask();
    const other = bench.joinWorker('other');
    await decide('w', { availability: 'evicted' });
    await bench.crashAndRestart();
    const back = bench.joinWorker('w');
    await bench.settle();
    expect(back.news[0]).toBe('reject evicted');
    await decide('w', { availability: 'available' });
    const allowed = bench.joinWorker('w', { unsent: [{ dispatchId, epoch: 1 }] });
    await bench.settle();
    expect(allowed.news).toEqual(['welcome keep=0 abandon=0']);
    await allowed.result(dispatchId);
    expect(allowed.acked()).toEqual([dispatchId]);
    expect(other.dispatches).toHaveLength(1);
    expect((await bench.tasks(id)).map(({ state }) => state)).toEqual(['need_fault_tolerance', 'dispatched']);
  });

  test('of a worker whose connection is lost does not wait for it', async () => {
    const { worker, id } = await workerWithTask();
    const other = bench.joinWorker('other');
    await worker.vanish();
    await decide('w', { availability: 'evicted' });
    expect(other.dispatchOf('a')).toBeDefined();
    expect((await bench.tasks(id))[0]!.state).toBe('need_fault_tolerance');
  });

  test('of one worker is of no effect on any other', async () => {
    const { id } = await workerWithTask();
    const other = bench.joinWorker('other');
    await bench.settle();
    await decide('other', { availability: 'evicted' });
    expect(other.news.at(-1)).toBe('closed evicted');
    expect(await bench.states(id)).toEqual({ a: 'running' });
    expect(bench.master.status()).toMatchObject({ workers: 1 });
  });
});

describe('a token that is good no more', () => {
  test('ends the session at once when that is told; its tasks wait as for any lost connection', async () => {
    const { worker, id } = await workerWithTask();
    bench.revokeToken();
    bench.master.refreshWorkers();
    await bench.settle();
    expect(worker.news.at(-1)).toBe('closed rejected');
    expect(await bench.states(id)).toEqual({ a: 'running' });
    expect(await stateOf('w')).toBe('online');
    await bench.clock.advance(31_000);
    expect((await bench.tasks(id))[0]!.state).toBe('need_fault_tolerance');
  });
});
