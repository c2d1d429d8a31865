/**
 * Ends a run that cannot be handled by its machine: its definition cannot be read, or it is set aside. Works on the rows
 * alone, so that a person can always be rid of a run.
 */
import {
  type Clock,
  type CommandRow,
  childrenOf,
  type Epoch,
  type IdSource,
  isTaskTerminal,
  isWorkflowTerminal,
  type NewAlert,
  type NewEvent,
  quarantineAlert,
  type Reason,
  reasonData,
  type TaskInstanceRow,
  type WorkflowInstanceRow,
  type WorkflowState,
} from '@vaquita/core';
import { isBeingRemoved, type MasterStore, type RunCommit, type RunRows } from '@vaquita/store';
import { commitOf, quarantineEvent } from './commit-of.ts';
import { isLost, type Settling } from './settling.ts';

export interface EndFromRowsDeps {
  readonly store: Pick<MasterStore, 'loadRun' | 'commit' | 'rejectCommand'>;
  readonly epoch: Epoch;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: IdSource;
  readonly settling: Settling;
}

/**
 * Carries out a `start` as a failure and a `stop` as a stop, with `why` as the reason; any other command is rejected.
 * Runs that its tasks started are ordered to stop; what workers hold of it is theirs to end when they next hear that
 * nobody counts on it.
 * @returns the run as it has ended, or undefined when it did not end by this.
 * @throws AppError when the command is still to be carried out.
 */
export async function endFromRows(
  deps: EndFromRowsDeps,
  command: CommandRow,
  why: string,
): Promise<WorkflowInstanceRow | undefined> {
  try {
    return await tryToEnd(deps, command, why);
  } catch (error) {
    if (!isLost(error)) throw error;
    await deps.settling.settle(error);
    // If it was written nobody will take the command again: what follows from the end has to follow now.
    const rows = await deps.settling.patiently(() => deps.store.loadRun(command.workflowInstanceId));
    if (rows && isWorkflowTerminal(rows.instance.state) && rows.instance.quarantine === null) return rows.instance;
    throw error;
  }
}

async function tryToEnd(
  deps: EndFromRowsDeps,
  command: CommandRow,
  why: string,
): Promise<WorkflowInstanceRow | undefined> {
  const { store, epoch } = deps;
  const ends = command.kind === 'start' || command.kind === 'stop';
  const rows = ends ? await store.loadRun(command.workflowInstanceId) : undefined;
  if (!rows || isWorkflowTerminal(rows.instance.state)) {
    if (rows?.instance.quarantine && !isBeingRemoved(rows.instance) && command.kind === 'stop')
      return giveUp(deps, rows, command);
    await store.rejectCommand(epoch, command.id, `rejected: ${why}`);
    return undefined;
  }
  const unit = endOf(deps, rows, { command, ...endingOf(rows.instance, command, why, deps.clock.now()) });
  const outcome = command.kind === 'stop' ? 'done' : `rejected: ${why}`;
  const { number } = await store.commit(epoch, { ...unit, commandsDone: [{ id: command.id, outcome }] });
  return { ...unit.instance, number: number ?? unit.instance.number };
}

/**
 * A run that had ended, and was set aside over an order to go on: it stays as it had ended, and the time that it was to
 * be done once more counts, so that a task which gave the order and waits for the end of that time sees it (M9).
 */
async function giveUp(deps: EndFromRowsDeps, rows: RunRows, { id }: CommandRow) {
  const { store, epoch, clock } = deps;
  const at = clock.now();
  const { instance: before } = rows;
  const { state, reason } = before;
  const instance = { ...before, runCounter: before.runCounter + 1, quarantine: null, updatedAt: at };
  const again = { from: state, to: state, runCounter: instance.runCounter, ...reasonData(reason, at) };
  await store.commit(
    epoch,
    commitOf({
      instance,
      events: [stateEvent(instance, null, again), quarantineEvent(instance, null, at)],
      newAlerts: [notAside(deps, rows, at)],
      commandsDone: [{ id, outcome: 'done' }],
    }),
  );
  return instance;
}

interface Ending {
  readonly state: WorkflowState;
  readonly reason: Reason;
}

function endingOf({ state, reason }: WorkflowInstanceRow, command: CommandRow, why: string, since: number): Ending {
  if (command.kind === 'start')
    return { state: 'failure', reason: { code: 'unrunnable', text: `It could not be started: ${why}.`, since } };
  // It was stopping already: it ends as what it was stopped for.
  if (state === 'ready_stop' && reason) return { state: endOfStop(reason), reason };
  return {
    state: 'stopped',
    reason: { code: 'stopped', text: `Stopped by ${command.createdBy} although ${why}.`, since },
  };
}

function endOfStop({ code }: Reason): WorkflowState {
  return code === 'workflow_timeout' ? 'failure' : 'stopped';
}

function endOf(
  { clock, ids }: EndFromRowsDeps,
  rows: RunRows,
  { state, reason, command }: Ending & { readonly command: CommandRow },
): RunCommit & { readonly instance: WorkflowInstanceRow } {
  const at = clock.now();
  const instance: WorkflowInstanceRow = {
    ...rows.instance,
    state,
    reason,
    endedAt: at,
    updatedAt: at,
    queuedAt: null,
    quarantine: null,
  };
  const ended = rows.tasks.filter((task) => task.current && (!isTaskTerminal(task.state) || task.state === 'paused'));
  const changedTasks = ended.map(
    (task): TaskInstanceRow => ({
      ...task,
      state: 'killed',
      endedAt: at,
      updatedAt: at,
      reason,
    }),
  );
  const unit = commitOf({
    assignNumber: rows.instance.number === null,
    changedTasks,
    events: [
      stateEvent(instance, null, { from: rows.instance.state, to: state, ...reasonData(reason, at) }),
      ...(rows.instance.quarantine ? [quarantineEvent(instance, null, at)] : []),
      ...ended.map((task) =>
        stateEvent(instance, task, {
          name: task.name,
          attempt: task.attempt,
          from: task.state,
          to: 'killed',
          ...(task.workerName === null ? {} : { worker: task.workerName }),
          ...reasonData(reason, at),
        }),
      ),
    ],
    newAlerts: rows.instance.quarantine ? [notAside({ ids }, rows, at)] : [],
    outboxDone: rows.outbox.map((order) => order.dispatchId),
    newCommands: ended.flatMap(childrenOf).map((child) => ({
      id: ids.next<'command'>(),
      kind: 'stop',
      workflowInstanceId: child,
      payload: {},
      priority: instance.priority,
      createdBy: command.createdBy,
      createdAt: at,
    })),
  });
  return { ...unit, instance };
}

function notAside({ ids }: Pick<EndFromRowsDeps, 'ids'>, rows: RunRows, at: number): NewAlert {
  return quarantineAlert({ id: ids.next<'alert'>(), at }, rows, null);
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
