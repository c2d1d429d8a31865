/**
 * The rows of a run: what the engine reads at a rebuild and what each transition writes. Times are epoch
 * milliseconds, durations milliseconds, absent values null. These rows are all there is: a run can be rebuilt
 * from them at any moment.
 */
import type { FailureStrategy, Priority, Scope } from '../definition/definition.ts';
import type {
  CommandId,
  DispatchId,
  Epoch,
  ProjectId,
  TaskInstanceId,
  WorkerId,
  WorkflowId,
  WorkflowInstanceId,
} from '../identity/ids.ts';
import type { TaskState, WorkflowState } from './states.ts';

/** Why something does not go on, or ended otherwise than it should: recorded evidence, answered by `…/why`. */
export interface Reason {
  /** A word a program may branch on, such as `waiting_for_worker` or `worker_lost`. */
  readonly code: string;
  /** A sentence for the person who asks. */
  readonly text: string;
  readonly since: number;
  /** What will happen next and when, if that is known. */
  readonly next?: string;
  readonly nextAt?: number;
  /** What blocks it: ids and figures. */
  readonly evidence?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface WorkflowInstanceRow {
  readonly id: WorkflowInstanceId;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  /** The definition version this run does. */
  readonly version: number;
  /** Human-facing number within the workflow (#1, #2, …); null until the leader has taken the run. */
  readonly number: number | null;
  readonly state: WorkflowState;
  /** 1 for the first run; +1 for each rerun, recovery and resume. */
  readonly runCounter: number;
  /** Start parameters, as given. */
  readonly params: Readonly<Record<string, string>>;
  readonly startTasks: readonly string[];
  readonly scope: Scope;
  readonly failureStrategy: FailureStrategy;
  readonly priority: Priority;
  readonly workerGroup: string | null;
  readonly environment: string | null;
  readonly dryRun: boolean;
  /** Overrides the definition's workflow timeout when not null. */
  readonly timeoutMs: number | null;
  /** The moment time expressions are evaluated against. */
  readonly businessTime: number;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly updatedAt: number;
  readonly reason: Reason | null;
}

/** One attempt of one task in a run. */
export interface TaskInstanceRow {
  readonly id: TaskInstanceId;
  readonly workflowInstanceId: WorkflowInstanceId;
  readonly name: string;
  readonly type: string;
  readonly state: TaskState;
  /** Counts every task instance of this task in this run, from 1; fences results. */
  readonly attempt: number;
  /** Retries used since the task was last made anew by a person. */
  readonly retryTimes: number;
  /** Re-dispatches after a lost worker; capped. */
  readonly failovers: number;
  /** True for the newest task instance of its task; at most one. */
  readonly current: boolean;
  readonly runCounter: number;
  /** The task instance this one follows (retry, failover, rerun), or null. */
  readonly previousId: TaskInstanceId | null;
  readonly workerGroup: string;
  readonly priority: Priority;
  readonly dispatchId: DispatchId | null;
  readonly dispatchEpoch: Epoch | null;
  readonly workerId: WorkerId | null;
  readonly workerName: string | null;
  readonly firstSubmittedAt: number;
  readonly submittedAt: number;
  /** Not to be dispatched before this moment: delay and retry interval. */
  readonly dueAt: number | null;
  readonly dispatchedAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Output parameters, by name, as text. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Resolved parameters as sent to the worker. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly logBytes: number;
  /** When a kill was asked for; the row stays active until the worker's result or the loss of the worker. */
  readonly killRequestedAt: number | null;
  readonly reason: Reason | null;
  readonly updatedAt: number;
}

/** An order to a worker that must outlive a crash of the server: kept until the worker has answered it. */
export interface OutboxRow {
  readonly dispatchId: DispatchId;
  readonly kind: 'kill';
  readonly workerId: WorkerId;
  readonly workflowInstanceId: WorkflowInstanceId;
  readonly reason: string;
  readonly graceMs: number;
  readonly createdAt: number;
}

/** One line of the append-only record of what happened. `seq` is given by the store. */
export interface NewEvent {
  readonly type: EventType;
  /** Null for what is of no project, such as a worker. */
  readonly projectId: ProjectId | null;
  readonly workflowInstanceId: WorkflowInstanceId | null;
  readonly taskInstanceId: TaskInstanceId | null;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export type EventType =
  | 'workflow_instance.created'
  | 'workflow_instance.state'
  | 'task_instance.created'
  | 'task_instance.state'
  | 'task_instance.warning'
  | 'workflow.added'
  | 'workflow.updated'
  | 'workflow.removed'
  | 'worker.state';

/** A row that asks the leader to do something: the only way to make the master act. */
export interface CommandRow {
  readonly id: CommandId;
  readonly kind: CommandKind;
  readonly workflowInstanceId: WorkflowInstanceId;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly priority: Priority;
  readonly createdBy: string;
  readonly createdAt: number;
}

export const COMMAND_KINDS = ['start', 'stop', 'rerun', 'kill_task'] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];
