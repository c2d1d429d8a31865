/** Lifecycle events: the only inputs of the state machines. Past tense for facts, imperative for what was asked. */
import type { CommandId, DispatchId, Epoch, TaskInstanceId, WorkerId } from '../identity/ids.ts';

/** A command row that the transition carries out; its commit marks the row done. */
interface Commanded {
  readonly commandId: CommandId;
}

export type WorkflowEvent =
  | ({ readonly type: 'StartWorkflow' } & Commanded)
  | ({ readonly type: 'StopWorkflow'; readonly by: string } & Commanded)
  | ({ readonly type: 'RerunWorkflow'; readonly by: string } & Commanded)
  | { readonly type: 'WorkflowTimedOut'; readonly runCounter: number };

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
  | ({ readonly type: 'DispatchReturned'; readonly cause: string; readonly text: string } & OfDispatch)
  | ({ readonly type: 'WorkerLost'; readonly text: string } & OfDispatch)
  | ({ readonly type: 'TaskTimedOut' } & OfTask)
  /** Whether a connected worker of its group could take it, once one has a free slot. Told when it changes. */
  | ({ readonly type: 'TaskPlaceable'; readonly worker: boolean; readonly text: string } & OfTask)
  /** The worker has not answered an order to end the dispatch. */
  | ({ readonly type: 'KillUnanswered'; readonly tries: number } & OfDispatch)
  | ({ readonly type: 'KillTask'; readonly by: string; readonly commandId: CommandId } & OfTask);

export type LifecycleEvent = WorkflowEvent | TaskEvent;
export type WorkflowEventType = WorkflowEvent['type'];
export type TaskEventType = TaskEvent['type'];

export const WORKFLOW_EVENT_TYPES = [
  'StartWorkflow',
  'StopWorkflow',
  'RerunWorkflow',
  'WorkflowTimedOut',
] as const satisfies readonly WorkflowEventType[];

export const TASK_EVENT_TYPES = [
  'TaskDue',
  'TaskPlaced',
  'TaskStarted',
  'TaskEnded',
  'DispatchReturned',
  'WorkerLost',
  'TaskTimedOut',
  'TaskPlaceable',
  'KillUnanswered',
  'KillTask',
] as const satisfies readonly TaskEventType[];

export function isTaskEvent(event: LifecycleEvent): event is TaskEvent {
  return 'taskInstanceId' in event;
}
