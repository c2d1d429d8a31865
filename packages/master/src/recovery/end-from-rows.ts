/**
 * Ends a run that cannot be handled by its machine: its definition cannot be read, or it is set aside. Works on the rows
 * alone, so that a person can always be rid of a run.
 */
import {
  type Clock,
  type CommandRow,
  type Epoch,
  isTaskTerminal,
  isWorkflowTerminal,
  type NewEvent,
  type Reason,
  type TaskInstanceRow,
  type WorkflowInstanceRow,
  type WorkflowState,
} from '@vaquita/core';
import type { MasterStore, RunRows } from '@vaquita/store';
import { commitOf } from './commit-of.ts';

export interface EndFromRowsDeps {
  readonly store: MasterStore;
  readonly epoch: Epoch;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Carries out a `start` as a failure and a `stop` as a stop, with `why` as the reason; any other command is rejected.
 * What workers hold of the run is theirs to end when they next hear that nobody counts on it.
 */
export async function endFromRows(deps: EndFromRowsDeps, command: CommandRow, why: string): Promise<void> {
  const { store, epoch } = deps;
  const ends: WorkflowState | null = command.kind === 'start' ? 'failure' : command.kind === 'stop' ? 'stopped' : null;
  const rows = ends === null ? undefined : await store.loadRun(command.workflowInstanceId);
  if (!rows || ends === null || isWorkflowTerminal(rows.instance.state)) {
    await store.rejectCommand(epoch, command.id, `rejected: ${why}`);
    return;
  }
  const reason: Reason =
    command.kind === 'start'
      ? { code: 'unrunnable', text: `It could not be started: ${why}.`, since: deps.clock.now() }
      : { code: 'stopped', text: `Stopped by ${command.createdBy} although ${why}.`, since: deps.clock.now() };
  await store.commit(epoch, {
    ...endOf(rows, ends, reason),
    commandsDone: [{ id: command.id, outcome: command.kind === 'stop' ? 'done' : `rejected: ${why}` }],
  });
}

function endOf(rows: RunRows, state: WorkflowState, reason: Reason) {
  const at = reason.since;
  const instance: WorkflowInstanceRow = { ...rows.instance, state, endedAt: at, updatedAt: at, reason };
  const changedTasks = rows.tasks
    .filter((task) => task.current && !isTaskTerminal(task.state))
    .map((task): TaskInstanceRow => ({ ...task, state: 'killed', endedAt: at, updatedAt: at, reason }));
  return commitOf({
    instance,
    assignNumber: rows.instance.number === null,
    changedTasks,
    events: [
      stateEvent(instance, null, { from: rows.instance.state, to: state, ...because(reason) }),
      ...changedTasks.map((task) =>
        stateEvent(instance, task, { name: task.name, attempt: task.attempt, to: 'killed', ...because(reason) }),
      ),
    ],
    outboxDone: rows.outbox.map((order) => order.dispatchId),
  });
}

function stateEvent(instance: WorkflowInstanceRow, task: TaskInstanceRow | null, data: NewEvent['data']): NewEvent {
  return {
    type: task ? 'task_instance.state' : 'workflow_instance.state',
    projectId: instance.projectId,
    workflowInstanceId: instance.id,
    taskInstanceId: task?.id ?? null,
    at: instance.updatedAt,
    data,
  };
}

function because({ code, text }: Reason) {
  return { code, text };
}
