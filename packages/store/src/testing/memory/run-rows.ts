/** Writes the rows of a run in memory, holding the unique keys that the database's indices hold. */
import { AppError, type CommandRow, type TaskInstanceRow, type WorkflowInstanceRow } from '@vaquita/core';
import type { RunCommit } from '../../ports/master.ts';
import { holdsSlot, isLiveRun } from '../../verbs/places.ts';
import type { Memory, Transaction } from './tables.ts';

/** Files a run and its command, as long as the version it does is there. */
export function addRun(
  { tables }: Memory,
  tx: Transaction,
  { instance, command }: { readonly instance: WorkflowInstanceRow; readonly command: CommandRow },
): void {
  if (tables.instances.has(instance.id)) {
    throw new AppError('conflict', `The run ${instance.id} has been filed already.`);
  }
  if (!tables.versions.get(instance.workflowId)?.some(({ version }) => version === instance.version)) {
    throw new AppError(
      'conflict',
      `Version ${instance.version} of workflow ${instance.workflowName} is no longer there.`,
    );
  }
  if (tables.commands.has(command.id)) throw new AppError('conflict', `Already there: command ${command.id}`);
  if (instance.parentTaskId !== null) {
    tx.claim(`child:${instance.parentTaskId}:${instance.childIndex}`, instance.id);
  }
  claimPlace(tx, instance);
  tx.append(tables.runsOfWorkflow, instance.workflowId, instance.id);
  tx.put(tables.instances, instance.id, instance);
  tx.put(tables.commands, command.id, { ...command, doneAt: null, outcome: null });
}

/** @returns the number, when one was to be given. */
export function updateInstance(
  { tables }: Memory,
  tx: Transaction,
  { instance, assignNumber }: RunCommit,
): number | null {
  if (instance === null) {
    if (assignNumber) throw new AppError('internal', 'A number can be given only with the instance it is for.');
    return null;
  }
  const before = tables.instances.get(instance.id);
  if (before === undefined) throw new AppError('conflict', `There is no run ${instance.id}.`);
  let { number } = before;
  if (assignNumber) {
    if (number !== null || !tables.workflows.has(before.workflowId)) {
      throw new AppError('conflict', `The run ${instance.id} has a number, or its workflow is gone.`);
    }
    number = (tables.lastNumbers.get(before.workflowId) ?? 0) + 1;
    tx.put(tables.lastNumbers, before.workflowId, number);
  }
  if (placeKey(before) !== undefined) tx.release(placeKey(before)!);
  claimPlace(tx, instance);
  tx.put(tables.instances, instance.id, { ...instance, number });
  return assignNumber ? number : null;
}

export function updateTask(memory: Memory, tx: Transaction, task: TaskInstanceRow): void {
  const before = memory.tables.tasks.get(task.id);
  if (before === undefined) throw new AppError('conflict', `There is no task instance ${task.id}.`);
  for (const key of keysOf(before)) tx.release(key);
  putTask(memory, tx, task);
}

export function addTask(memory: Memory, tx: Transaction, task: TaskInstanceRow): void {
  const { tables } = memory;
  if (tables.tasks.has(task.id)) throw new AppError('conflict', `Already there: task instance ${task.id}`);
  if (!tables.instances.has(task.workflowInstanceId)) throw new AppError('conflict', 'The task instance has no run.');
  tx.claim(`attempt:${task.workflowInstanceId}:${task.name}:${task.attempt}`, task.id);
  tx.append(tables.tasksOfRun, task.workflowInstanceId, task.id);
  putTask(memory, tx, task);
}

function putTask({ tables }: Memory, tx: Transaction, task: TaskInstanceRow): void {
  for (const key of keysOf(task)) tx.claim(key, task.id);
  tx.put(tables.tasks, task.id, task);
}

/** The unique keys that a task instance holds as long as its row says so. */
export function keysOf(task: TaskInstanceRow): readonly string[] {
  const keys: string[] = [];
  if (task.current) keys.push(`current:${task.workflowInstanceId}:${task.name}`);
  if (task.dispatchId !== null) keys.push(`dispatch:${task.dispatchId}`);
  if (task.taskGroup !== null && holdsSlot(task)) keys.push(`slot:${task.taskGroup}:${task.groupSlot}`);
  return keys;
}

function claimPlace(tx: Transaction, instance: WorkflowInstanceRow): void {
  const key = placeKey(instance);
  if (key !== undefined) tx.claim(key, instance.id);
}

function placeKey(instance: WorkflowInstanceRow): string | undefined {
  if (instance.executionSlot === null || !isLiveRun(instance)) return undefined;
  return `place:${instance.workflowId}:${instance.executionSlot}`;
}
