import { expect, it } from 'vitest';
import { readRange } from './range.ts';
import { barsOf } from './spans.ts';

const HOUR = 3_600_000;
const T = Date.UTC(2026, 2, 1, 12, 30);
const item = (at: number, state: 'success' | 'failure' | 'running', count: number) => ({
  ...{ at: new Date(at).toISOString(), state, count },
});

it('has a bar for every hour, also for those without runs', () => {
  const noon = T - HOUR / 2;
  const items = [item(noon - HOUR, 'success', 2), item(noon - HOUR, 'failure', 1), item(noon, 'running', 4)];
  const { bars, barMs } = barsOf({ every: '1h', items, from: null }, T - 24 * HOUR, T);
  expect(barMs).toBe(HOUR);
  expect(bars).toHaveLength(25);
  expect(bars.at(-1)).toEqual({ at: noon, total: 4, parts: [{ family: 'running', count: 4 }] });
  expect(bars.at(-2)!.parts).toEqual([
    { family: 'failed', count: 1 },
    { family: 'success', count: 2 },
  ]);
  expect(bars[0]).toMatchObject({ total: 0, parts: [] });
});

it('takes hours of a week together, and loses none', () => {
  const items = Array.from({ length: 168 }, (_, i) => item(T - HOUR / 2 - i * HOUR, 'success', 1));
  const { bars, barMs } = barsOf({ every: '1h', items, from: null }, T - 168 * HOUR, T);
  expect(barMs).toBe(4 * HOUR);
  expect(bars.length).toBeLessThanOrEqual(49);
  expect(bars.reduce((sum, { total }) => sum + total, 0)).toBe(168);
});

it('reads a range of the address, and takes a day for what is none', () => {
  expect([readRange('7d'), readRange(null), readRange('9y'), readRange('toString')]).toEqual([
    '7d',
    '24h',
    '24h',
    '24h',
  ]);
});
