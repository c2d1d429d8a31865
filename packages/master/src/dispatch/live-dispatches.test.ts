import type { DispatchId, TaskInstanceId, WorkerId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { createFakeBus } from '../testing/fake-bus.ts';
import { createLiveDispatches } from './live-dispatches.ts';

const WORKER = 'w' as WorkerId;
const dispatch = (id: string, bus = createFakeBus({ id: 'r1' })) => ({
  id: id as DispatchId,
  taskInstanceId: `t-${id}` as TaskInstanceId,
  workerId: WORKER,
  bus,
});

test('D2: a run that is rebuilt keeps the slots of its dispatches, which are with no bus meanwhile', () => {
  const live = createLiveDispatches();
  const old = createFakeBus({ id: 'r1' });
  for (const id of ['d1', 'd2', 'd3']) live.add(dispatch(id, old));
  live.suspendRun(old);
  expect(live.get('d1' as DispatchId)).toBeUndefined();
  expect(live.ofWorker(WORKER)).toEqual([]);
  expect(live.slotsUsed(WORKER)).toBe(3);
  const again = dispatch('d1', createFakeBus({ id: 'r1' }));
  live.add(again);
  live.endSuspension(old.id);
  expect(live.slotsUsed(WORKER)).toBe(1);
  expect(live.ofWorker(WORKER)).toEqual([again]);
  live.remove(again.id);
  expect(live.slotsUsed(WORKER)).toBe(0);
  expect(live.workers()).toEqual([]);
});

test('a run that is dropped while it is suspended leaves no slot taken', () => {
  const live = createLiveDispatches();
  const bus = createFakeBus({ id: 'r1' });
  live.add(dispatch('d1', bus));
  live.suspendRun(bus);
  live.removeRun(bus);
  expect(live.slotsUsed(WORKER)).toBe(0);
});
