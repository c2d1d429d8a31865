/** What starts runs when something happens in a world, as plain data. */
import type { AfterCondition } from '@vaquita/core';

export interface TriggerSpec {
  readonly name: string;
  /** What it starts. */
  readonly workflow: string;
  readonly waits: WaitSpec;
  /** Another one, for whoever edits it. */
  readonly otherWaits: WaitSpec;
  /** It starts from a task that is not there: nothing can become a run. */
  readonly broken: boolean;
  /** How it is when it is made. */
  readonly online: boolean;
}

/** `webhook`: for deliveries. `after_workflow`: for ends of runs; whether those of backfills count is said. */
export type WaitSpec =
  | { readonly kind: 'webhook' }
  | {
      readonly kind: 'after_workflow';
      readonly workflow: string;
      readonly on: AfterCondition;
      readonly backfills: boolean;
    };

/** What people and programs do about triggers. */
export type TriggerOperation =
  | {
      readonly do: 'trigger';
      readonly trigger: string;
      readonly what: 'create' | 'enable' | 'disable' | 'delete' | 'describe' | 'replan';
    }
  /** It is sent until it is answered, and so many times at once or once more later. */
  | {
      readonly do: 'deliver';
      readonly trigger: string;
      readonly delivery: number;
      readonly copies: number;
      readonly server: number;
    };
