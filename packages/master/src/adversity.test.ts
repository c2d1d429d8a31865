/** Attacks: everything that goes wrong between a commit and its answer, between two sessions, between two clocks. */
import { AppError, type DispatchId } from '@vaquita/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from './testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const busy = () => new AppError('database_busy', 'the database is busy');

async function oneTask(settings = {}) {
  bench = await openMasterBench(settings);
  const worker = bench.joinWorker('w');
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  return { worker, workflow };
}

/** Fails commits until `heal` is called. */
function breakCommits(): { heal(): void } {
  bench.faults.commit = () => {
    throw busy();
  };
  return {
    heal() {
      bench.faults.commit = null;
    },
  };
}

describe('two sessions of one worker', () => {
  test('after a silent loss of the network the worker is back before its old session has ended: nothing is lost', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    const dispatchId = worker.dispatchOf('a')!;
    worker.blackhole();
    await bench.clock.advance(30_300);
    const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
    await bench.clock.advance(10_000);
    expect(back.news).toEqual(['welcome keep=1 abandon=0']);
    await back.result(dispatchId);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(await bench.tasks(id)).toHaveLength(1);
  });

  test('a worker that has given a silent connection up has not left: it is waited for with what it runs', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    // As after a silence that only the worker has noticed: its end of the line comes late.
    worker.session.close('session_timeout', 'no heartbeatAck for 20000 ms');
    await bench.clock.advance(1_000);
    expect(await bench.states(id)).toEqual({ a: 'running' });
    const back = bench.joinWorker('w', {
      running: [{ dispatchId: worker.dispatchOf('a')!, epoch: 1, state: 'started' }],
    });
    await bench.settle();
    await back.result(worker.dispatchOf('a')!);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(await bench.tasks(id)).toHaveLength(1);
  });

  test('two hellos at once leave one session, and its end is what counts', async () => {
    const { workflow } = await oneTask();
    const first = bench.joinWorker('x', { groups: ['gpu'] });
    const second = bench.joinWorker('x', { groups: ['gpu'] });
    await bench.settle();
    expect([...first.news, ...second.news].filter((news) => news === 'closed replaced')).toHaveLength(1);
    const id = await bench.start(workflow, { workerGroup: 'gpu' });
    await bench.clock.advance(40_000);
    expect(await bench.states(id)).toEqual({ a: 'dispatched' });
    expect(bench.master.status()).toMatchObject({ workers: 2, live: 1 });
  });

  test('a successor that dies during its greeting leaves the wait for the worker as it was', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    await worker.vanish();
    const other = bench.joinWorker('other');
    const dying = bench.joinWorker('w', {
      running: [{ dispatchId: worker.dispatchOf('a')!, epoch: 1, state: 'started' }],
    });
    dying.pair.cut();
    await bench.clock.advance(31_000);
    expect(other.dispatchOf('a')).toBeDefined();
    expect((await bench.tasks(id)).map((task) => task.state)).toEqual(['need_fault_tolerance', 'dispatched']);
  });
});

describe('while a commit is on its way', () => {
  test('a worker that reconnects is sent nothing that is not durable (P1)', async () => {
    const { worker, workflow } = await oneTask();
    const { heal } = breakCommits();
    const id = await bench.start(workflow);
    await worker.vanish();
    const back = bench.joinWorker('w');
    await bench.settle();
    expect(back.dispatches).toEqual([]);
    expect(await bench.tasks(id)).toEqual([]);
    heal();
    await bench.clock.advance(1_000);
    expect(back.dispatches).toHaveLength(1);
  });

  test('a result told again is acknowledged only when it is durable (P5)', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    const dispatchId = worker.dispatchOf('a')!;
    const { heal } = breakCommits();
    await worker.ends('a');
    await worker.vanish();
    const back = bench.joinWorker('w', { unsent: [{ dispatchId, epoch: 1 }] });
    await bench.settle();
    await back.result(dispatchId);
    expect(back.acked()).toEqual([]);
    expect(await bench.states(id)).toEqual({ a: 'running' });
    heal();
    await bench.clock.advance(1_000);
    expect(back.acked()).toEqual([dispatchId]);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  });

  test('a crash loses nothing: what was not durable was not sent, what was is not sent again', async () => {
    const { worker, workflow } = await oneTask();
    const { heal } = breakCommits();
    const id = await bench.start(workflow);
    heal();
    await bench.crashAndRestart();
    const back = bench.joinWorker('w');
    await bench.settle();
    expect(worker.dispatches).toEqual([]);
    expect(back.dispatches).toHaveLength(1);
    expect(await bench.states(id)).toEqual({ a: 'dispatched' });
  });
});

describe('stop', () => {
  test('of a task that never reached its worker ends it, and does not start it', async () => {
    const { worker, workflow } = await oneTask();
    await bench.settle();
    worker.blackhole();
    const id = await bench.start(workflow);
    await bench.command('stop', id);
    expect(await bench.states(id)).toEqual({ a: 'dispatched' });
    const back = bench.joinWorker('w');
    await bench.settle();
    expect(back.dispatches).toEqual([]);
    expect(await bench.instance(id)).toMatchObject({ state: 'stopped' });
  });

  test('of a task whose worker answers nothing ends in the end, and fences it', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    await bench.command('stop', id);
    await bench.clock.advance(60_000);
    expect(worker.orders.filter((order) => order.type === 'kill')).toHaveLength(2);
    expect(await bench.instance(id)).toMatchObject({ state: 'stopped' });
    await worker.ends('a');
    expect(worker.acked()).toEqual([worker.dispatchOf('a')]);
    expect(await bench.states(id)).toEqual({ a: 'killed' });
  });

  test('of a run whose definition cannot be read ends it from its rows', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    const dispatchId = worker.dispatchOf('a')!;
    bench.faults.rows = (rows) => ({ ...rows, document: { name: 'one', tasks: 'gone' } });
    await bench.crashAndRestart();
    const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
    await bench.settle();
    expect(back.news).toEqual(['welcome keep=1 abandon=0']);
    expect(await bench.instance(id)).toMatchObject({ state: 'running', quarantine: { code: 'unrunnable' } });
    await bench.command('stop', id);
    expect(await bench.instance(id)).toMatchObject({ state: 'stopped' });
  });
});

