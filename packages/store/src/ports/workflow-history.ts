/** The past of one workflow as its pages show it: many runs and their tasks, and nothing of what they carry. */
import type { RunOriginKind, Scope, TaskState, WorkflowId, WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import type { PageRequest } from './api.ts';
import type { Page } from './master.ts';

/** A run without parameters, outputs and reasons. */
export interface RunOutline {
  readonly id: WorkflowInstanceId;
  readonly number: number | null;
  readonly version: number;
  readonly state: WorkflowState;
  readonly scope: Scope;
  readonly dryRun: boolean;
  readonly originKind: RunOriginKind | null;
  readonly businessTime: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** How a task stands in a run: its current task instance. */
export interface TaskCell {
  readonly workflowInstanceId: WorkflowInstanceId;
  readonly name: string;
  readonly type: string;
  readonly state: TaskState;
  readonly attempt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** The runs on either side of one, by when they were filed; undefined: it is the first, or the newest. */
export interface Neighbours {
  readonly previous: RunOutline | undefined;
  readonly next: RunOutline | undefined;
}

export interface WorkflowHistoryStore {
  /** Runs of the workflow, newest first. */
  heads(workflowId: WorkflowId, page: PageRequest): Promise<Page<RunOutline>>;
  /** Those of the ids that are runs of the workflow, newest first. @param ids at most 500 */
  headsOf(workflowId: WorkflowId, ids: readonly string[]): Promise<readonly RunOutline[]>;
  neighbours(workflowId: WorkflowId, id: WorkflowInstanceId): Promise<Neighbours>;
  /** Of every task of these runs that has begun. @param ids at most 500 */
  cells(ids: readonly WorkflowInstanceId[]): Promise<readonly TaskCell[]>;
}
