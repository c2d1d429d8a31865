/**
 * What a transition asks to be done. Plain data. Intents (queueing, timers) touch only the master's memory and may
 * happen before the commit; everything another process can notice waits for it.
 */
import type { DispatchId, TaskInstanceId, WorkerId, WorkflowInstanceId } from '../identity/ids.ts';
import type { DependencyQuestion } from '../logic/configs.ts';
import type { LifecycleEvent } from './events.ts';

/** Touches the master's memory only: rebuilt from rows after a crash, so it need not wait for the commit. */
export type Intent =
  | { readonly type: 'EnqueueTask'; readonly taskInstanceId: TaskInstanceId }
  | { readonly type: 'DequeueTask'; readonly taskInstanceId: TaskInstanceId }
  /** The slot that a dispatch held is free again. */
  | { readonly type: 'ReleaseDispatch'; readonly dispatchId: DispatchId; readonly workerId: WorkerId }
  | { readonly type: 'SetTimer'; readonly key: string; readonly dueAt: number; readonly event: LifecycleEvent }
  | { readonly type: 'ClearTimer'; readonly key: string }
  /** The run asks for its turn; answered by `TurnGranted`, `TurnDelayed` or `TurnDenied`. Asking twice changes nothing. */
  | { readonly type: 'RequestTurn' }
  /** A slot of the task instance's task group; answered by `SlotGranted` or `SlotDelayed`. */
  | { readonly type: 'RequestSlot'; readonly taskInstanceId: TaskInstanceId }
  /** Answered by `WorkflowResolved`. `project` null: the run's own. `version` null: the newest, which must be online. */
  | {
      readonly type: 'ResolveWorkflow';
      readonly taskInstanceId: TaskInstanceId;
      readonly project: string | null;
      readonly workflow: string;
      readonly version: number | null;
    }
  /** Answered by `ChildrenRead`. */
  | {
      readonly type: 'ReadChildren';
      readonly taskInstanceId: TaskInstanceId;
      readonly children: readonly WorkflowInstanceId[];
    }
  /** Answered by `DependenciesRead`; until `ForgetLogic`, `LogicDue` follows whenever a run of those workflows ends. */
  | {
      readonly type: 'ReadDependencies';
      readonly taskInstanceId: TaskInstanceId;
      readonly questions: readonly DependencyQuestion[];
    }
  /** The logic task waits for nothing any more. */
  | { readonly type: 'ForgetLogic'; readonly taskInstanceId: TaskInstanceId };

/** Noticed outside this process: only after the commit of the transition that asked for it. */
export type Effect =
  | {
      readonly type: 'SendDispatch';
      readonly taskInstanceId: TaskInstanceId;
      readonly dispatchId: DispatchId;
      readonly workerId: WorkerId;
    }
  | {
      readonly type: 'SendKill';
      readonly dispatchId: DispatchId;
      readonly workerId: WorkerId;
      readonly reason: string;
      readonly graceMs: number;
    }
  | { readonly type: 'AckResult'; readonly dispatchId: DispatchId }
  /** More tasks can be started than one commit makes: the run is to be told `MoreToStart`. */
  | { readonly type: 'StartMore' }
  /**
   * The run wants no turn any more, or gives its place back. Another run may have the place only when the rows say that
   * it is free, so this waits for the commit; so does a slot of a task group.
   */
  | { readonly type: 'ReleaseTurn' }
  | { readonly type: 'ReleaseSlot'; readonly taskInstanceId: TaskInstanceId };

export type IntentType = Intent['type'];
export type EffectType = Effect['type'];
