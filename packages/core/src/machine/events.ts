/** Lifecycle events: the only inputs of the state machines. Past tense for facts, imperative for what was asked. */
import type { ExecutionType, ParamType } from '../definition/definition.ts';
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
import type { Evidence, ReasonCode } from './reason-codes.ts';
import type { ResourceUsage } from './rows.ts';
import type { WorkflowState } from './states.ts';

/** A command row that the transition carries out; its commit marks the row done. */
interface Commanded {
  readonly commandId: CommandId;
}

export type WorkflowEvent =
  | ({ readonly type: 'StartWorkflow' } & Commanded)
  /** The run may go on: there is room for it. `slot` is its place among the live runs of its workflow, where limited. */
  | {
      readonly type: 'TurnGranted';
      readonly slot: number | null;
      /** Of the asking that it answers: one that came before a stop and a resume is not for what was asked since. */
      readonly runCounter: number;
    }
  /** Tasks that an earlier transition left over are to be started. */
  | { readonly type: 'MoreToStart' }
  /** It has to wait. `serial` says for what: earlier runs of its workflow, or room on the server. */
  | {
      readonly type: 'TurnDelayed';
      readonly serial: boolean;
      readonly code: ReasonCode;
      readonly text: string;
      readonly evidence: Evidence;
    }
  /** It is not to run at all. */
  | { readonly type: 'TurnDenied'; readonly code: ReasonCode; readonly text: string; readonly evidence: Evidence }
  /** A newer run of a workflow of type `serial_priority` takes its place. */
  | { readonly type: 'RunDisplaced'; readonly text: string; readonly evidence: Evidence }
  | ({ readonly type: 'PauseWorkflow'; readonly by: string } & Commanded)
  | ({ readonly type: 'ResumeWorkflow'; readonly by: string } & Commanded)
  | ({ readonly type: 'StopWorkflow'; readonly by: string } & Commanded)
  | ({ readonly type: 'RecoverFailed'; readonly by: string } & Commanded)
  | ({ readonly type: 'RerunWorkflow'; readonly by: string } & Commanded)
  | ({
      readonly type: 'RerunFrom';
      readonly by: string;
      readonly tasks: readonly string[];
      /** Replace start parameters of the same names. */
      readonly params: Readonly<Record<string, string>>;
    } & Commanded)
  /** A run that was set aside is tried again. */
  | ({ readonly type: 'RetryWorkflow'; readonly by: string } & Commanded)
  /** For wait tasks that wait for it. */
  | ({
      readonly type: 'SignalReceived';
      readonly by: string;
      readonly name: string;
      readonly outputs: Readonly<Record<string, string>>;
    } & Commanded)
  | { readonly type: 'WorkflowTimedOut'; readonly runCounter: number }
  /** It has waited for its turn, since that moment, for longer than people want to be kept in the dark. */
  | { readonly type: 'TurnWaitPassed'; readonly queuedAt: number }
  /** It should have ended by now. */
  | { readonly type: 'DeadlinePassed'; readonly runCounter: number };

export interface ResolvedWorkflow {
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly version: number;
  readonly execution: ExecutionType;
  /** Its parameters without a default, when there are any: a run of it must be given each. */
  readonly needs?: readonly string[];
  /** Types of its parameters, by name, where they are not just text: values of another type are refused. */
  readonly types?: Readonly<Record<string, ParamType>>;
}

export interface ChildReport {
  readonly child: WorkflowInstanceId;
  readonly number: number | null;
  readonly runCounter: number;
  /** `missing`: there is no such run any more. */
  readonly state: WorkflowState | 'missing';
  readonly outputs: Readonly<Record<string, string>>;
  readonly reason: string | null;
  /** What it failed of, where that lies in a run below it or in one of its tasks. */
  readonly cause?: string;
}

interface OfTask {
  readonly taskInstanceId: TaskInstanceId;
}

/** What a worker or the dispatcher says of one sending carries the dispatch id and counts only while that is current. */
interface OfDispatch extends OfTask {
  readonly dispatchId: DispatchId;
}

export interface TaskOutcomeReport {
  /** `interrupted`: ended because its worker was told to stop; `lost`: the worker cannot tell what became of it. */
  readonly state: 'success' | 'failure' | 'killed' | 'timeout' | 'lost' | 'interrupted';
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly logBytes: number;
  readonly error: string | null;
  /** Left out or null: nobody has measured it. */
  readonly usage?: ResourceUsage | null;
}

