import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { createHeap } from './heap.ts';
import { createTimerQueue } from './timer-queue.ts';

test('a heap gives back what went in, in order', () => {
  const random = createSeededRandom(7);
  const numbers = Array.from({ length: 500 }, () => Math.floor(random.next() * 100));
  const heap = createHeap<number>((a, b) => a < b);
  for (const number of numbers) heap.push(number);
  const out: number[] = [];
  while (heap.size > 0) out.push(heap.pop()!);
  expect(out).toEqual([...numbers].sort((a, b) => a - b));
  expect(heap.pop()).toBeUndefined();
});

test('timers fire in order of due time, then of setting', async () => {
  const clock = createManualClock(1_000);
  const timers = createTimerQueue(clock);
  const fired: string[] = [];
  timers.at('late', 1_300, () => fired.push('late'));
  timers.at('b', 1_100, () => fired.push('b'));
  timers.at('c', 1_100, () => fired.push('c'));
  await clock.advance(99);
  expect(fired).toEqual([]);
  await clock.advance(1);
  expect(fired).toEqual(['b', 'c']);
  await clock.advance(500);
  expect(fired).toEqual(['b', 'c', 'late']);
});

test('a key holds one timer: set again it moves, cleared it never fires', async () => {
  const clock = createManualClock(0);
  const timers = createTimerQueue(clock);
  const fired: string[] = [];
  timers.at('a', 100, () => fired.push('old'));
  timers.at('a', 200, () => fired.push('new'));
  timers.at('b', 50, () => fired.push('b'));
  timers.clear('b');
  await clock.advance(150);
  expect(fired).toEqual([]);
  await clock.advance(50);
  expect(fired).toEqual(['new']);
});

test('one that is due already fires in a turn of its own, and one set while firing is not lost', async () => {
  const clock = createManualClock(1_000);
  const timers = createTimerQueue(clock);
  const fired: string[] = [];
  timers.at('past', 10, () => {
    fired.push('past');
    timers.at('next', 1_001, () => fired.push('next'));
  });
  expect(fired).toEqual([]);
  await clock.advance(0);
  expect(fired).toEqual(['past']);
  await clock.advance(1);
  expect(fired).toEqual(['past', 'next']);
});

test('a closed queue fires nothing, also in the middle of a turn', async () => {
  const clock = createManualClock(0);
  const timers = createTimerQueue(clock);
  const fired: string[] = [];
  timers.at('a', 10, () => timers.close());
  timers.at('b', 10, () => fired.push('b'));
  await clock.advance(100);
  expect(fired).toEqual([]);
});

test('a span passes whatever the wall clock does, a moment waits for it', async () => {
  const clock = createManualClock(1_000_000);
  const timers = createTimerQueue(clock);
  const fired: string[] = [];
  timers.after('span', 1_000, () => fired.push('span'));
  timers.at('moment', clock.now() + 1_000, () => fired.push('moment'));
  clock.set(clock.now() - 3_600_000);
  await clock.advance(1_000);
  expect(fired).toEqual(['span']);
  clock.set(clock.now() + 7_200_000);
  await clock.advance(60_000);
  expect(fired).toEqual(['span', 'moment']);
});

test('what a cleared timer referred to can be forgotten', () => {
  const clock = createManualClock(0);
  const timers = createTimerQueue(clock);
  timers.at('first', 10, () => {});
  for (let i = 0; i < 10_000; i++) {
    timers.at(`later ${i}`, 1_000_000 + i, () => {});
    timers.clear(`later ${i}`);
  }
  expect(timers.size).toBe(1);
  timers.close();
  expect(timers.size).toBe(0);
  expect(clock.pending).toBe(0);
});
