/** What becomes of a run whose commits the database refuses: rebuilt from its rows, or set aside (Q1). */
import { AppError } from '@vaquita/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const conflict = () => new AppError('conflict', 'something else has written');

async function oneTask() {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  return { worker, workflow };
}

/** From now on that many commits are refused. */
function refuse(count: number): void {
  let left = count;
  bench.faults.commit = () => {
    if (left > 0) {
      left -= 1;
      throw conflict();
    }
  };
}

describe('a commit that is refused', () => {
  test('rebuilds the run from its rows, and what workers told meanwhile is not lost', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    bench.faults.commit = () => {
      bench.faults.commit = null;
      throw conflict();
    };
    await worker.ends('a', 'success', {});
    await bench.clock.advance(1_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(worker.acked()).toEqual([worker.dispatchOf('a')]);
    expect(await bench.tasks(id)).toHaveLength(1);
  });

  test('while its run is rebuilt lets a stop wait: nothing is written to the rows behind its back', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    let read = () => {};
    bench.faults.load = () => new Promise((resolve) => (read = resolve));
    bench.faults.commit = () => {
      bench.faults.commit = null;
      throw conflict();
    };
    await worker.ends('a');
    await bench.command('stop', id);
    await bench.clock.advance(1_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'running' });
    bench.faults.load = null;
    read();
    await bench.clock.advance(1_000);
    const events = await bench.store.events.after(0, { limit: 100, workflowInstanceId: id });
    const states = events.filter(({ type }) => type === 'workflow_instance.state').map(({ data }) => data);
    for (const [i, { from }] of states.entries()) if (i > 0) expect(from).toBe(states[i - 1]!.to);
    expect((await bench.instance(id)).state).toBe(states.at(-1)!.to);
  });

  test('lets a stop wait also while it is read who else is live: nothing is written behind the back of the rebuild', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    const { promise, resolve } = Promise.withResolvers<void>();
    const { liveRuns } = bench.store.master;
    bench.faults.live = async () => {
      await promise;
      return liveRuns();
    };
    refuse(1);
    await worker.ends('a');
    await bench.command('stop', id);
    await bench.clock.advance(1_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'running' });
    resolve();
    await bench.clock.advance(1_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(await bench.states(id)).toEqual({ a: 'success' });
  });

  test('for good sets its run aside and no other; a stop ends it, a restart tries it again', async () => {
    const { worker, workflow } = await oneTask();
    const sick = await bench.start(workflow);
    const dispatchId = worker.dispatchOf('a')!;
    bench.faults.commit = ({ changedTasks }) => {
      if (changedTasks.some((task) => task.workflowInstanceId === sick))
        throw new AppError('internal', 'refused for good');
    };
    await worker.ends('a');
    await bench.clock.advance(60_000);
    expect(await bench.instance(sick)).toMatchObject({
      state: 'running',
      reason: null,
      quarantine: { code: 'quarantined' },
    });
    expect(worker.acked()).toEqual([]);
    const healthy = await bench.start(workflow);
    expect(worker.dispatches).toHaveLength(2);
    bench.faults.commit = null;
    await bench.command('stop', sick);
    expect(await bench.instance(sick)).toMatchObject({ state: 'stopped' });
    expect(await bench.states(sick)).toEqual({ a: 'killed' });
    // What it had heard of the task is of no use any more, and neither is what comes again.
    expect(worker.acked()).toEqual([dispatchId]);
    await worker.result(dispatchId);
    expect(worker.acked()).toEqual([dispatchId, dispatchId]);
    expect(await bench.instance(healthy)).toMatchObject({ state: 'running' });
  });

  test('is tried again by any other command, with what the worker told', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    bench.faults.commit = () => {
      throw new AppError('internal', 'refused');
    };
    await worker.ends('a');
    bench.faults.commit = null;
    await bench.clock.advance(1_000);
    const [task] = await bench.tasks(id);
    await bench.command('kill_task', id, { taskInstanceId: task!.id });
    await bench.clock.advance(1_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(worker.acked()).toEqual([worker.dispatchOf('a')]);
  });

  test('because the database is busy is tried until it is not', async () => {
    const { worker, workflow } = await oneTask();
    bench.faults.commit = () => {
      throw new AppError('database_busy', 'the database is busy');
    };
    const id = await bench.start(workflow);
    await bench.clock.advance(20_000);
    bench.faults.commit = null;
    await bench.clock.advance(6_000);
    await worker.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  });

  test('over and over sets its run aside the third time (Q1)', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    let refused = 0;
    bench.faults.commit = ({ changedTasks }) => {
      if (changedTasks.length === 0) return;
      refused += 1;
      throw conflict();
    };
    await worker.ends('a');
    await bench.clock.advance(60_000);
    expect(refused).toBe(3);
    expect(await bench.instance(id)).toMatchObject({ state: 'running', quarantine: { code: 'quarantined' } });
  });

  test('now and then never sets its run aside: what went through in between counts (Q1)', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const id = await bench.start(await bench.createWorkflow('two', [{ name: 'a' }, { name: 'b', dependsOn: ['a'] }]));
    refuse(2);
    await worker.starts('a');
    await bench.clock.advance(1_000);
    refuse(2);
    await worker.ends('a');
    await bench.clock.advance(1_000);
    refuse(2);
    await worker.ends('b');
    await bench.clock.advance(1_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'success', quarantine: null });
  });

  test('when a worker has come back without a task does not lose the loss: the rebuilt run is told (R2)', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    await worker.vanish();
    refuse(1);
    const back = bench.joinWorker('w');
    await bench.clock.advance(1_000);
    expect((await bench.tasks(id)).map(({ state }) => state)).toEqual(['need_fault_tolerance', 'dispatched']);
    await back.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  });
});
