/** How it stands with a backfill, and what its parts look like. What needs somebody comes first in a bar. Pure. */
import type { BackfillItemView, BackfillView } from '@vaquita/client';
import type { Family } from '#lib/state/families.ts';

export type ItemState = BackfillItemView['state'];
/** That of the server, and how it went where it is done. */
export type ShownState = BackfillView['state'] | 'failed';
export type Counts = Readonly<Record<ItemState, number>>;

/** In the order in which a bar shows them. */
export const ITEM_STATES = [
  'success',
  'skipped',
  'running',
  'failure',
  'blocked',
  'cancelled',
  'waiting',
] as const satisfies readonly ItemState[];

export const BACKFILL_STATES = [
  'running',
  'paused',
  'done',
  'cancelled',
] as const satisfies readonly BackfillView['state'][];

export const BACKFILL_FAMILY = {
  running: 'running',
  paused: 'paused',
  cancelled: 'stopped',
  done: 'success',
  failed: 'failed',
} as const satisfies Record<ShownState, Family>;

export function shownState({
  state,
  counts,
}: {
  readonly state: BackfillView['state'];
  readonly counts: Counts;
}): ShownState {
  return state === 'done' && counts.failure + counts.blocked + counts.cancelled > 0 ? 'failed' : state;
}

/** Whether anything of it may still change by itself: a paused or cancelled one may have runs under way. */
export function isMoving({
  state,
  counts,
}: {
  readonly state: BackfillView['state'];
  readonly counts: Counts;
}): boolean {
  return state === 'running' || counts.running > 0;
}

/** What neither waits nor runs. */
export function settled(counts: Counts): number {
  return ITEM_STATES.filter((state) => state !== 'waiting' && state !== 'running').reduce(
    (sum, state) => sum + counts[state],
    0,
  );
}
