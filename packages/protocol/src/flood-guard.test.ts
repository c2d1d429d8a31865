/** How much a worker may say (P9). */
import { expect, test } from 'vitest';
import { FLOOD_BURST_MESSAGES, FLOOD_MESSAGES_PER_DISPATCH, FLOOD_MESSAGES_PER_SECOND } from './constants.ts';
import { createFloodGuard } from './flood-guard.ts';

function open() {
  let now = 1_000;
  const guard = createFloodGuard({ now: () => now });
  return { guard, pass: (ms: number) => (now += ms) };
}

test('a burst is let through, one more is not, and time makes room for as many as it gives', () => {
  const { guard, pass } = open();
  expect(guard.take(FLOOD_BURST_MESSAGES)).toBe(true);
  expect(guard.take(1)).toBe(false);
  pass(1_000);
  expect(guard.take(FLOOD_MESSAGES_PER_SECOND - 1)).toBe(true);
  expect(guard.take(1)).toBe(false);
});

test('what dispatches have earned stays, however much time passes', () => {
  const { guard, pass } = open();
  const dispatches = Math.ceil(FLOOD_BURST_MESSAGES / FLOOD_MESSAGES_PER_DISPATCH);
  for (let i = 0; i < dispatches; i++) guard.earn();
  expect(guard.take(FLOOD_BURST_MESSAGES)).toBe(true);
  pass(3_600_000);
  expect(guard.take(dispatches * FLOOD_MESSAGES_PER_DISPATCH)).toBe(true);
});

test('a clock that is set back gives nothing, and one that is set forward a burst at most', () => {
  const { guard, pass } = open();
  guard.take(FLOOD_BURST_MESSAGES);
  pass(-3_600_000);
  expect(guard.take(1)).toBe(false);
  pass(7_200_000);
  expect(guard.take(FLOOD_BURST_MESSAGES)).toBe(true);
  expect(guard.take(1)).toBe(false);
});