describe('a term that ends', () => {
  test('while a run is loading leaves the command to the next one', async () => {
    const { workflow } = await oneTask();
    let goOn: (() => void) | undefined;
    bench.faults.load = () =>
      new Promise<void>((resolve) => {
        goOn = resolve;
      });
    const id = await bench.start(workflow);
    bench.loseLease('test');
    bench.faults.load = null;
    goOn?.();
    await bench.settle();
    expect(await bench.instance(id)).toMatchObject({ state: 'submitted' });
    await bench.clock.advance(3_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'running' });
  });
});

test('a leader that cannot take over open runs lets go of the lease', async () => {
  await oneTask();
  const { openInstances } = bench.store.master;
  bench.faults.open = () => Promise.reject(new AppError('internal', 'unreadable'));
  await bench.crashAndRestart();
  expect(bench.master.status()).toBeUndefined();
  expect(bench.leads()).toBe(false);
  bench.faults.open = openInstances;
  await bench.clock.advance(2_000);
  expect(bench.leads()).toBe(true);
  expect(bench.master.status()).toBeDefined();
});

test('one run that cannot be loaded holds up neither workers nor other runs', async () => {
  const { worker, workflow } = await oneTask();
  const sick = await bench.start(workflow);
  const well = await bench.start(workflow);
  const [first, second] = worker.dispatches.map((dispatch) => dispatch.dispatchId);
  bench.faults.load = (id) => {
    if (id === sick) throw new AppError('internal', 'unreadable');
  };
  await bench.crashAndRestart();
  const running = [first!, second!].map((dispatchId) => ({ dispatchId, epoch: 1, state: 'started' as const }));
  const back = bench.joinWorker('w', { running });
  await bench.settle();
  expect(back.news).toEqual(['welcome keep=2 abandon=0']);
  await back.result(second!);
  expect(await bench.instance(well)).toMatchObject({ state: 'success' });
});

test('the wait for an answer begins anew with each connection', async () => {
  const { worker, workflow } = await oneTask({ ackTimeoutMs: 5_000 });
  worker.goDeaf();
  await bench.start(workflow);
  await bench.clock.advance(9_900);
  await worker.vanish();
  const back = bench.joinWorker('w');
  back.goDeaf();
  await bench.settle();
  await bench.clock.advance(4_000);
  expect(back.dispatches).toHaveLength(1);
  expect(back.orders.filter((order) => order.type === 'kill')).toEqual([]);
});

test('a worker that keeps refusing is asked less and less often', async () => {
  const { worker, workflow } = await oneTask();
  const refused = new Set<DispatchId>();
  worker.goDeaf();
  await bench.start(workflow);
  for (let second = 0; second < 60; second++) {
    const dispatchId = worker.dispatchOf('a')!;
    if (!refused.has(dispatchId)) await worker.send({ type: 'refuse', dispatchId, reason: 'overloaded', text: 'full' });
    refused.add(dispatchId);
    await bench.clock.advance(1_000);
  }
  expect(refused.size).toBeLessThan(8);
});

test('a worker that is draining gets nothing more until it is back', async () => {
  const { worker, workflow } = await oneTask();
  await bench.start(workflow);
  await worker.send({ type: 'refuse', dispatchId: worker.dispatchOf('a')!, reason: 'draining', text: 'stopping' });
  await bench.clock.advance(300_000);
  expect(worker.dispatches).toHaveLength(1);
  await worker.vanish();
  const back = bench.joinWorker('w');
  await bench.settle();
  expect(back.dispatches).toHaveLength(1);
});

test('a wall clock that steps back or forward neither keeps nor loses a worker’s tasks', async () => {
  const { worker, workflow } = await oneTask();
  const id = await bench.start(workflow);
  await worker.starts('a');
  await worker.vanish();
  bench.clock.set(bench.clock.now() + 3_600_000);
  await bench.clock.advance(20_000);
  expect(await bench.states(id)).toEqual({ a: 'running' });
  bench.clock.set(bench.clock.now() - 7_200_000);
  await bench.clock.advance(11_000);
  expect((await bench.tasks(id)).map((task) => task.state)).toEqual(['need_fault_tolerance', 'submitted']);
});

test('a command that ends while pending ones are being read is not taken a second time', async () => {
  const { workflow } = await oneTask();
  const { master } = bench.store;
  const { promise: written, resolve: write } = Promise.withResolvers<void>();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  bench.faults.commit = () => written;
  const id = await bench.start(workflow);
  let pages = 0;
  bench.faults.pending = async (limit) => {
    const page = await master.pendingCommands(limit);
    pages += page.length;
    await answered;
    return page;
  };
  bench.master.nudge();
  await bench.settle();
  expect(pages).toBe(1);
  write();
  await bench.settle();
  bench.faults.pending = null;
  answer();
  await bench.clock.advance(1_000);
  expect(await bench.instance(id)).toMatchObject({ state: 'running', number: 1 });
  expect(bench.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
});
