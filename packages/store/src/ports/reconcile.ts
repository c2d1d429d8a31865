/** Rows as the reconciler of the leader reads them: little of each, and never more than it asks for. */
import type {
  CommandRow,
  DispatchId,
  TaskInstanceId,
  TaskState,
  WorkerId,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowState,
} from '@vaquita/core';
import type { Page, WorkerRow } from './master.ts';

/** A run that has not ended. */
export interface OpenRunRow {
  readonly id: WorkflowInstanceId;
  readonly workflowId: WorkflowId;
  readonly state: WorkflowState;
  readonly runCounter: number;
  readonly queuedAt: number | null;
  readonly executionSlot: number | null;
  /** The engine has set it aside. */
  readonly isAside: boolean;
  readonly updatedAt: number;
}

/** A current task instance that has not ended. */
export interface LiveTaskRow {
  readonly id: TaskInstanceId;
  readonly workflowInstanceId: WorkflowInstanceId;
  readonly name: string;
  readonly state: TaskState;
  readonly dispatchId: DispatchId | null;
  readonly groupSlot: number | null;
}

export interface WorkerStateRow {
  readonly id: WorkerId;
  readonly state: WorkerRow['state'];
}

export interface ReconcileStore {
  /** By id. */
  openRunRows(options: { readonly after: string | null; readonly limit: number }): Promise<Page<OpenRunRow>>;
  /** Those of the runs that are open, by id. */
  openRunRowsOf(ids: readonly WorkflowInstanceId[]): Promise<readonly OpenRunRow[]>;
  /** Of these runs, in no order. */
  liveTaskRows(ids: readonly WorkflowInstanceId[]): Promise<readonly LiveTaskRow[]>;
  /** Commands that were filed before the moment and are not done: the oldest of each priority, so many at most of each. */
  pendingSince(before: number, limit: number): Promise<readonly CommandRow[]>;
  /** Those of the runs that have a command which is not done. */
  pendingRuns(ids: readonly WorkflowInstanceId[]): Promise<readonly WorkflowInstanceId[]>;
  /** By id. */
  workerStates(options: { readonly after: string | null; readonly limit: number }): Promise<Page<WorkerStateRow>>;
  /** Of these workers, by id. */
  workerStatesOf(ids: readonly WorkerId[]): Promise<readonly WorkerStateRow[]>;
}