export type TaskEvent =
  | ({ readonly type: 'TaskDue' } & OfTask)
  | ({
      readonly type: 'TaskPlaced';
      readonly workerId: WorkerId;
      readonly workerName: string;
      readonly epoch: Epoch;
    } & OfDispatch)
  | ({ readonly type: 'TaskStarted'; readonly at: number; readonly processId: number | null } & OfDispatch)
  | ({ readonly type: 'TaskEnded'; readonly report: TaskOutcomeReport } & OfDispatch)
  /** The worker refused it or never acknowledged it: it has not run there. */
  | ({ readonly type: 'DispatchReturned'; readonly cause: ReasonCode; readonly text: string } & OfDispatch)
  | ({
      readonly type: 'WorkerLost';
      readonly text: string;
      /** The worker itself, and not only the task, is lost: when it was last heard of. */
      readonly lastHeardAt?: number;
    } & OfDispatch)
  | ({ readonly type: 'TaskTimedOut' } & OfTask)
  /** It has waited for a slot or a worker for longer than people want to be kept in the dark. */
  | ({ readonly type: 'TaskWaitPassed' } & OfTask)
  /** Whether a connected worker of its group could take it, once one has a free slot. Told when it changes. */
  | ({
      readonly type: 'TaskPlaceable';
      readonly worker: boolean;
      readonly text: string;
      readonly evidence: Evidence;
    } & OfTask)
  /** The worker has not answered an order to end the dispatch. */
  | ({ readonly type: 'KillUnanswered'; readonly tries: number } & OfDispatch)
  /** A slot of its task group. */
  | ({ readonly type: 'SlotGranted'; readonly slot: number } & OfTask)
  | ({
      readonly type: 'SlotDelayed';
      readonly code: ReasonCode;
      readonly text: string;
      readonly evidence: Evidence;
    } & OfTask)
  | ({ readonly type: 'ForceStart'; readonly by: string } & Commanded & OfTask)
  | ({ readonly type: 'ForceSuccess'; readonly by: string } & Commanded & OfTask)
  | ({ readonly type: 'ApproveTask'; readonly by: string; readonly comment: string } & Commanded & OfTask)
  | ({ readonly type: 'RejectTask'; readonly by: string; readonly comment: string } & Commanded & OfTask)
  /** Which workflow a sub_workflow or dynamic task means, or why none. Answer to `ResolveWorkflow`. */
  | ({ readonly type: 'WorkflowResolved'; readonly target: ResolvedWorkflow | { readonly problem: string } } & OfTask)
  /** How runs that a task started stand now. Answer to `ReadChildren`, and told when one of them ends. */
  | ({ readonly type: 'ChildrenRead'; readonly children: readonly ChildReport[] } & OfTask)
  | ({ readonly type: 'DependenciesRead'; readonly answers: readonly DependencyAnswer[] } & OfTask)
  /** A logic task should look again: something it waits for has moved, or the slow poll came round. */
  | ({ readonly type: 'LogicDue' } & OfTask)
  | ({ readonly type: 'KillTask'; readonly by: string; readonly commandId: CommandId } & OfTask);

export type LifecycleEvent = WorkflowEvent | TaskEvent;
export type WorkflowEventType = WorkflowEvent['type'];
export type TaskEventType = TaskEvent['type'];

export const WORKFLOW_EVENT_TYPES = [
  'StartWorkflow',
  'TurnGranted',
  'MoreToStart',
  'TurnDelayed',
  'TurnDenied',
  'RunDisplaced',
  'PauseWorkflow',
  'ResumeWorkflow',
  'StopWorkflow',
  'RecoverFailed',
  'RerunWorkflow',
  'RerunFrom',
  'RetryWorkflow',
  'SignalReceived',
  'WorkflowTimedOut',
  'TurnWaitPassed',
  'DeadlinePassed',
] as const satisfies readonly WorkflowEventType[];

export const TASK_EVENT_TYPES = [
  'TaskDue',
  'TaskPlaced',
  'TaskStarted',
  'TaskEnded',
  'DispatchReturned',
  'WorkerLost',
  'TaskTimedOut',
  'TaskWaitPassed',
  'TaskPlaceable',
  'KillUnanswered',
  'SlotGranted',
  'SlotDelayed',
  'WorkflowResolved',
  'ChildrenRead',
  'DependenciesRead',
  'LogicDue',
  'ForceStart',
  'ForceSuccess',
  'ApproveTask',
  'RejectTask',
  'KillTask',
] as const satisfies readonly TaskEventType[];

export function isTaskEvent(event: LifecycleEvent): event is TaskEvent {
  return 'taskInstanceId' in event;
}
