/**
 * The rows of a run: what the engine reads at a rebuild and what each transition writes. Times are epoch
 * milliseconds, durations milliseconds, absent values null. These rows are all there is: a run can be rebuilt
 * from them at any moment.
 */
import type { AlertChoice } from '../alerts/alert.ts';
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
import type { DependencyAnswer } from '../logic/configs.ts';
import type { ResolvedWorkflow } from './events.ts';
import type { RunOriginKind } from './origin.ts';
import type { Evidence, ReasonCode } from './reason-codes.ts';
import type { TaskState, WorkflowState } from './states.ts';

/** Why something does not go on, or ended otherwise than it should: recorded evidence, answered by `…/why`. */
export interface Reason {
  /** A word a program may branch on, such as `waiting_for_worker` or `worker_lost`. */
  readonly code: ReasonCode;
  /** A sentence for the person who asks. */
  readonly text: string;
  readonly since: number;
  /** What will happen next and when, if that is known. */
  readonly next?: string;
  readonly nextAt?: number;
  /** What blocks it: ids and figures. */
  readonly evidence?: Evidence;
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
  /** After which ends people are told, and which alert group; null: as the definition says. */
  readonly alertOn: AlertChoice | null;
  readonly alertGroup: string | null;
  /** What started it, when that was a schedule, a backfill or a trigger; null: a person, or a task of another run. */
  readonly originKind: RunOriginKind | null;
  readonly originId: string | null;
  /** The zone its time expressions are evaluated in; null: that of the definition. */
  readonly timezone: string | null;
  /** The moment time expressions are evaluated against. */
  readonly businessTime: number;
  /** Since when it waits for its turn to run; null before its start command is taken and once it has its turn. */
  readonly queuedAt: number | null;
  /** Its place among the live runs of its workflow, where those are limited; unique while the run is live. */
  readonly executionSlot: number | null;
  /** For a run that a task of another run started: that run, the task's name, and the task instance that made it. */
  readonly parentInstanceId: WorkflowInstanceId | null;
  readonly parentTask: string | null;
  readonly parentTaskId: TaskInstanceId | null;
  /** Which of that task's children it is, from 0. A task instance makes each child once. */
  readonly childIndex: number;
  /** Workflows of the runs above it, outermost first. */
  readonly lineage: readonly WorkflowId[];
  /** What its tasks put out, by name, newest last winning; written at the end of a run that has a parent. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly updatedAt: number;
  readonly reason: Reason | null;
  /** Why the engine has set it aside, while it has. Its state stays what it was. */
  readonly quarantine: Reason | null;
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
  /** The task group it takes a slot of, or null. */
  readonly taskGroup: string | null;
  /** Its place in the order of that group: higher first. */
  readonly groupPriority: number;
  /** The slot it holds; unique within the group among task instances that have not ended. */
  readonly groupSlot: number | null;
  /** Somebody let it go on without a slot. */
  readonly groupForced: boolean;
  /** What the master remembers of a logic task; null for tasks that workers run. */
  readonly logic: LogicState | null;
  /** What it has used of its worker, when it has ended; null where nobody has measured it. */
  readonly usage: ResourceUsage | null;
  readonly reason: Reason | null;
  readonly updatedAt: number;
}

/** Each figure is null where it was not measured. */
export interface ResourceUsage {
  /** Time on all cores together, in milliseconds. */
  readonly cpuMs: number | null;
  /** The most memory that all of its processes were seen to hold at once, in bytes. */
  readonly maxRssBytes: number | null;
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

/** What a logic task remembers between its steps. Everything a rebuilt run needs to go on with it. */
export type LogicState =
  /** switch and conditions: the successors that were chosen among those its branches name. */
  | { readonly kind: 'branch'; readonly chosen: readonly string[]; readonly why: string }
  /**
   * sub_workflow: `child` is null until it is known which run that is. What is told of the child counts from
   * `fromCounter` (its run counter) on: an end before that is the one it was recovered or resumed from.
   */
  | { readonly kind: 'child'; readonly child: WorkflowInstanceId | null; readonly fromCounter: number }
  /** dynamic, in order of the items; `target` is null until it is known which workflow they run. */
  | { readonly kind: 'children'; readonly target: ResolvedWorkflow | null; readonly items: readonly DynamicItem[] }
  /** dependent: what has been found to have succeeded, by the key of the question. It is not asked again. */
  | { readonly kind: 'dependent'; readonly succeeded: Readonly<Record<string, DependencyAnswer>> }
  | {
      readonly kind: 'approval';
      readonly decision: 'approved' | 'rejected' | null;
      readonly by: string | null;
      readonly comment: string;
    }
  | { readonly kind: 'wait'; readonly until: number | null; readonly signal: string | null };

export interface DynamicItem {
  readonly params: Readonly<Record<string, string>>;
  readonly child: WorkflowInstanceId | null;
  readonly fromCounter: number;
  readonly state: 'waiting' | 'started' | 'success' | 'failure' | 'stopped' | 'paused';
  /** Of one that failed, what is known about it. */
  readonly problem?: string | null;
  readonly outputs: Readonly<Record<string, string>>;
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

/** Everything that is recorded, by its name. */
export const EVENT_TYPES = [
  'workflow_instance.created',
  'workflow_instance.state',
  /** The reason changed, and not the state. */
  'workflow_instance.reason',
  /** Its parameters were edited for a rerun. */
  'workflow_instance.params',
  'task_instance.created',
  'task_instance.state',
  'task_instance.reason',
  /** It is no longer the current instance of its task. */
  'task_instance.superseded',
  /** A task without a task instance was passed over: skipped by a branch, or disabled. */
  'task.passed_over',
  'task_instance.warning',
  'task_group.changed',
  'worker_group.changed',
  /** One was made, changed by somebody, or has come to its end. */
  'backfill.changed',
  'workflow.added',
  'workflow.updated',
  'workflow.removed',
  /** Of a definition, with a change of its workflow: one row for each task. */
  'task.added',
  'task.updated',
  'task.removed',
  'worker.state',
  /** Somebody has decided something about it. */
  'worker.changed',
  /** It did something wrong that people should know of. */
  'worker.fault',
  /** A server of the cluster is gone without having said so. */
  'server.lost',
  /** Memory and rows did not agree, and have been brought together. */
  'engine.mended',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

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

export const COMMAND_KINDS = [
  'start',
  'pause',
  'resume',
  'stop',
  'recover_failed',
  'rerun',
  'rerun_from',
  'retry',
  'signal',
  'kill_task',
  'force_success',
  'force_start',
  'approve_task',
  'reject_task',
] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];
