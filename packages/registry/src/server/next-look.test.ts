import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Look } from '../registry-store.ts';
import { nextLookIn } from './next-look.ts';

const SETTINGS = { fastLookMs: 1_000, slowLookMs: 60_000 };
const NOW = 1_000_000;

function look(change: Partial<Look>): Look {
  return {
    now: NOW,
    firstExpiry: NOW + 500_000,
    lastExpiry: NOW + 500_000,
    unsettledUntil: NOW - 1,
    shortestTimeoutMs: 500_000,
    longestTimeoutMs: 500_000,
    servers: 1,
    head: 0,
    ...change,
  };
}

test.each([
  ['all are settled and patient', {}, 60_000],
  ['the shortest timeout is short', { shortestTimeoutMs: 30_000 }, 15_000],
  ['somebody is young or was late', { unsettledUntil: NOW + 1 }, 1_000],
  ['there is nobody', { firstExpiry: null, unsettledUntil: null, shortestTimeoutMs: null }, 60_000],
  ['somebody may be dead before the next look', { firstExpiry: NOW + 7_000 }, 7_001],
  ['somebody may be dead at any moment', { firstExpiry: NOW - 5 }, 1_000],
  ['timeouts are shorter than a look', { shortestTimeoutMs: 300, firstExpiry: NOW + 300 }, 1_000],
])('when %s', (_, change, expected) => {
  expect(nextLookIn(look(change), SETTINGS, 0)).toBe(expected);
});

test('looking takes a tenth of the time at most, however slow the database is', () => {
  expect(nextLookIn(look({ unsettledUntil: NOW + 1 }), SETTINGS, 50)).toBe(1_000);
  expect(nextLookIn(look({ unsettledUntil: NOW + 1 }), SETTINGS, 2_000)).toBe(20_000);
});

test('is never more often than the fast look, and never later than the slow one on a fast database', () => {
  const moment = fc.option(fc.integer({ min: NOW - 100_000, max: NOW + 10_000_000 }), { nil: null });
  const timeout = fc.option(fc.integer({ min: 2, max: 10_000_000 }), { nil: null });
  fc.assert(
    fc.property(moment, moment, timeout, (firstExpiry, unsettledUntil, shortestTimeoutMs) => {
      const next = nextLookIn(look({ firstExpiry, unsettledUntil, shortestTimeoutMs }), SETTINGS, 0);
      expect(next).toBeGreaterThanOrEqual(SETTINGS.fastLookMs);
      expect(next).toBeLessThanOrEqual(SETTINGS.slowLookMs);
      if (firstExpiry !== null) expect(next).toBeLessThanOrEqual(Math.max(SETTINGS.fastLookMs, firstExpiry - NOW + 1));
    }),
  );
});
