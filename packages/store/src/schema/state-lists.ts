/** States as SQL lists. A query must say exactly what its partial index says, else SQLite does not take the index. */
import { WORKFLOW_STATES, type WorkflowState } from '@vaquita/core';
import { LIVE_RUN_STATES, LIVE_TASK_STATES, REMARKABLE_TASK_STATES } from '../verbs/places.ts';

/** Runs that have not ended. */
export const OPEN_STATES_SQL = listOf(
  (Object.keys(WORKFLOW_STATES) as WorkflowState[]).filter((state) => !WORKFLOW_STATES[state].terminal),
);
/** Runs that hold their place. */
export const LIVE_RUN_STATES_SQL = listOf(LIVE_RUN_STATES);
/** Task instances that have not ended. */
export const LIVE_TASK_STATES_SQL = listOf(LIVE_TASK_STATES);
/** Task instances that have ended, or rest, otherwise than with success. */
export const REMARKABLE_TASK_STATES_SQL = listOf(REMARKABLE_TASK_STATES);

function listOf(states: readonly string[]): string {
  return `(${states.map((state) => `'${state}'`).join(', ')})`;
}
