/** What a worker is sent to run a task instance. */
import { allInputs, type Epoch, type Run, type RunNode, type TaskInstanceRow } from '@vaquita/core';
import type { MasterDispatch } from '@vaquita/protocol';

export interface Sending {
  readonly row: TaskInstanceRow;
  /** Of the term that sends: workers refuse a lower one than they have seen. */
  readonly epoch: Epoch;
}

export function dispatchMessage(run: Run, node: RunNode, { row, epoch }: Sending): MasterDispatch {
  const { task } = node;
  const files = task.params.filter(({ type }) => type === 'file').map(({ name }) => name);
  return {
    type: 'dispatch',
    dispatchId: row.dispatchId!,
    taskInstanceId: row.id,
    attempt: row.attempt,
    epoch,
    taskName: task.name,
    taskType: task.type,
    params: allInputs(run, node, row),
    config: task.config,
    environment: {},
    outputs: task.outputs,
    ...(files.length > 0 ? { files } : {}),
    businessTime: run.instance.businessTime,
    timezone: run.definition.timezone,
    timeoutMs: timeoutOf(node, row),
  };
}

/** How long the attempt may run before its worker ends it: what is left of a timeout that began before it did. */
function timeoutOf({ task: { timeout } }: RunNode, row: TaskInstanceRow): number | null {
  if (timeout === null || timeout.strategy === 'warn') return null;
  if (timeout.from === 'start') return timeout.afterMs;
  return Math.max(1, row.firstSubmittedAt + timeout.afterMs - (row.dispatchedAt ?? row.firstSubmittedAt));
}
