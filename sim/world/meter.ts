/** What a world has really met: a fault that was drawn may find nobody whom it could trouble. */
import type { BackfillItemState, FireOutcome, FireReasonCode, FiringOutcome } from '@vaquita/core';
import type { BackfillOperation, Fault, HearSpec, SendSpec, TriggerOperation } from '../scenario/scenario.ts';

/**
 * Faults, and what is worth knowing that it happened: another server took the lead; a write of a leader that was over was
 * refused; what channels and listeners did; what became of fire times; what people did about those who are told.
 */
export type Met =
  | Fault['what']
  | 'takeover'
  | 'fenced'
  | `send_${SendSpec['how']}`
  | `hear_${HearSpec['how']}`
  | `fire_${Exclude<FireOutcome, 'skipped'> | FireReasonCode | 'folded'}`
  | 'taken_back'
  | `after_${Noticed | 'moved_on'}`
  | `hook_${Noticed}`
  | `trigger_${TriggerOperationKind}`
  | `delivery_${'taken' | 'replayed' | 'refused' | 'unanswered'}`
  | `item_${BackfillItemState | 'recovered' | 'freed'}`
  | `backfill_${BackfillOperationKind | 'done' | 'held' | 'refused' | 'skips' | 'stop' | 'recover_failed' | 'parallelism'}`
  | 'replanned'
  | 'schedule_deleted'
  | 'workflow_switched'
  | 'channel_removed'
  | 'resent'
  | 'skipped'
  | 'tried_now';

type Noticed = FiringOutcome | 'known' | 'changed';
type TriggerOperationKind = Extract<TriggerOperation, { do: 'trigger' }>['what'];
type BackfillOperationKind = Extract<BackfillOperation, { do: 'backfill' }>['what'];

export interface Meter {
  readonly met: ReadonlySet<Met>;
  note(what: Met): void;
}

export function createMeter(): Meter {
  const met = new Set<Met>();
  return { met, note: (what) => void met.add(what) };
}
