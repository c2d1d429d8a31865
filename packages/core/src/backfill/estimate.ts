/** What a backfill will cost, as far as runs of the past tell. Durations in milliseconds. */
import type { WorkflowId } from '../identity/ids.ts';

/** Of one workflow: the middle of its newest runs that succeeded. */
export interface RunHistory {
  /** Runs that were looked at. */
  readonly runs: number;
  readonly durationMs: number;
  /** For which tasks of a run held slots of workers, all together. */
  readonly slotMs: number;
}

export interface PastRun {
  readonly durationMs: number;
  readonly slotMs: number;
}

export function historyOf(runs: readonly PastRun[]): RunHistory | null {
  if (runs.length === 0) return null;
  return {
    runs: runs.length,
    durationMs: median(runs.map(({ durationMs }) => durationMs)),
    slotMs: median(runs.map(({ slotMs }) => slotMs)),
  };
}

export interface EstimateInput {
  /** What is to run, by workflow. */
  readonly members: readonly {
    readonly workflowId: WorkflowId;
    readonly level: number;
    readonly runs: number;
    readonly history: RunHistory | null;
  }[];
  readonly parallelism: number;
}

export interface Estimate {
  /** Null: nothing that is to run has a history. */
  readonly lengthMs: number | null;
  readonly slotMs: number | null;
  /** Not counted in it. */
  readonly withoutHistory: readonly WorkflowId[];
}

/** Neither the work shared out evenly nor one time on its way through all levels can be shorter. */
export function estimate({ members, parallelism }: EstimateInput): Estimate {
  const wanted = members.filter(({ runs }) => runs > 0);
  const withoutHistory = wanted.filter(({ history }) => history === null).map(({ workflowId }) => workflowId);
  const known = wanted.flatMap(({ level, runs, history }) => (history === null ? [] : [{ level, runs, history }]));
  if (known.length === 0) return { lengthMs: null, slotMs: null, withoutHistory };
  const work = known.reduce((sum, { runs, history }) => sum + runs * history.durationMs, 0);
  const longest = new Map<number, number>();
  for (const { level, history } of known) longest.set(level, Math.max(longest.get(level) ?? 0, history.durationMs));
  const chain = [...longest.values()].reduce((sum, ms) => sum + ms, 0);
  return {
    lengthMs: Math.round(Math.max(work / parallelism, chain)),
    slotMs: known.reduce((sum, { runs, history }) => sum + runs * history.slotMs, 0),
    withoutHistory,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
