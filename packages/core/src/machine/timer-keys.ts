/** Names of the master's timers. One key holds at most one timer. */

/** A delayed task instance becomes due. */
export function dueKey(taskInstanceId: string): string {
  return `task-due:${taskInstanceId}`;
}

/** A running task instance reaches its timeout. */
export function timeoutKey(taskInstanceId: string): string {
  return `task-timeout:${taskInstanceId}`;
}

/** A worker should have answered an order to end a task instance. */
export function killKey(taskInstanceId: string): string {
  return `task-kill:${taskInstanceId}`;
}

/** A run reaches its timeout. */
export function runTimeoutKey(workflowInstanceId: string): string {
  return `run-timeout:${workflowInstanceId}`;
}
