/** What a worker is sent to run a task instance. */
import {
  allInputs,
  type Epoch,
  type OpenedEnvironment,
  type Run,
  type RunNode,
  type TaskInstanceRow,
} from '@vaquita/core';
import type { MasterDispatch } from '@vaquita/protocol';

export interface Sending {
  readonly row: TaskInstanceRow;
  /** Of the term that sends: workers refuse a lower one than they have seen. */
  readonly epoch: Epoch;
  readonly environment: OpenedEnvironment;
}

export function dispatchMessage(run: Run, node: RunNode, { row, epoch, environment }: Sending): MasterDispatch {
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
    environment: environment.values,
    ...(Object.keys(environment.secrets).length > 0 ? { secrets: environment.secrets } : {}),
    outputs: task.outputs,
    ...(files.length > 0 ? { files } : {}),
    businessTime: run.instance.businessTime,
    timezone: run.definition.timezone,
    timeoutMs: timeoutOf(node, row),
  };
}

/** The one the task names, else the one of its run. */
export function environmentNameOf({ instance }: Run, { task }: RunNode): string | null {
  return task.environment ?? instance.environment;
}

/** How long the attempt may run before its worker ends it: what is left of a timeout that began before it did. */
function timeoutOf({ task: { timeout } }: RunNode, row: TaskInstanceRow): number | null {
  if (timeout === null || timeout.strategy === 'warn') return null;
  if (timeout.from === 'start') return timeout.afterMs;
  return Math.max(1, row.firstSubmittedAt + timeout.afterMs - (row.dispatchedAt ?? row.firstSubmittedAt));
}
