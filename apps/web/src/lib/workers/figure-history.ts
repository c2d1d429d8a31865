/** The figures of a worker over the last minutes, one sample for each heartbeat that was seen. Pure. */
import type { WorkerView } from '@vaquita/client';

export const KEPT_MS = 15 * 60_000;
export const FIGURES = ['used', 'cpu', 'memory', 'disk', 'load', 'answer'] as const;
export type Figure = (typeof FIGURES)[number];

export interface Sample {
  /** Of the heartbeat, epoch ms. */
  readonly at: number;
  readonly values: Readonly<Partial<Record<Figure, number>>>;
}

type Seen = Pick<WorkerView, 'lastHeartbeatAt' | 'slotsUsed' | 'stats'>;

/** The samples with that of this heartbeat, unless it is known; what is too old goes. */
export function withSample(samples: readonly Sample[], { lastHeartbeatAt, slotsUsed, stats }: Seen): readonly Sample[] {
  const at = lastHeartbeatAt === null ? Number.NaN : Date.parse(lastHeartbeatAt);
  if (Number.isNaN(at) || slotsUsed === null || samples.some((sample) => sample.at >= at)) return samples;
  const { cpu, memory, disk, load, roundTripMs } = stats;
  const told = { used: slotsUsed, cpu, memory, disk, load, answer: roundTripMs };
  const values = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  return [...samples.filter((sample) => sample.at > at - KEPT_MS), { at, values }];
}

export interface Line {
  readonly figure: Figure;
  readonly now: number;
  readonly least: number;
  readonly most: number;
  /** From 0, 0 at the left top to 1, 1. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** @param tops what a figure can be at most, where that is known; others reach as high as they were */
export function linesOf(samples: readonly Sample[], tops: Readonly<Partial<Record<Figure, number>>>): readonly Line[] {
  const end = samples.at(-1)?.at ?? 0;
  const start = Math.min(samples[0]?.at ?? 0, end - 60_000);
  return FIGURES.flatMap((figure): Line[] => {
    const known = samples.flatMap(({ at, values }) => {
      const value = values[figure];
      return value === undefined ? [] : [{ at, value }];
    });
    const all = known.map(({ value }) => value);
    if (all.length === 0) return [];
    const most = Math.max(...all);
    const top = tops[figure] ?? (most || 1);
    const points = known.map(({ at, value }) => ({ x: (at - start) / (end - start), y: 1 - Math.min(1, value / top) }));
    return [{ figure, now: all.at(-1)!, least: Math.min(...all), most, points }];
  });
}
