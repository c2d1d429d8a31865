/** What the loss of a worker leaves as evidence, and whom it concerns. */
import type { TaskInstanceRow, WorkflowInstanceId } from '@vaquita/core';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

async function attemptsOf(id: WorkflowInstanceId): Promise<readonly TaskInstanceRow[]> {
  return (await bench.tasks(id)).toSorted((a, b) => a.attempt - b.attempt);
}

const iso = (at: number) => new Date(at).toISOString();

test('a task that is lost says with which worker, when that was last heard, and how often it was sent elsewhere', async () => {
  bench = await openMasterBench();
  const first = bench.joinWorker('first');
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  await bench.clock.advance(15_000);
  // Heartbeats come every 10 s.
  const heardAt = bench.clock.now() - 5_000;
  first.blackhole();
  await bench.clock.advance(1_000);
  const second = bench.joinWorker('second');
  await bench.clock.advance(40_000);
  const [lost] = await attemptsOf(id);
  expect(lost).toMatchObject({ state: 'need_fault_tolerance', workerName: 'first' });
  expect(lost!.reason).toMatchObject({
    code: 'worker_lost',
    evidence: { worker: 'first', lastHeardAt: iso(heardAt), failovers: 0, failoverLimit: 3 },
  });
  const leftAt = bench.clock.now();
  await second.send({ type: 'goodbye', reason: 'it was told to stop' });
  second.pair.cut();
  await bench.settle();
  const [, again] = await attemptsOf(id);
  expect(again!.reason).toMatchObject({
    text: 'Worker "second": it was told to stop.',
    evidence: { worker: 'second', lastHeardAt: iso(leftAt), failovers: 1 },
  });
});

test('only tasks of the lost worker are made anew; at the limit a task fails with all that is known', async () => {
  bench = await openMasterBench();
  const steady = bench.joinWorker('steady', { slots: 1 });
  const id = await bench.start(await bench.createWorkflow('two', [{ name: 'a' }, { name: 'b' }]));
  const kept = steady.dispatches[0]!.taskName;
  for (const name of ['w1', 'w2', 'w3', 'w4']) {
    const worker = bench.joinWorker(name, { slots: 1 });
    await bench.settle();
    await worker.vanish();
    await bench.clock.advance(31_000);
  }
  const rows = await attemptsOf(id);
  expect(rows.filter((row) => row.name === kept).map((row) => row.state)).toEqual(['dispatched']);
  const tried = rows.filter((row) => row.name !== kept);
  expect(tried.map((row) => row.state)).toEqual([...Array(3).fill('need_fault_tolerance'), 'failure']);
  expect(tried.at(-1)!.reason).toMatchObject({
    code: 'worker_lost',
    evidence: { worker: 'w4', failovers: 3, failoverLimit: 3, lastHeardAt: expect.any(String) },
  });
  expect(tried.at(-1)!.reason!.text).toMatch(/sent elsewhere 3 times already, which is the limit/);
});

test('a worker that was away when the leader changed is remembered by its newest heartbeat on record', async () => {
  bench = await openMasterBench();
  bench.joinWorker('w');
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  await bench.clock.advance(25_000);
  const row = await bench.store.master.workers.get('worker-w' as never);
  await bench.crashAndRestart();
  await bench.clock.advance(60_000);
  const [lost] = await attemptsOf(id);
  expect(lost!.reason?.evidence).toMatchObject({ worker: 'w', lastHeardAt: iso(row!.lastHeartbeatAt!) });
});
