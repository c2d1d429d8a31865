/** The master's timers: their names and what they tell. One key holds at most one timer. */
import type { Intent } from './effects.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { RunNode } from './run.ts';

/** A delayed task instance becomes due. */
export function dueKey(taskInstanceId: string): string {
  return `task-due:${taskInstanceId}`;
}

/** A task instance reaches its timeout. */
export function timeoutKey(taskInstanceId: string): string {
  return `task-timeout:${taskInstanceId}`;
}

/** A worker should have answered an order to end a task instance. */
export function killKey(taskInstanceId: string): string {
  return `task-kill:${taskInstanceId}`;
}

/** A logic task looks again. */
export function logicKey(taskInstanceId: string): string {
  return `task-logic:${taskInstanceId}`;
}

/** A run reaches its timeout. */
export function runTimeoutKey(workflowInstanceId: string): string {
  return `run-timeout:${workflowInstanceId}`;
}

export function dueTimer({ id }: Pick<TaskInstanceRow, 'id'>, dueAt: number): Intent {
  return { type: 'SetTimer', key: dueKey(id), dueAt, event: { type: 'TaskDue', taskInstanceId: id } };
}

export function logicTimer({ id }: Pick<TaskInstanceRow, 'id'>, dueAt: number): Intent {
  return { type: 'SetTimer', key: logicKey(id), dueAt, event: { type: 'LogicDue', taskInstanceId: id } };
}

/**
 * The timeout of a task that counts it from its first submission. A warning is for the attempt that is under way then,
 * and not for those that follow.
 */
export function firstSubmitTimer({ task }: RunNode, row: TaskInstanceRow): Intent[] {
  if (task.timeout?.from !== 'first_submit') return [];
  const dueAt = row.firstSubmittedAt + task.timeout.afterMs;
  if (task.timeout.strategy === 'warn' && dueAt < row.submittedAt) return [];
  return [timeoutTimer(row, dueAt)];
}

/**
 * The timeout of an attempt that has started. A worker ends its task at the timeout by itself: the master's timer comes
 * `marginMs` later and only matters when the worker did not.
 */
export function startTimer({ task }: RunNode, row: TaskInstanceRow, marginMs: number): Intent[] {
  if (task.timeout?.from !== 'start' || row.startedAt === null) return [];
  const margin = task.timeout.strategy === 'warn' ? 0 : marginMs;
  return [timeoutTimer(row, row.startedAt + task.timeout.afterMs + margin)];
}

function timeoutTimer({ id }: TaskInstanceRow, dueAt: number): Intent {
  return { type: 'SetTimer', key: timeoutKey(id), dueAt, event: { type: 'TaskTimedOut', taskInstanceId: id } };
}

/** Clears the timers that the task instance may have; they go when it ends or is paused. */
export function clearTimers({ task }: RunNode, row: TaskInstanceRow): Intent[] {
  const keys: string[] = [];
  if (row.dueAt !== null) keys.push(dueKey(row.id));
  if (task.timeout !== null) keys.push(timeoutKey(row.id));
  // A timeout's order is forgotten before its attempt ends, and its timer is not.
  if (row.dispatchId !== null && (row.killRequestedAt !== null || task.timeout !== null)) keys.push(killKey(row.id));
  if (row.logic !== null) keys.push(logicKey(row.id));
  return keys.map((key) => ({ type: 'ClearTimer', key }));
}
