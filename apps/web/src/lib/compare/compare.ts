/** Two runs of a workflow side by side: parameters, and each task's state and duration. Pure. */
import type { GraphNode, InstanceView } from '@vaquita/client';

export interface ComparedValue {
  readonly name: string;
  /** Undefined: it has none of this name. */
  readonly mine: string | undefined;
  readonly other: string | undefined;
  readonly differs: boolean;
}

export function compareParams(mine: InstanceView['params'], other: InstanceView['params']): readonly ComparedValue[] {
  const names = [...new Set([...Object.keys(mine), ...Object.keys(other)])].sort();
  return names.map((name) => ({
    ...{ name, mine: mine[name], other: other[name] },
    differs: mine[name] !== other[name],
  }));
}

export interface TaskSide {
  readonly state: string;
  /** Null: it has not begun or not ended. */
  readonly tookMs: number | null;
}

export interface ComparedTask {
  readonly name: string;
  /** Undefined: that run does not do it. */
  readonly mine: TaskSide | undefined;
  readonly other: TaskSide | undefined;
  /** By how much mine took longer; null where one of them has no duration. */
  readonly longerMs: number | null;
  readonly differs: boolean;
}

type NodeLike = Pick<GraphNode, 'name' | 'state' | 'startedAt' | 'endedAt'>;

/** Less is the weather of machines: a task takes notably longer or shorter beyond both of these. */
const NOTABLE_MS = 1_000;
const NOTABLE_PART = 0.25;

/** In the order of mine; then what only the other one does. */
export function compareTasks(mine: readonly NodeLike[], other: readonly NodeLike[]): readonly ComparedTask[] {
  const mineOf = new Map(mine.map((node) => [node.name, sideOf(node)]));
  const otherOf = new Map(other.map((node) => [node.name, sideOf(node)]));
  return [...new Set([...mineOf.keys(), ...otherOf.keys()])].map((name) => {
    const [a, b] = [mineOf.get(name), otherOf.get(name)];
    const longerMs = a?.tookMs == null || b?.tookMs == null ? null : a.tookMs - b.tookMs;
    return { name, mine: a, other: b, longerMs, differs: a?.state !== b?.state || isNotable(longerMs, b) };
  });
}

function sideOf({ state, startedAt, endedAt }: NodeLike): TaskSide {
  const ended = startedAt !== null && endedAt !== null;
  return { state, tookMs: ended ? Date.parse(endedAt) - Date.parse(startedAt) : null };
}

function isNotable(longerMs: number | null, other: TaskSide | undefined): boolean {
  if (longerMs === null) return false;
  const size = Math.abs(longerMs);
  return size >= NOTABLE_MS && size >= NOTABLE_PART * (other?.tookMs ?? 0);
}

/** What a run is compared with when nobody says: the last one before it that succeeded, else the last one before it, else any. */
export function runToCompare<Run extends Pick<InstanceView, 'id' | 'state' | 'createdAt'>>(
  run: Pick<InstanceView, 'id' | 'createdAt'>,
  newestFirst: readonly Run[],
): Run | undefined {
  const others = newestFirst.filter(({ id }) => id !== run.id);
  const before = others.filter(({ createdAt }) => createdAt <= run.createdAt);
  return before.find(({ state }) => state === 'success') ?? before[0] ?? others[0];
}
