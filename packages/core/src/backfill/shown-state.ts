/** The state of an item as people see it: of one with a run it is how that run is now, whoever has acted on it since. */
import { isWorkflowTerminal, type WorkflowState } from '../machine/states.ts';
import type { BackfillItemState } from './rows.ts';

/** @param run the state of its newest run; null when it has none, or one that has been removed. */
export function shownItemState(recorded: BackfillItemState, run: WorkflowState | null): BackfillItemState {
  if (run === null) return recorded;
  return recorded === 'running' || recorded === 'success' || recorded === 'failure' ? stateOfRun(run) : recorded;
}

/** A paused run has not ended: somebody will let it go on, or stop it. */
export function stateOfRun(run: WorkflowState): 'running' | 'success' | 'failure' {
  if (run === 'success') return 'success';
  return isWorkflowTerminal(run) && run !== 'paused' ? 'failure' : 'running';
}
