import { createManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { repeat } from './repeat.ts';

test('runs at once and again after each end, one round at a time', async () => {
  const clock = createManualClock(0);
  const ends: (() => void)[] = [];
  const stop = repeat(clock, 1_000, () => new Promise((resolve) => ends.push(resolve)));
  expect(ends).toHaveLength(1);
  await clock.advance(5_000);
  expect(ends).toHaveLength(1);
  ends[0]!();
  await clock.advance(999);
  expect(ends).toHaveLength(1);
  await clock.advance(1);
  expect(ends).toHaveLength(2);
  ends[1]!();
  await clock.advance(0);
  await stop();
  await clock.advance(10_000);
  expect(ends).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

test('has stopped when the round under way has ended, and begins no other', async () => {
  const clock = createManualClock(0);
  let end = () => {};
  let rounds = 0;
  const stop = repeat(clock, 1_000, () => {
    rounds += 1;
    return new Promise((resolve) => {
      end = resolve;
    });
  });
  let stopped = false;
  const stopping = stop().then(() => {
    stopped = true;
  });
  await clock.advance(0);
  expect(stopped).toBe(false);
  end();
  await stopping;
  await clock.advance(10_000);
  expect(rounds).toBe(1);
});
