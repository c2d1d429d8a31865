import { AppError, type WorkerId } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { createSystemBus, type SystemHandlers } from './system-bus.ts';

const silent = { info() {}, warn() {}, error() {} };
const lost = (worker: string) => ({ type: 'WorkerLost', worker: worker as WorkerId, text: 'gone' }) as const;

function openBus(handlers: Partial<SystemHandlers> = {}) {
  const clock = createManualClock(1_000);
  const news: string[] = [];
  const failing = new Map<string, AppError>();
  function step(name: string) {
    news.push(name);
    const error = failing.get(name);
    if (error) throw error;
  }
  const bus = createSystemBus({
    clock,
    log: silent,
    retryMs: 100,
    isFatal: (error) => (error as AppError).code === 'fenced',
    handlers: {
      LeadershipGained: async () => step('gained'),
      LeadershipLost: () => step('over'),
      ServerLost: async ({ server }) => step(server),
      WorkerLost: async ({ worker }) => step(worker),
      ...handlers,
    },
  });
  return { bus, clock, news, failing };
}

const busy = () => new AppError('database_busy', 'busy');

test('handles one event at a time, in order', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { bus, clock, news } = openBus({ LeadershipGained: () => promise });
  bus.post({ type: 'LeadershipGained', epoch: 1 });
  bus.post(lost('w1'));
  bus.post({ type: 'ServerLost', server: 's1', news: null });
  await clock.advance(0);
  expect(news).toEqual([]);
  expect(bus.status()).toEqual({ doing: 'LeadershipGained (leadership)', waiting: 2, retrying: [] });
  resolve();
  await clock.advance(0);
  expect(news).toEqual(['w1', 's1']);
  expect(bus.status()).toEqual({ doing: null, waiting: 0, retrying: [] });
});

test('tries again what fails, with longer waits, while other subjects go on and the same subject waits', async () => {
  const { bus, clock, news, failing } = openBus();
  failing.set('w1', busy());
  bus.post(lost('w1'));
  await clock.advance(0);
  bus.post(lost('w1'));
  bus.post(lost('w2'));
  await clock.advance(0);
  expect(news).toEqual(['w1', 'w2']);
  expect(bus.status()).toMatchObject({
    waiting: 1,
    retrying: [{ event: 'WorkerLost (worker w1)', tries: 1, error: 'busy', since: 1_000, nextAt: 1_100 }],
  });
  await clock.advance(100);
  await clock.advance(199);
  expect(news).toEqual(['w1', 'w2', 'w1']);
  failing.clear();
  await clock.advance(1);
  expect(news).toEqual(['w1', 'w2', 'w1', 'w1', 'w1']);
  expect(bus.status()).toEqual({ doing: null, waiting: 0, retrying: [] });
});

test('does not queue an event twice', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { bus, clock, news } = openBus({ LeadershipGained: () => promise });
  bus.post({ type: 'LeadershipGained', epoch: 1 });
  bus.post(lost('w1'));
  bus.post(lost('w1'));
  resolve();
  await clock.advance(0);
  expect(news).toEqual(['w1']);
});

test('the end of the term comes before everything that waits, and nothing is begun after it', async () => {
  const { bus, clock, news, failing } = openBus();
  failing.set('w1', busy());
  bus.post(lost('w1'));
  await clock.advance(0);
  bus.post(lost('w1'));
  await bus.end();
  bus.post(lost('w2'));
  await clock.advance(60_000);
  expect(news).toEqual(['w1', 'over']);
  expect(clock.pending).toBe(0);
});

test('what says that the term is over is not tried again', async () => {
  const { bus, clock, news, failing } = openBus();
  failing.set('gained', new AppError('fenced', 'another leads'));
  bus.post({ type: 'LeadershipGained', epoch: 1 });
  await clock.advance(60_000);
  expect(news).toEqual(['gained']);
});
