import { expect, test } from 'vitest';
import { createCoordinator } from './coordinator.ts';
import type { RunBus } from './run-bus.ts';

/** Buses that handle numbers, and a coordinator whose deferred rounds are run by hand. */
function openCoordinator(placeTasks: () => number = () => 0) {
  const deferred: (() => void)[] = [];
  const coordinator = createCoordinator({ defer: (run) => deferred.push(run), placeTasks });
  const news: string[] = [];
  function createBus(name: string, onEvent: (event: number) => void = () => {}) {
    let mailbox: number[] = [];
    const bus = {
      turn(budget: number) {
        const taken = mailbox.slice(0, budget);
        mailbox = mailbox.slice(taken.length);
        news.push(`${name} ${taken.length}`);
        for (const event of taken) onEvent(event);
        return taken.length;
      },
      flush: () => news.push(`${name} flush`),
      get waiting() {
        return mailbox.length;
      },
    } as unknown as RunBus;
    return {
      bus,
      post(...events: number[]) {
        const wasEmpty = mailbox.length === 0;
        mailbox.push(...events);
        if (wasEmpty) coordinator.ready(bus);
      },
    };
  }
  return {
    coordinator,
    createBus,
    news,
    deferred,
    microtasks: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
}

test('a run with ten thousand events does not keep another from its turn, nor sockets and timers from theirs', async () => {
  const { createBus, news, deferred, microtasks } = openCoordinator();
  const busy = createBus('busy');
  const small = createBus('small');
  busy.post(...Array.from({ length: 10_000 }, (_, index) => index));
  small.post(1);
  await microtasks();
  expect(news.slice(0, 3)).toEqual(['busy 64', 'small 1', 'busy 64']);
  // One round is over: the rest waits until sockets and timers had their turn.
  expect(deferred).toHaveLength(1);
  let handled = news.filter((line) => line.startsWith('busy 64')).length * 64;
  expect(handled).toBeLessThan(1_100);
  small.post(2);
  news.length = 0;
  deferred.shift()!();
  expect(news.indexOf('small 1')).toBeLessThan(3);
  while (deferred.length > 0) deferred.shift()!();
  handled += news.filter((line) => /^busy \d/.test(line)).reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
  expect(handled).toBe(10_000);
});

test('what a round sets free is placed in that round, and each run is committed once', async () => {
  let queued = 0;
  const { createBus, news, microtasks } = openCoordinator(() => {
    const placed = queued;
    queued = 0;
    if (placed > 0) run.post(2);
    return placed;
  });
  const run = createBus('run', (event) => {
    if (event === 1) queued = 1;
  });
  run.post(1);
  await microtasks();
  expect(news).toEqual(['run 1', 'run 1', 'run flush']);
});

test('events that arrive before a round share it', async () => {
  const { createBus, news, microtasks } = openCoordinator();
  const run = createBus('run');
  run.post(1);
  run.post(2);
  run.post(3);
  await microtasks();
  expect(news).toEqual(['run 3', 'run flush']);
});

test('gives no turn once it is closed', async () => {
  const { coordinator, createBus, news, microtasks } = openCoordinator();
  createBus('run').post(1);
  coordinator.close();
  await microtasks();
  expect(news).toEqual([]);
});
