/**
 * A workflow definition in its two forms: the document (what people write, what is stored and exported; durations
 * are text) and the compiled form the engine runs (defaults applied, durations in ms, type settings apart).
 */

import type { AlertChoice } from '../alerts/alert.ts';
import type { WorkerLabels } from '../workers/labels.ts';

export const PRIORITIES = ['highest', 'high', 'medium', 'low', 'lowest'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const EXECUTION_TYPES = ['parallel', 'serial_wait', 'serial_discard', 'serial_priority'] as const;
export type ExecutionType = (typeof EXECUTION_TYPES)[number];

export const TIMEOUT_STRATEGIES = ['warn', 'fail', 'warn_and_fail'] as const;
export type TimeoutStrategy = (typeof TIMEOUT_STRATEGIES)[number];

export const FAILURE_STRATEGIES = ['continue', 'end'] as const;
export type FailureStrategy = (typeof FAILURE_STRATEGIES)[number];

export const SCOPES = ['all', 'upstream', 'downstream', 'only'] as const;
/** Which tasks of the logical graph a run does, seen from its start tasks. */
export type Scope = (typeof SCOPES)[number];

export const PARAM_TYPES = [
  'string',
  'integer',
  'float',
  'boolean',
  'date',
  'time',
  'timestamp',
  'list',
  'json',
  'file',
] as const;
export type ParamType = (typeof PARAM_TYPES)[number];

export interface ParamDefinition {
  readonly name: string;
  readonly type: ParamType;
  /** The default, as text, with placeholders unresolved. Absent: the start must give one. */
  readonly value?: string;
  readonly description?: string;
}

export interface OutputDefinition {
  readonly name: string;
  readonly type: ParamType;
}

export interface RetryPolicy {
  /** Attempts after the first. 0: none. */
  readonly times: number;
  readonly intervalMs: number;
  readonly backoff: 'fixed' | 'exponential';
  /** Upper bound of an exponential interval. */
  readonly maxIntervalMs: number;
}

export interface TimeoutPolicy {
  readonly afterMs: number;
  readonly strategy: TimeoutStrategy;
  /** Counted from the start of the attempt, or from the task's first submission (waiting and retries included). */
  readonly from: 'start' | 'first_submit';
}

/** Whom a workflow's runs alert, and of what besides their ends. */
export interface AlertPolicy {
  readonly on: AlertChoice;
  /** Name of an alert group. */
  readonly group: string;
  /** A run that waits for its turn, or a task that waits to be sent to a worker, for longer is told of; null: never. */
  readonly queueWaitMs: number | null;
  /** A run that has not ended so long after it was started is told of; null: never. */
  readonly deadlineMs: number | null;
}

export interface TaskGroupUse {
  readonly name: string;
  /** Among tasks that wait for the group, the higher goes first. */
  readonly priority: number;
}

export interface TaskDefinition {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly dependsOn: readonly string[];
  /** false: passed over as if it had succeeded, with no task instance. */
  readonly enabled: boolean;
  readonly retry: RetryPolicy;
  readonly timeout: TimeoutPolicy | null;
  readonly delayMs: number;
  readonly workerGroup: string | null;
  /** The worker must have each of these with this value; those of the workflow included. In order of the names. */
  readonly workerLabels: WorkerLabels;
  readonly environment: string | null;
  readonly priority: Priority;
  /** Null for tasks of no group, and for logic tasks, which take no slot. */
  readonly taskGroup: TaskGroupUse | null;
  /** Local parameters (direction in). */
  readonly params: readonly ParamDefinition[];
  readonly outputs: readonly OutputDefinition[];
  /** The settings of this task's type (`script`, `url`, …), checked against the type's schema. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface WorkflowDefinition {
  readonly name: string;
  readonly description: string;
  readonly params: readonly ParamDefinition[];
  readonly execution: ExecutionType;
  /** How many runs may be live at once, for `parallel`; null: any number. Serial types have one place. */
  readonly maxParallelRuns: number | null;
  /** True: a parameter that cannot be resolved fails its task. False: its text stays and a warning is recorded. */
  readonly strictParams: boolean;
  readonly failureStrategy: FailureStrategy;
  readonly timeout: TimeoutPolicy | null;
  /** Null: the document says nothing of alerts. */
  readonly alerts: AlertPolicy | null;
  /** IANA zone in which time expressions are evaluated; UTC when the document names none. */
  readonly timezone: string;
  readonly tasks: readonly TaskDefinition[];
}

/** The document as stored: plain JSON with stable key order. Its shape is held by `parseWorkflowDocument`. */
export type WorkflowDocument = Readonly<Record<string, unknown>> & { readonly name: string };
