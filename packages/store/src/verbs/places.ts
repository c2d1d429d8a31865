/**
 * Who holds a place among the runs of a workflow, who holds a slot of a task group, and in which order rows that give
 * one back and rows that take one are written. Pure: the SQL verbs, the schema and the memory store share it.
 *
 * P1  Places and slots are derived from rows: a run holds its `executionSlot` while its state is live, a task instance
 *     its `groupSlot` while it has not ended. Nothing counts them and nothing releases them.
 * P2  No two rows hold the same one: a unique index says so after each statement, not only at the end of a unit.
 * P3  So in a unit rows that hold no slot are written before rows that hold one, and changed rows before new ones: what
 *     ends frees its slot before its successor takes it. Units are carried out in the order in which they were given
 *     to the store: the one that frees a place must be given before the one that takes it.
 */
import {
  TASK_STATES,
  type TaskInstanceRow,
  type TaskState,
  type WorkflowInstanceRow,
  type WorkflowState,
} from '@vaquita/core';

export const LIVE_RUN_STATES: readonly WorkflowState[] = ['running', 'ready_pause', 'ready_stop', 'failover'];
export const LIVE_TASK_STATES = (Object.keys(TASK_STATES) as TaskState[]).filter(
  (state) => !TASK_STATES[state].terminal,
);

/** Of task instances that have ended, or rest, otherwise than by themselves with success: the few that people look for. */
export const REMARKABLE_TASK_STATES = (Object.keys(TASK_STATES) as TaskState[]).filter(
  (state) => TASK_STATES[state].terminal && state !== 'success',
);

export function isLiveRun({ state }: Pick<WorkflowInstanceRow, 'state'>): boolean {
  return LIVE_RUN_STATES.includes(state);
}

/** True for a run that is live or waits for its turn. */
export function concernsGate(run: Pick<WorkflowInstanceRow, 'state' | 'queuedAt'>): boolean {
  return isLiveRun(run) || (run.queuedAt !== null && (run.state === 'submitted' || run.state === 'serial_wait'));
}

export function isLiveTask({ state }: Pick<TaskInstanceRow, 'state'>): boolean {
  return !TASK_STATES[state].terminal;
}

export function holdsSlot(task: Pick<TaskInstanceRow, 'state' | 'groupSlot'>): boolean {
  return task.groupSlot !== null && isLiveTask(task);
}

/** Changed task instances in the order in which they are to be written (P3). */
export function slotsLast(tasks: readonly TaskInstanceRow[]): readonly TaskInstanceRow[] {
  if (tasks.length < 2 || !tasks.some(holdsSlot)) return tasks;
  return [...tasks.filter((task) => !holdsSlot(task)), ...tasks.filter(holdsSlot)];
}
