/**
 * How far a backfill is, in memory: which items can start now, and which never will because of what came before them.
 * Built from rows, told of every change that is written, thrown away when rows may differ.
 */
import type { BackfillItemRow, BackfillItemState, BackfillWait } from './rows.ts';

export type ProgressItem = Pick<BackfillItemRow, 'position' | 'workflowId' | 'businessTime' | 'waits' | 'state'>;

export interface BlockedItem {
  readonly position: number;
  readonly reason: string;
}

export interface NextSteps {
  /** Positions in the order of starting, at most as many as were asked for. */
  readonly start: readonly number[];
  /** Items that wait for one that ended without success, or that is blocked itself. */
  readonly block: readonly BlockedItem[];
}

export interface BackfillProgress {
  /**
   * Everything before the last item that it starts is looked at, and everything when there is room left.
   * @param isHeld items of this workflow are not to start now
   */
  next(room: number, isHeld?: (workflowId: ProgressItem['workflowId']) => boolean): NextSteps;
  set(position: number, state: BackfillItemState): void;
  at(position: number): ProgressItem;
  /** Blocked items whose way is free again. */
  unblocked(): readonly number[];
  readonly waiting: number;
  readonly running: number;
}

/** Those of one workflow, in order of business time. */
interface Column {
  readonly times: readonly number[];
  readonly positions: readonly number[];
}

type Standing = 'free' | 'not_yet' | { readonly held: ProgressItem };

export function createBackfillProgress(
  items: readonly ProgressItem[],
  nameOf: (workflowId: ProgressItem['workflowId']) => string,
): BackfillProgress {
  const states = new Map(items.map(({ position, state }) => [position, state]));
  const byPosition = new Map(items.map((item) => [item.position, item]));
  const columns = columnsOf(items);
  /** In order; those that do not wait any more are dropped as they are met. */
  let line = items.filter(({ state }) => state === 'waiting').sort((a, b) => a.position - b.position);
  const count = (wanted: BackfillItemState) => [...states.values()].filter((state) => state === wanted).length;
  const counts: Partial<Record<BackfillItemState, number>> = { waiting: count('waiting'), running: count('running') };

  function standingOf({ waits }: ProgressItem): Standing {
    let standing: Standing = 'free';
    for (const wait of waits) {
      for (const position of positionsIn(columns, wait)) {
        const state = states.get(position)!;
        if (state === 'success' || state === 'skipped') continue;
        if (state !== 'waiting' && state !== 'running') return { held: byPosition.get(position)! };
        standing = 'not_yet';
      }
    }
    return standing;
  }

  function set(position: number, state: BackfillItemState): void {
    const before = states.get(position);
    if (before === undefined || before === state) return;
    counts[before] = (counts[before] ?? 0) - 1;
    counts[state] = (counts[state] ?? 0) + 1;
    states.set(position, state);
    if (state === 'waiting') {
      line = [...line.filter((item) => item.position !== position), byPosition.get(position)!];
      line.sort((a, b) => a.position - b.position);
    }
  }

  return {
    next(room, isHeld = () => false) {
      const start: number[] = [];
      const block: BlockedItem[] = [];
      if (room <= 0) return { start, block };
      line = line.filter(({ position }) => states.get(position) === 'waiting');
      for (const item of line) {
        if (start.length >= room) break;
        const standing = standingOf(item);
        if (standing === 'free') {
          if (!isHeld(item.workflowId)) start.push(item.position);
        } else if (standing !== 'not_yet') {
          block.push({ position: item.position, reason: whyBlocked(standing.held) });
        }
      }
      return { start, block };
    },
    set,
    at: (position) => byPosition.get(position)!,
    unblocked: () =>
      items
        .filter((item) => states.get(item.position) === 'blocked' && typeof standingOf(item) === 'string')
        .map(({ position }) => position),
    get waiting() {
      return counts.waiting ?? 0;
    },
    get running() {
      return counts.running ?? 0;
    },
  };

  function whyBlocked({ workflowId, businessTime, position }: ProgressItem): string {
    const at = new Date(businessTime).toISOString();
    const what = states.get(position) === 'failure' ? 'has failed' : 'was not run';
    return `${nameOf(workflowId)} of ${at} ${what}, and this waits for it.`;
  }
}

function columnsOf(items: readonly ProgressItem[]): ReadonlyMap<ProgressItem['workflowId'], Column> {
  const grouped = new Map<ProgressItem['workflowId'], ProgressItem[]>();
  for (const item of items) {
    const group = grouped.get(item.workflowId);
    if (group) group.push(item);
    else grouped.set(item.workflowId, [item]);
  }
  const column = (group: ProgressItem[]): Column => {
    group.sort((a, b) => a.businessTime - b.businessTime);
    return { times: group.map((item) => item.businessTime), positions: group.map((item) => item.position) };
  };
  return new Map([...grouped].map(([id, group]) => [id, column(group)]));
}

function* positionsIn(
  columns: ReadonlyMap<ProgressItem['workflowId'], Column>,
  { workflowId, from, to }: BackfillWait,
): Generator<number> {
  const column = columns.get(workflowId);
  if (column === undefined) return;
  for (let index = firstAt(column.times, from); index < column.times.length && column.times[index]! <= to; index++) {
    yield column.positions[index]!;
  }
}

/** The index of the first time that is not before `at`. */
function firstAt(times: readonly number[], at: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
