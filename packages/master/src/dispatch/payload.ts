/** What a worker is sent to run a task instance. */
import {
  type AppliedDataSource,
  allInputs,
  applyDataSource,
  type Epoch,
  type Run,
  type RunNode,
  type TaskDefinition,
  type TaskInstanceRow,
} from '@vaquita/core';
import type { MasterDispatch } from '@vaquita/protocol';
import type { OpenedNeeds } from './task-needs.ts';

export interface Sending {
  readonly row: TaskInstanceRow;
  /** Of the term that sends: workers refuse a lower one than they have seen. */
  readonly epoch: Epoch;
  /** Settings of the task, with its data source in the place of the name. */
  readonly config: TaskDefinition['config'];
  /** Variables that everybody may see. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export function dispatchMessage(
  run: Run,
  node: RunNode,
  { row, epoch, config, environment, secrets }: Sending,
): MasterDispatch {
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
    config,
    environment,
    ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
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

export function dataSourceNameOf({ task: { config } }: RunNode): string | null {
  return typeof config.dataSource === 'string' ? config.dataSource : null;
}

/** The task with all that was opened for it, or why that does not fit it. */
export function fillIn(
  { task }: RunNode,
  { environment, dataSource }: OpenedNeeds,
): Pick<Sending, 'config' | 'environment' | 'secrets'> | { readonly problem: string } {
  const applied: AppliedDataSource | { readonly problem: string } =
    dataSource === null ? { config: task.config, secrets: {} } : applyDataSource(task, dataSource);
  if ('problem' in applied) return applied;
  const { config, secrets } = applied;
  return { config, environment: environment.values, secrets: { ...environment.secrets, ...secrets } };
}

/** How long the attempt may run before its worker ends it: what is left of a timeout that began before it did. */
function timeoutOf({ task: { timeout } }: RunNode, row: TaskInstanceRow): number | null {
  if (timeout === null || timeout.strategy === 'warn') return null;
  if (timeout.from === 'start') return timeout.afterMs;
  return Math.max(1, row.firstSubmittedAt + timeout.afterMs - (row.dispatchedAt ?? row.firstSubmittedAt));
}
