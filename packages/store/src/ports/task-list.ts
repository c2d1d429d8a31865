/** Task instances of all runs, as lists across runs show them: nothing of what they carry, and the name of their run. */
import type {
  ProjectId,
  Reason,
  TaskInstanceId,
  TaskState,
  WorkerId,
  WorkflowId,
  WorkflowInstanceId,
} from '@vaquita/core';
import type { PageRequest } from './api.ts';
import type { Page } from './master.ts';

/** All that is given holds at once. */
export interface TaskFilter {
  readonly states?: readonly TaskState[];
  readonly type?: string;
  /** The worker that has or had it last. */
  readonly workerId?: WorkerId;
  readonly projectId?: ProjectId;
  readonly workflowId?: WorkflowId;
}

/** A task instance without inputs and outputs. */
export interface ListedTask {
  readonly id: TaskInstanceId;
  readonly name: string;
  readonly type: string;
  readonly state: TaskState;
  readonly attempt: number;
  readonly current: boolean;
  readonly workerGroup: string;
  readonly workerId: WorkerId | null;
  readonly workerName: string | null;
  readonly submittedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly exitCode: number | null;
  readonly reason: Reason | null;
  readonly run: {
    readonly id: WorkflowInstanceId;
    readonly number: number | null;
    readonly projectId: ProjectId;
    readonly workflowId: WorkflowId;
    readonly workflowName: string;
  };
}

export interface TaskListStore {
  /**
   * Newest first; within projects, workflows and what is live: those of the newest run first. A page may hold fewer than
   * asked for, or none, and still be followed by others: only so many rows are looked at for each.
   */
  list(filter: TaskFilter, page: PageRequest): Promise<Page<ListedTask>>;
}
