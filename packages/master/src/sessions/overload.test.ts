/** Workers whose machine has no room for more, and who say so. */
import type { WorkerId } from '@vaquita/core';
import { sampleWorkerMessages } from '@vaquita/protocol/testing';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const beat = (overload: object | null) => ({ ...sampleWorkerMessages.heartbeat, running: [], overload });

test('one that is overloaded is given nothing, and its tasks begin with the heartbeat that says it has room', async () => {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  await bench.settle();
  await worker.say(beat({ disk: 1_000, cpu: 0.9 }));
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  await bench.clock.advance(1_000);
  expect(worker.dispatches).toEqual([]);
  expect(bench.master.figures('worker-w' as WorkerId)?.stats).toMatchObject({ overDisk: 1_000, overCpu: 0.9 });
  await worker.say(beat(null));
  expect(bench.master.figures('worker-w' as WorkerId)?.stats).not.toHaveProperty('overDisk');
  await worker.starts('a');
  await worker.ends('a');
  expect(await bench.instance(id)).toMatchObject({ state: 'success' });
});
