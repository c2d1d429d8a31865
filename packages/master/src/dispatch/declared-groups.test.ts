import type { Id, NewEvent } from '@vaquita/core';
import type { WorkerGroupRow } from '@vaquita/store';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const id = 'g' as Id<'worker-group'>;

function event(): NewEvent {
  const type = 'worker_group.changed';
  return { type, projectId: null, workflowInstanceId: null, taskInstanceId: null, at: bench.clock.now(), data: {} };
}

async function declare(name: string, more: Partial<WorkerGroupRow> = {}): Promise<void> {
  const row = { id, name, description: '', policy: 'round_robin', workers: [], createdAt: 1, updatedAt: 1 } as const;
  await bench.store.workerGroups.create({ ...row, ...more }, event());
}

describe('a declared worker group', () => {
  test('takes in workers that were put into it, as soon as the master hears of it', async () => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('plain');
    const run = await bench.start(await bench.createWorkflow('w', [{ name: 'a', workerGroup: 'gpu' }]));
    expect(worker.dispatches).toHaveLength(0);
    await declare('gpu', { workers: ['plain'] });
    bench.master.refreshWorkerGroups();
    await bench.settle();
    await worker.ends('a');
    expect(await bench.instance(run)).toMatchObject({ state: 'success' });
  });

  test('is found without a hint too, changed, and forgotten when it is deleted', async () => {
    bench = await openMasterBench();
    const light = bench.joinWorker('light', { weight: 1, slots: 100 });
    const heavy = bench.joinWorker('heavy', { weight: 3, slots: 100 });
    await bench.settle();
    const wide = await bench.createWorkflow(
      'wide',
      Array.from({ length: 8 }, (_, index) => ({ name: `t${index}` })),
    );
    const counts = async () => {
      const before = [light.dispatches.length, heavy.dispatches.length];
      await bench.start(wide);
      return [light.dispatches.length - before[0]!, heavy.dispatches.length - before[1]!];
    };
    expect(await counts()).toEqual([4, 4]);
    await declare('default', { policy: 'fixed_weighted' });
    await bench.clock.advance(11_000);
    expect(await counts()).toEqual([2, 6]);
    await bench.store.workerGroups.delete(id, event());
    await bench.clock.advance(11_000);
    expect(await counts()).toEqual([4, 4]);
  });

  test('is what a new leader goes by from the beginning', async () => {
    bench = await openMasterBench();
    await declare('gpu', { workers: ['plain'] });
    await bench.crashAndRestart();
    const worker = bench.joinWorker('plain');
    await bench.start(await bench.createWorkflow('w', [{ name: 'a', workerGroup: 'gpu' }]));
    expect(worker.dispatches).toHaveLength(1);
  });
});

describe('labels', () => {
  test('lead a task to its worker; nobody else takes it, and what it waits for stands in its row', async () => {
    bench = await openMasterBench();
    const plain = bench.joinWorker('plain', { labels: { zone: 'south' } });
    const tasks = [{ name: 'a', workerLabels: { gpu: 'yes' } }, { name: 'b' }];
    const run = await bench.start(await bench.createWorkflow('w', tasks, { workerLabels: { zone: 'south' } }));
    await bench.clock.advance(3_000);
    expect(plain.dispatches.map(({ taskName }) => taskName)).toEqual(['b']);
    const waiting = (await bench.tasks(run)).find(({ name }) => name === 'a');
    expect(waiting?.reason).toMatchObject({
      code: 'waiting_for_worker',
      text: 'The one worker looked at in worker group "default" does not have gpu=yes, zone=south: "plain" lacks gpu=yes.',
      evidence: { labels: 'gpu=yes, zone=south', missing: 'gpu=yes', workers: 1 },
    });
    const strong = bench.joinWorker('strong', { labels: { zone: 'south', gpu: 'yes' } });
    await bench.settle();
    await strong.ends('a');
    await plain.ends('b');
    expect(await bench.instance(run)).toMatchObject({ state: 'success' });
  });
});
