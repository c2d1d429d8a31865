import { expect, it } from 'vitest';
import { KEPT_MS, linesOf, type Sample, withSample } from './figure-history.ts';

const START = Date.parse('2026-11-22T08:00:00.000Z');
const seen = (afterMs: number, cpu: number | undefined, slotsUsed: number | null = 1) => ({
  lastHeartbeatAt: new Date(START + afterMs).toISOString(),
  slotsUsed,
  stats: { cpu, roundTripMs: 7 } as never,
});

it('keeps one sample for each heartbeat, and none for longer than it says', () => {
  let samples: readonly Sample[] = [];
  for (const after of [0, 0, 10_000, 5_000]) samples = withSample(samples, seen(after, 0.5));
  expect(samples.map(({ at }) => at - START)).toEqual([0, 10_000]);
  samples = withSample(samples, seen(KEPT_MS + 5_000, 0.5));
  expect(samples.map(({ at }) => at - START)).toEqual([10_000, KEPT_MS + 5_000]);
});

it('learns nothing of a worker that is away', () => {
  expect(withSample([], seen(0, 0.5, null))).toEqual([]);
  expect(withSample([], { ...seen(0, 0.5), lastHeartbeatAt: null })).toEqual([]);
});

it('draws each figure that was told, up to what it can be', () => {
  const samples = [seen(0, 0.2, 0), seen(60_000, undefined, 2), seen(120_000, 0.6, 4)].reduce<readonly Sample[]>(
    (kept, one) => withSample(kept, one),
    [],
  );
  const lines = linesOf(samples, { cpu: 1, used: 4 });
  expect(lines.map(({ figure }) => figure)).toEqual(['used', 'cpu', 'answer']);
  expect(lines[0]).toMatchObject({ now: 4, least: 0, most: 4 });
  expect(lines[0]!.points).toEqual([
    { x: 0, y: 1 },
    { x: 0.5, y: 0.5 },
    { x: 1, y: 0 },
  ]);
  expect(lines[1]!.points).toEqual([
    { x: 0, y: 0.8 },
    { x: 1, y: 0.4 },
  ]);
});

it('draws nothing while nothing is known', () => {
  expect(linesOf([], {})).toEqual([]);
});
