/** Which runs are over for good, as far as keeping them is concerned. */
import type { Reason, WorkflowInstanceRow, WorkflowState } from '@vaquita/core';

/** A paused run has ended too, but is meant to go on. */
export const FINAL_STATES = ['success', 'failure', 'stopped'] as const satisfies readonly WorkflowState[];

export function isFinal(state: WorkflowState): boolean {
  return (FINAL_STATES as readonly WorkflowState[]).includes(state);
}

/** The code that a run is set aside with while it is removed in several units. */
export const BEING_REMOVED = 'being_removed';

export function beingRemoved(since: number): Reason {
  const text = 'This run is being removed, because it is older than runs are kept.';
  return { code: BEING_REMOVED, text, since };
}

/** Some of its rows are gone already: nothing can be done with it any more. */
export function isBeingRemoved({ quarantine }: Pick<WorkflowInstanceRow, 'quarantine'>): boolean {
  return quarantine?.code === BEING_REMOVED;
}
