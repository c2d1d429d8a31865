/**
 * What a backfill is made of: one item for each member and business time, in the order of starting, each with what it waits for.
 *
 * P1 No item waits for itself, and no items wait for each other: what depends on others is on a higher level than they are, and what
 *    depends on itself waits for earlier times only.
 * P2 An item waits for exactly those items that its dependent tasks will look at, whatever the order and however many run at once.
 * P3 What is skipped has succeeded, and so has everything it waits for: what comes after something that is run again is run again too.
 */
import type { WorkflowId, WorkflowInstanceId } from '../identity/ids.ts';
import { dependencyIntervals, type Interval } from '../logic/dependent-ranges.ts';
import { DAY_MS, toWall } from '../params/wall-time.ts';
import type { MemberAsk, PlannedMember } from './closure.ts';
import type { BackfillItemRow, BackfillOrder, BackfillWait } from './rows.ts';

export interface PlanInput {
  /** By level. */
  readonly members: readonly PlannedMember[];
  /** Each once, in any order. */
  readonly times: readonly number[];
  /** Null: each run has that of its definition. */
  readonly timezone: string | null;
  readonly order: BackfillOrder;
  /** Runs that have succeeded already and are not to be repeated, by workflow and business time. */
  readonly succeeded: ReadonlyMap<WorkflowId, ReadonlyMap<number, WorkflowInstanceId>>;
}

export type PlannedItem = Pick<
  BackfillItemRow,
  'position' | 'projectId' | 'workflowId' | 'version' | 'level' | 'businessTime' | 'waits' | 'reason'
> & {
  readonly state: 'waiting' | 'skipped';
  /** The run that makes it be skipped. */
  readonly succeededIn: WorkflowInstanceId | null;
};

interface Column {
  readonly member: PlannedMember;
  /** By index of the time. */
  readonly waits: readonly (readonly BackfillWait[])[];
  readonly skipped: boolean[];
  /** How many of the times before this one are not skipped. */
  readonly runsBefore: number[];
}

/** Oldest or newest first; of one time, by level: what has begun is brought to its end before the next begins. */
export function planBackfill({ members, times, timezone, order, succeeded }: PlanInput): readonly PlannedItem[] {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  const columns = new Map<WorkflowId, Column>();
  for (const member of members) {
    const waitsOf = createWaits(member, timezone ?? member.definition.timezone, sorted, columns);
    const column: Column = { member, waits: sorted.map(waitsOf), skipped: [], runsBefore: [0] };
    columns.set(member.workflowId, column);
    for (const [index, at] of sorted.entries()) {
      const isDone = succeeded.get(member.workflowId)?.has(at) === true;
      const skipped = isDone && column.waits[index]!.every((wait) => runsWithin(columns, sorted, wait) === 0);
      column.skipped.push(skipped);
      column.runsBefore.push(column.runsBefore[index]! + Number(!skipped));
    }
  }
  const indices = sorted.map((_, index) => index);
  if (order === 'newest_first') indices.reverse();
  const items: PlannedItem[] = [];
  for (const index of indices) {
    for (const { member, waits, skipped } of columns.values()) {
      const { projectId, workflowId, version, level } = member;
      const businessTime = sorted[index]!;
      const isSkipped = skipped[index] === true;
      items.push({
        ...{ position: items.length, projectId, workflowId, version, level, businessTime },
        waits: isSkipped ? [] : waits[index]!,
        state: isSkipped ? 'skipped' : 'waiting',
        reason: isSkipped ? 'It has succeeded already.' : null,
        succeededIn: (isSkipped && succeeded.get(workflowId)?.get(businessTime)) || null,
      });
    }
  }
  return items;
}

/** Items of the wait that are not skipped. Of its own workflow only earlier times are asked about, which are known by then. */
function runsWithin(columns: ReadonlyMap<WorkflowId, Column>, sorted: readonly number[], wait: BackfillWait): number {
  const { runsBefore } = columns.get(wait.workflowId)!;
  return runsBefore[firstAfter(sorted, wait.to)]! - runsBefore[firstAfter(sorted, wait.from - 1)]!;
}

function createWaits(
  member: PlannedMember,
  timezone: string,
  sorted: readonly number[],
  columns: ReadonlyMap<WorkflowId, Column>,
): (businessTime: number) => readonly BackfillWait[] {
  const asks = uniqueAsks(member.asks).filter(
    ({ workflowId }) => workflowId === member.workflowId || columns.has(workflowId),
  );
  /** Ranges of days are those of the business day: worked out once for all of its times. */
  const byDay = new Map<string, readonly Interval[]>();

  function intervalsOf({ cycle, range }: MemberAsk, businessTime: number): readonly Interval[] {
    if (cycle === 'hour') return dependencyIntervals(cycle, range, { businessTime, timezone });
    const key = `${range} ${Math.floor(toWall(businessTime, timezone) / DAY_MS)}`;
    let intervals = byDay.get(key);
    if (intervals === undefined) {
      intervals = dependencyIntervals(cycle, range, { businessTime, timezone });
      byDay.set(key, intervals);
    }
    return intervals;
  }

  return (businessTime) =>
    asks.flatMap((ask) => {
      const isOwn = ask.workflowId === member.workflowId;
      return joined(intervalsOf(ask, businessTime)).flatMap(({ from, to }) => {
        // P1
        const last = isOwn ? Math.min(to, businessTime - 1) : to;
        const hasAny = firstAfter(sorted, last) > firstAfter(sorted, from - 1);
        return last >= from && hasAny ? [{ workflowId: ask.workflowId, from, to: last }] : [];
      });
    });
}

function uniqueAsks(asks: readonly MemberAsk[]): readonly MemberAsk[] {
  return [...new Map(asks.map((ask) => [`${ask.workflowId} ${ask.range}`, ask])).values()];
}

/** Intervals that follow each other without a gap become one. */
function joined(intervals: readonly Interval[]): readonly Interval[] {
  const all: Interval[] = [];
  for (const interval of intervals) {
    const last = all.at(-1);
    if (last !== undefined && interval.from === last.to + 1) all[all.length - 1] = { from: last.from, to: interval.to };
    else all.push(interval);
  }
  return all;
}

/** The index of the first time that is after `at`. */
function firstAfter(sorted: readonly number[], at: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
