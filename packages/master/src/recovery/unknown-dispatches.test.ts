/** What workers say of dispatches that memory does not know: the rows judge it. */
import { AppError, type WorkflowInstanceId } from '@vaquita/core';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

async function warnings(id: WorkflowInstanceId) {
  const events = await bench.store.events.after(0, { limit: 100, workflowInstanceId: id });
  return events.filter(({ type }) => type === 'task_instance.warning').map(({ data }) => data.code);
}

test('a result that was applied and comes again is acknowledged, and is not called late (P5)', async () => {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  const dispatchId = worker.dispatchOf('a')!;
  await worker.ends('a');
  await worker.result(dispatchId);
  expect(worker.acked()).toEqual([dispatchId, dispatchId]);
  expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  expect(await warnings(id)).toEqual([]);
});

test('a dispatch is kept by the worker that the rows name, and by no other', async () => {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  await worker.starts('a');
  bench.faults.load = (run) => {
    if (run === id) throw new AppError('internal', 'unreadable');
  };
  await bench.crashAndRestart();
  const running = [{ dispatchId: worker.dispatchOf('a')!, epoch: 1, state: 'started' as const }];
  const [other, owner] = [bench.joinWorker('other', { running }), bench.joinWorker('w', { running })];
  await bench.settle();
  expect(other.news).toEqual(['welcome keep=0 abandon=1']);
  expect(owner.news).toEqual(['welcome keep=1 abandon=0']);
});

/** A worker that has told the result of a task twice, the second time while dispatches cannot be looked for. */
async function toldWhileBusy() {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  const dispatchId = worker.dispatchOf('a')!;
  await worker.ends('a');
  bench.faults.dispatch = async () => {
    throw new AppError('database_busy', 'busy');
  };
  await worker.result(dispatchId);
  return { worker, dispatchId };
}

test('a result that cannot be judged because the database fails is acknowledged when it can be', async () => {
  const { worker, dispatchId } = await toldWhileBusy();
  await bench.clock.advance(120_000);
  expect(worker.acked()).toEqual([dispatchId]);
  bench.faults.dispatch = null;
  await bench.clock.advance(30_000);
  expect(worker.acked()).toEqual([dispatchId, dispatchId]);
});

test('a result is no longer judged for a connection that is gone: the worker tells it again', async () => {
  const { worker, dispatchId } = await toldWhileBusy();
  worker.pair.cut();
  await bench.settle();
  let asked = 0;
  bench.faults.dispatch = async () => {
    asked += 1;
    return undefined;
  };
  await bench.clock.advance(60_000);
  expect(asked).toBe(0);
  expect(worker.acked()).toEqual([dispatchId]);
});

test('a result of a run that cannot be built is acknowledged once somebody has ended the run', async () => {
  bench = await openMasterBench();
  const before = bench.joinWorker('w');
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  const dispatchId = before.dispatchOf('a')!;
  bench.faults.load = (run) => {
    if (run === id) throw new AppError('internal', 'unreadable');
  };
  await bench.crashAndRestart();
  const unsent = [{ dispatchId, epoch: 1 }];
  const worker = bench.joinWorker('w', { unsent });
  await bench.settle();
  await worker.result(dispatchId);
  expect(worker.acked()).toEqual([]);
  bench.faults.load = null;
  await bench.command('stop', id);
  await bench.clock.advance(60_000);
  expect(worker.acked()).toEqual([dispatchId]);
});
