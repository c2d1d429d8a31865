/** What the past of one workflow comes to: days by outcome, and how long tasks took and how often they failed. */
import type { WorkflowId, WorkflowState } from '@vaquita/core';
import type { PageRequest } from './api.ts';
import type { Page } from './master.ts';
import type { RunOutline } from './workflow-history.ts';

/** `from` is in it, `to` is not. Epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How many runs of business times within a span are in each state. */
export type SpanCounts = Readonly<Partial<Record<WorkflowState, number>>>;

/** Runs that figures are made from: those that were created in the span and have ended, the newest of them. */
export interface FiguresOf extends Span {
  readonly workflowId: WorkflowId;
  /** At most so many runs. */
  readonly runs: number;
}

/** Of one task over these runs. */
export interface TaskFigures {
  readonly name: string;
  readonly type: string;
  /** In which something was done for it. */
  readonly runs: number;
  /** Task instances, each attempt one. */
  readonly attempts: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Runs in which it has not succeeded after an attempt that failed. */
  readonly failedRuns: number;
  /** Runs in which it has succeeded after an attempt that failed. */
  readonly flakyRuns: number;
  /** Attempts that succeeded and whose time is known; the figures below are of these. Percentiles are of the nearest rank. */
  readonly timed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
  readonly totalMs: number;
}

export interface WorkflowFigureStore {
  /** Of each span, in its order; dry runs do not count. @param spans at most 31, none longer than about a day */
  counts(workflowId: WorkflowId, spans: readonly Span[]): Promise<readonly SpanCounts[]>;
  /** Runs of business times within the span, latest time first; no dry runs. */
  within(workflowId: WorkflowId, span: Span, page: PageRequest): Promise<Page<RunOutline>>;
  /** Newest first; no dry runs. */
  ended(of: FiguresOf): Promise<readonly RunOutline[]>;
  /** By name. */
  tasks(of: FiguresOf): Promise<readonly TaskFigures[]>;
}
