import type { DispatchId } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import type { RunningDispatch, WorkerResult } from '@vaquita/protocol';
import type { StopOrder } from '@vaquita/tasks';
import { expect, test } from 'vitest';
import { createStopping } from './agent-stop.ts';

function scene(running: readonly string[]) {
  const clock = createManualClock();
  const attempts = new Set(running);
  const unsent = new Set<string>();
  const orders: StopOrder[] = [];
  const told: string[] = [];
  const wakes: (() => void)[] = [];
  const empty = () => new Promise<void>((resolve) => (attempts.size === 0 ? resolve() : void wakes.push(resolve)));
  let closed: { readonly reason: string; readonly waiting: readonly string[] } | null = null;
  const stopping = createStopping({
    clock,
    executor: {
      running: () => [...attempts].map((id) => ({ dispatchId: id as DispatchId }) as RunningDispatch),
      idle: empty,
      quiet: empty,
      stopAll: (order) => orders.push(order),
    },
    outbox: {
      list: () => [...unsent].map((id) => ({ dispatchId: id as DispatchId }) as WorkerResult),
      get size() {
        return unsent.size;
      },
    },
    standing: { stop: () => told.push('drains') },
    session: { isOpen: true, tellStanding: () => told.push('says so') },
    connection: {
      async close(reason, waiting) {
        closed = { reason, waiting };
      },
    },
  });
  return {
    clock,
    stopping,
    orders,
    told,
    unsent,
    closed: () => closed,
    /** Its result is stored; it is sent, and acknowledged or not. */
    async ends(id: string, acknowledged = true) {
      attempts.delete(id);
      if (!acknowledged) unsent.add(id);
      if (attempts.size === 0) for (const wake of wakes.splice(0)) wake();
      await clock.advance(0);
    },
  };
}

test('what runs may end in the grace; then goodbye is said, and nobody is waited for', async () => {
  const { stopping, clock, orders, told, closed, ends } = scene(['d1', 'd2']);
  void stopping.stop(30_000);
  expect(told).toEqual(['drains', 'says so']);
  await ends('d1');
  await clock.advance(29_000);
  expect(closed()).toBeNull();
  await ends('d2');
  await clock.advance(20);
  expect([orders, closed()]).toEqual([[], { reason: 'the worker is stopping', waiting: [] }]);
});

test('what outlasts the grace is asked to end, and its result is delivered before goodbye', async () => {
  const { stopping, clock, orders, closed, ends, unsent } = scene(['d1']);
  void stopping.stop(30_000);
  await clock.advance(30_000);
  expect(orders).toMatchObject([{ state: 'interrupted', graceMs: 3_000 }]);
  await ends('d1', false);
  await clock.advance(1_000);
  expect(closed()).toBeNull();
  unsent.clear();
  await clock.advance(20);
  expect(closed()).toMatchObject({ waiting: [] });
});

test('somebody in a hurry waits for no grace', async () => {
  const { stopping, clock, orders, closed, ends } = scene(['d1']);
  void stopping.stop(600_000);
  await clock.advance(1_000);
  void stopping.stop(0);
  expect(orders).toMatchObject([{ graceMs: 0 }]);
  await ends('d1');
  await clock.advance(20);
  expect(orders).toHaveLength(1);
  expect(closed()).toMatchObject({ waiting: [] });
});

test('what does not end even by force, and what nobody acknowledges, is left to the next agent in bounded time', async () => {
  const { stopping, clock, closed, unsent } = scene(['stuck']);
  unsent.add('unsent');
  void stopping.stop(600_000);
  void stopping.stop(0);
  await clock.advance(8_100);
  expect(closed()).toEqual({ reason: 'the worker is stopping', waiting: ['stuck', 'unsent'] });
});

test('leaving waits for nothing and ends nothing', async () => {
  const { stopping, clock, orders, closed } = scene(['d1']);
  void stopping.leave();
  await clock.advance(0);
  expect([orders, closed()]).toEqual([[], { reason: 'the agent is restarted', waiting: ['d1'] }]);
});
