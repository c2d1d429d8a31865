/** How long runs took, as points of a picture. Pure. */
import type { WorkflowStatisticsView } from '@vaquita/client';

export type TrendRun = WorkflowStatisticsView['runs'][number];

export interface TrendPoint {
  readonly run: TrendRun;
  readonly x: number;
  readonly y: number;
}

export interface Trend {
  /** Oldest first. */
  readonly points: readonly TrendPoint[];
  /** The median of the runs around each that succeeded, as a line. */
  readonly line: readonly { readonly x: number; readonly y: number }[];
  /** What the top of the picture stands for. */
  readonly topMs: number;
}

/** How many runs on either side speak for one. */
const AROUND = 5;
const NICE = [1, 2, 5, 10, 15, 30].flatMap((n) => [n, n * 10, n * 100]).sort((a, b) => a - b);

/** @param runs newest first */
export function trendOf(runs: readonly TrendRun[], size: { readonly width: number; readonly height: number }): Trend {
  const timed = runs.filter(({ durationMs }) => durationMs !== null).toReversed();
  const topMs = niceAbove(Math.max(1, ...timed.map(({ durationMs }) => durationMs!)));
  const x = (index: number) => (timed.length < 2 ? size.width / 2 : (index / (timed.length - 1)) * size.width);
  const y = (ms: number) => size.height - (ms / topMs) * size.height;
  const good = timed.flatMap((run, index) => (run.state === 'success' ? [{ index, ms: run.durationMs! }] : []));
  return {
    points: timed.map((run, index) => ({ run, x: x(index), y: y(run.durationMs!) })),
    line: good.map(({ index }, at) => ({
      x: x(index),
      y: y(median(good.slice(Math.max(0, at - AROUND), at + AROUND + 1).map(({ ms }) => ms))),
    })),
    topMs,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1]!;
}

function niceAbove(ms: number): number {
  for (const unit of [1, 1_000, 60_000, 3_600_000, 86_400_000]) {
    const found = NICE.find((n) => n * unit >= ms && n <= (unit === 1 ? 1_000 : 60));
    if (found !== undefined) return found * unit;
  }
  return ms;
}

export const SORTS = ['slowest', 'flakiest', 'failing', 'longest'] as const;
export type Sort = (typeof SORTS)[number];
export type TaskFigures = WorkflowStatisticsView['tasks'][number];

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
const RANKS: Readonly<Record<Sort, (task: TaskFigures) => readonly number[]>> = {
  slowest: ({ p95Ms, p50Ms }) => [p95Ms ?? -1, p50Ms ?? -1],
  flakiest: ({ flakyRuns, runs, failures }) => [share(flakyRuns, runs), failures],
  failing: ({ failedRuns, runs, failures }) => [share(failedRuns, runs), failures],
  longest: ({ totalMs }) => [totalMs],
};

/** Highest first; by name where they are the same. */
export function sortTasks(tasks: readonly TaskFigures[], sort: Sort): readonly TaskFigures[] {
  const rank = RANKS[sort];
  return tasks.toSorted((a, b) => {
    const [ofA, ofB] = [rank(a), rank(b)];
    const at = ofA.findIndex((value, i) => value !== ofB[i]);
    return at === -1 ? a.name.localeCompare(b.name) : ofB[at]! - ofA[at]!;
  });
}
