/** Names of the master's timers. One key holds at most one timer. */

/** A delayed task instance becomes due. */
export function dueKey(taskInstanceId: string): string {
  return `task-due:${taskInstanceId}`;
}

/** A running task instance reaches its timeout. */
export function timeoutKey(taskInstanceId: string): string {
  return `task-timeout:${taskInstanceId}`;
}

/** A run reaches its timeout. */
export function runTimeoutKey(workflowInstanceId: string): string {
  return `run-timeout:${workflowInstanceId}`;
}
