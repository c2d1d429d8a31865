/** The rows of a run's timeline: one per task, each attempt a bar, waiting before it a thin line. What was never tried comes last. */
import type { TimeWindow } from './scale.ts';

export interface AttemptLike {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly attempt: number;
  readonly current: boolean;
  readonly submittedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface Bar {
  readonly id: string;
  readonly attempt: number;
  readonly state: string;
  /** From when it waited; the bar itself goes from `from` to `to`. */
  readonly waitedFrom: number;
  readonly from: number;
  readonly to: number;
  readonly open: boolean;
}

export interface Row {
  readonly name: string;
  readonly type: string;
  /** Of the newest attempt. */
  readonly state: string;
  readonly bars: readonly Bar[];
  readonly begins: number;
}

/** A task of the graph, tried or not. */
export interface NodeLike {
  readonly name: string;
  readonly type: string;
  readonly state: string;
}

/** @param nodes of the whole graph, in the order in which those that were not tried are to stand */
export function rowsOf(attempts: readonly AttemptLike[], now: number, nodes: readonly NodeLike[] = []): Row[] {
  const byName = new Map<string, AttemptLike[]>();
  for (const attempt of attempts) {
    const list = byName.get(attempt.name);
    if (list === undefined) byName.set(attempt.name, [attempt]);
    else list.push(attempt);
  }
  const rows = [...byName.values()].map((list): Row => {
    const sorted = list.toSorted((a, b) => a.attempt - b.attempt);
    const newest = sorted.find((attempt) => attempt.current) ?? sorted[sorted.length - 1]!;
    const bars = sorted.map((attempt) => barOf(attempt, now));
    return { name: newest.name, type: newest.type, state: newest.state, bars, begins: bars[0]!.waitedFrom };
  });
  rows.sort((a, b) => a.begins - b.begins || beginOf(a) - beginOf(b) || a.name.localeCompare(b.name));
  const untried = nodes.filter(({ name }) => !byName.has(name));
  return [...rows, ...untried.map(({ name, type, state }): Row => ({ name, type, state, bars: [], begins: Infinity }))];
}

function beginOf(row: Row): number {
  return row.bars[0]!.from;
}

function barOf(attempt: AttemptLike, now: number): Bar {
  const waitedFrom = Date.parse(attempt.submittedAt);
  const ended = attempt.endedAt === null ? null : Date.parse(attempt.endedAt);
  // What never started (stopped while waiting, say) has only its waiting, up to its end or to now.
  const from = attempt.startedAt === null ? (ended ?? Math.max(now, waitedFrom)) : Date.parse(attempt.startedAt);
  const to = Math.max(from, ended ?? (attempt.startedAt === null ? from : now));
  return { id: attempt.id, attempt: attempt.attempt, state: attempt.state, waitedFrom, from, to, open: ended === null };
}

export function spansOf(rows: readonly Row[]): TimeWindow[] {
  return rows.flatMap((row) => row.bars.map((bar) => ({ from: Math.min(bar.waitedFrom, bar.from), to: bar.to })));
}
