/**
 * What the data of each event of a run holds, so that the record alone shows the run at any past moment. Written where
 * transitions record, read by the replay: both go by these types.
 */
import type { ReasonCode, WarningCode } from '../machine/reason-codes.ts';
import type { EventType, Reason } from '../machine/rows.ts';
import type { TaskState, WorkflowState } from '../machine/states.ts';

/** A reason as events carry it, flat in their data; all absent where there is none. */
export interface ReasonData {
  readonly code?: ReasonCode;
  readonly text?: string;
  /** Absent: since the moment of the event. */
  readonly since?: number;
  readonly next?: string;
  readonly nextAt?: number;
  readonly evidence?: Reason['evidence'];
}

/** Which attempt of which task: in every event about a task instance. */
interface OfAttempt {
  readonly name: string;
  readonly attempt: number;
}

export interface RunEventData {
  'workflow_instance.created': ReasonData & {
    readonly state: WorkflowState;
    readonly params: Readonly<Record<string, string>>;
  };
  /** Holds the new reason too: absent reason data mean that there is none now. */
  'workflow_instance.state': ReasonData & {
    readonly from: WorkflowState;
    readonly to: WorkflowState;
    /** Which time the run is done. Absent: unchanged. */
    readonly runCounter?: number;
  };
  /** Either a new reason, or, with `quarantine`, why it is set aside (null: no longer). */
  'workflow_instance.reason': ReasonData & { readonly quarantine?: ReasonData | null };
  /** All its parameters, as they are from now on. */
  'workflow_instance.params': { readonly params: Readonly<Record<string, string>> };
  'task_instance.created': OfAttempt & ReasonData & { readonly type: string; readonly state: TaskState };
  /** Holds the worker and the reason as they are from now on; absent: none. */
  'task_instance.state': OfAttempt &
    ReasonData & { readonly from: TaskState; readonly to: TaskState; readonly worker?: string };
  'task_instance.reason': OfAttempt & ReasonData;
  'task_instance.superseded': OfAttempt;
  /** `undone`: it may have a task instance again. */
  'task.passed_over': { readonly name: string; readonly how: PassedOver | 'undone' };
  /** Changes nothing of what a run is. */
  'task_instance.warning': { readonly name: string; readonly code: WarningCode; readonly text: string };
}

export type PassedOver = 'skipped' | 'disabled';
export type RunEventType = keyof RunEventData & EventType;

/** The part of an event's data that says why. `at` is the moment of the event. */
export function reasonData(why: Reason | null, at: number): ReasonData {
  if (why === null) return {};
  const { code, text, since, next, nextAt, evidence } = why;
  return {
    code,
    text,
    ...(since === at ? {} : { since }),
    ...(next === undefined ? {} : { next }),
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** The reason that an event's data hold, or null. */
export function readReason(data: ReasonData, at: number): Reason | null {
  const { code, text, since, next, nextAt, evidence } = data;
  if (code === undefined || text === undefined) return null;
  return {
    code,
    text,
    since: since ?? at,
    ...(next === undefined ? {} : { next }),
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}
