/**
 * What a transition asks to be done. Plain data. Intents (queueing, timers) touch only the master's memory and may
 * happen before the commit; everything another process can notice waits for it.
 */
import type { DispatchId, TaskInstanceId, WorkerId } from '../identity/ids.ts';
import type { LifecycleEvent } from './events.ts';

/** Touches the master's memory only: rebuilt from rows after a crash, so it need not wait for the commit. */
export type Intent =
  | { readonly type: 'EnqueueTask'; readonly taskInstanceId: TaskInstanceId }
  | { readonly type: 'DequeueTask'; readonly taskInstanceId: TaskInstanceId }
  /** The slot that a dispatch held is free again. */
  | { readonly type: 'ReleaseDispatch'; readonly dispatchId: DispatchId; readonly workerId: WorkerId }
  | { readonly type: 'SetTimer'; readonly key: string; readonly dueAt: number; readonly event: LifecycleEvent }
  | { readonly type: 'ClearTimer'; readonly key: string };

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
  | { readonly type: 'AckResult'; readonly dispatchId: DispatchId };

export type IntentType = Intent['type'];
export type EffectType = Effect['type'];
