/**
 * How transitions write: every change of a row goes through here, so that the change set of the next commit and the
 * record of events are always complete. Holds no rule of what may follow what.
 */

import type { NewAlert } from '../alerts/alert.ts';
import { reasonData } from '../history/event-data.ts';
import type { CommandId, IdSource, TaskInstanceId } from '../identity/ids.ts';
import type { Random } from '../time/random.ts';
import type { Effect, Intent } from './effects.ts';
import type { NewRun } from './new-run.ts';
import { quarantineAlert } from './quarantine-alert.ts';
import type { ReasonCode, WarningCode } from './reason-codes.ts';
import type {
  CommandRow,
  LogicState,
  NewEvent,
  OutboxRow,
  Reason,
  TaskInstanceRow,
  WorkflowInstanceRow,
} from './rows.ts';
import { emptyChanges, type Row, type Run, type RunNode } from './run.ts';
import { isTaskTerminal, type TaskState, type WorkflowState } from './states.ts';

export interface MachineSettings {
  /** How often a task is sent to another worker after losing one, before it fails with the evidence. */
  readonly maxFailovers: number;
  /** Time between TERM and KILL when a task is killed. */
  readonly killGraceMs: number;
  /** How long after the worker should have ended a timed-out task the master kills it itself. */
  readonly timeoutMarginMs: number;
  /** How long after the grace a worker may leave an order to end a task unanswered before it is asked again. */
  readonly killAnswerMs: number;
  /** How often a task that waits for runs it started looks at them, besides being told. */
  readonly childPollMs: number;
  /** Task instances that one commit makes. A wide graph begins with the first of them while the rest is being made. */
  readonly maxNewTasks: number;
}

export const MACHINE_DEFAULTS: MachineSettings = {
  maxFailovers: 3,
  killGraceMs: 10_000,
  timeoutMarginMs: 2_000,
  killAnswerMs: 20_000,
  childPollMs: 30_000,
  maxNewTasks: 500,
};

export interface TransitionContext {
  readonly now: number;
  readonly ids: IdSource;
  readonly random: Random;
  readonly settings: MachineSettings;
}

/** One transition in progress: the run it changes, and what it asks for. */
export interface Transition {
  readonly run: Run;
  readonly context: TransitionContext;
  readonly intents: Intent[];
  readonly effects: Effect[];
  /** Nodes that wait for nothing any more; started before the transition ends. */
  readonly free: RunNode[];
  /** The task that just ended a run with failure strategy `end`: the rest is killed before the transition ends. */
  broken: RunNode | null;
  /** Logic tasks whose time has come; begun before the transition ends. */
  readonly beginning: { readonly node: RunNode; readonly row: Row<TaskInstanceRow> }[];
}

/** What one atomic commit writes. */
export interface RunChangeSet {
  /** Null when the instance row itself did not change. */
  readonly instance: WorkflowInstanceRow | null;
  /** Gives the instance the next number of its workflow in the same transaction. */
  readonly assignNumber: boolean;
  readonly newTasks: readonly TaskInstanceRow[];
  readonly changedTasks: readonly TaskInstanceRow[];
  /** The changed ones as this run's last commit wrote them, so that a store may write only what differs. */
  readonly writtenBefore: ReadonlyMap<TaskInstanceId, TaskInstanceRow>;
  readonly events: readonly NewEvent[];
  /** Runs that tasks of this one start, each with its start command and its first event. */
  readonly newRuns: readonly NewRun[];
  /** Orders to other runs. */
  readonly newCommands: readonly CommandRow[];
  /** What people are to be told of these changes. */
  readonly newAlerts: readonly NewAlert[];
  readonly outboxPut: readonly OutboxRow[];
  /** Dispatch ids whose outbox rows are done. */
  readonly outboxDone: readonly string[];
  /** Commands this commit has carried out. */
  readonly commandsDone: readonly { readonly id: CommandId; readonly outcome: string }[];
}

export function reason(
  t: Transition,
  code: ReasonCode,
  text: string,
  more: Omit<Reason, 'code' | 'text' | 'since'> = {},
): Reason {
  return { code, text, since: t.context.now, ...more };
}

export function setWorkflowState(t: Transition, state: WorkflowState, why: Reason | null): void {
  const { instance } = t.run;
  const from = instance.state;
  instance.state = state;
  instance.reason = why;
  touchWorkflow(t);
  record(t, {
    type: 'workflow_instance.state',
    taskInstanceId: null,
    data: { from, to: state, runCounter: instance.runCounter, ...reasonData(why, t.context.now) },
  });
}

/** The reason alone changes. */
export function setWorkflowReason(t: Transition, why: Reason | null): void {
  t.run.instance.reason = why;
  touchWorkflow(t);
  record(t, { type: 'workflow_instance.reason', taskInstanceId: null, data: { ...reasonData(why, t.context.now) } });
}

/** Why the run is set aside; null when it is tried again. */
export function setQuarantine(t: Transition, why: Reason | null): void {
  t.run.instance.quarantine = why;
  touchWorkflow(t);
  record(t, {
    type: 'workflow_instance.reason',
    taskInstanceId: null,
    data: { quarantine: why && reasonData(why, t.context.now) },
  });
  const { ids, now } = t.context;
  t.run.changes.newAlerts.push(quarantineAlert({ id: ids.next<'alert'>(), at: now }, t.run, why));
}

export function setParams(t: Transition, params: Readonly<Record<string, string>>): void {
  t.run.instance.params = params;
  touchWorkflow(t);
  record(t, { type: 'workflow_instance.params', taskInstanceId: null, data: { params } });
}

/** A task without a task instance was passed over, or no longer is. */
export function recordPassedOver(t: Transition, node: RunNode, how: 'skipped' | 'disabled' | 'undone'): void {
  record(t, { type: 'task.passed_over', taskInstanceId: null, data: { name: node.task.name, how } });
}

function touchWorkflow(t: Transition): void {
  t.run.instance.updatedAt = t.context.now;
  t.run.changes.instance = true;
}

export function setTaskState(t: Transition, row: Row<TaskInstanceRow>, state: TaskState, why: Reason | null): void {
  const from = row.state;
  row.state = state;
  row.reason = why;
  touchTask(t, row);
  if (isTaskTerminal(state) && row.taskGroup !== null) {
    t.effects.push({ type: 'ReleaseSlot', taskInstanceId: row.id });
  }
  const worker = row.workerName === null ? {} : { worker: row.workerName };
  record(t, {
    type: 'task_instance.state',
    taskInstanceId: row.id,
    data: { name: row.name, attempt: row.attempt, from, to: state, ...worker, ...reasonData(why, t.context.now) },
  });
}

/** The reason alone changes. */
export function setTaskReason(t: Transition, row: Row<TaskInstanceRow>, why: Reason | null): void {
  row.reason = why;
  touchTask(t, row);
  record(t, {
    type: 'task_instance.reason',
    taskInstanceId: row.id,
    data: { name: row.name, attempt: row.attempt, ...reasonData(why, t.context.now) },
  });
}

export function touchTask(t: Transition, row: Row<TaskInstanceRow>): void {
  row.updatedAt = t.context.now;
  const { changes } = t.run;
  if (!changes.newTasks.has(row.id)) changes.changedTasks.add(row.id);
}

export function warn(t: Transition, row: TaskInstanceRow, code: WarningCode, text: string): void {
  record(t, { type: 'task_instance.warning', taskInstanceId: row.id, data: { name: row.name, code, text } });
}

export function finishCommand(t: Transition, id: CommandId, outcome: string): void {
  t.run.changes.commandsDone.push({ id, outcome });
}

export interface NewTask {
  readonly previous: TaskInstanceRow | null;
  readonly retryTimes: number;
  readonly failovers: number;
  readonly firstSubmittedAt: number;
  /** When later than now, the task is `delayed` until then. */
  readonly dueAt: number;
  readonly why: Reason;
  /** It waits for the run to go on: `paused` from the first moment. */
  readonly paused?: boolean;
  /** Somebody has let the task go on without a slot of its group. */
  readonly groupForced?: boolean;
  /** What it takes over from the one before. */
  readonly logic?: LogicState | null;
}

/** Makes the next task instance of a node current; the one before, if any, stays visible and is no longer current. */
export function makeTaskInstance(t: Transition, node: RunNode, spec: NewTask): Row<TaskInstanceRow> {
  const { run, context } = t;
  if (node.current) supersede(t, node.current);
  node.attempts += 1;
  const delayed = spec.dueAt > context.now;
  const state = spec.paused ? 'paused' : delayed ? 'delayed' : 'submitted';
  const row: Row<TaskInstanceRow> = {
    id: context.ids.next<'task-instance'>(),
    workflowInstanceId: run.instance.id,
    name: node.task.name,
    type: node.task.type,
    state,
    attempt: node.attempts,
    retryTimes: spec.retryTimes,
    failovers: spec.failovers,
    current: true,
    runCounter: run.instance.runCounter,
    previousId: spec.previous?.id ?? null,
    workerGroup: node.task.workerGroup ?? run.instance.workerGroup ?? DEFAULT_WORKER_GROUP,
    priority: node.task.priority,
    dispatchId: null,
    dispatchEpoch: null,
    workerId: null,
    workerName: null,
    firstSubmittedAt: spec.firstSubmittedAt,
    submittedAt: context.now,
    dueAt: delayed ? spec.dueAt : null,
    dispatchedAt: null,
    startedAt: null,
    endedAt: null,
    exitCode: null,
    signal: null,
    outputs: {},
    inputs: {},
    logBytes: 0,
    usage: null,
    killRequestedAt: null,
    taskGroup: node.task.taskGroup?.name ?? null,
    groupPriority: node.task.taskGroup?.priority ?? 0,
    groupSlot: null,
    groupForced: spec.groupForced ?? false,
    logic: spec.logic ?? null,
    reason: spec.why,
    updatedAt: context.now,
  };
  node.current = row;
  run.nodeOf.set(row.id, node);
  run.changes.newTasks.add(row.id);
  record(t, {
    type: 'task_instance.created',
    taskInstanceId: row.id,
    data: {
      name: row.name,
      type: row.type,
      attempt: row.attempt,
      state: row.state,
      ...reasonData(spec.why, context.now),
    },
  });
  return row;
}

export const DEFAULT_WORKER_GROUP = 'default';

export function supersede(t: Transition, row: Row<TaskInstanceRow>): void {
  row.current = false;
  touchTask(t, row);
  t.run.superseded.set(row.id, row);
  t.run.nodeOf.delete(row.id);
  record(t, {
    type: 'task_instance.superseded',
    taskInstanceId: row.id,
    data: { name: row.name, attempt: row.attempt },
  });
}

/** Starts a run in this run's own commit. */
export function startRun(t: Transition, child: NewRun): void {
  t.run.changes.newRuns.push(child);
}

/** Orders another run to do something, in this run's own commit. */
export function orderRun(t: Transition, order: Pick<CommandRow, 'kind' | 'workflowInstanceId'>): void {
  const { instance, changes } = t.run;
  changes.newCommands.push({
    ...order,
    id: t.context.ids.next<'command'>(),
    payload: {},
    priority: instance.priority,
    createdBy: 'its parent run',
    createdAt: t.context.now,
  });
}

export function putOutbox(t: Transition, row: OutboxRow): void {
  t.run.outbox.set(row.dispatchId, row);
  t.run.changes.outboxPut.push(row);
}

export function clearOutbox(t: Transition, dispatchId: string): void {
  if (!t.run.outbox.delete(dispatchId)) return;
  t.run.changes.outboxDone.push(dispatchId);
}

function record(t: Transition, event: Pick<NewEvent, 'type' | 'taskInstanceId' | 'data'>): void {
  const { instance } = t.run;
  t.run.changes.events.push({
    ...event,
    projectId: instance.projectId,
    workflowInstanceId: instance.id,
    at: t.context.now,
  });
}

/** Takes what has changed since the last call, as copies, and starts a new change set. Undefined: nothing changed. */
export function takeChanges(run: Run): RunChangeSet | undefined {
  const { changes } = run;
  if (isEmpty(changes)) return undefined;
  const rowOf = (id: TaskInstanceId): TaskInstanceRow => {
    const row = run.nodeOf.get(id)?.current ?? run.superseded.get(id);
    if (!row) throw new Error(`the changed task instance ${id} is not part of its run`);
    return { ...row };
  };
  const writtenBefore = new Map<TaskInstanceId, TaskInstanceRow>();
  for (const id of changes.changedTasks) {
    const before = run.committed.get(id);
    if (before) writtenBefore.set(id, before);
  }
  const taken: RunChangeSet = {
    instance: changes.instance ? { ...run.instance } : null,
    assignNumber: changes.assignNumber,
    newTasks: Array.from(changes.newTasks, rowOf),
    changedTasks: Array.from(changes.changedTasks, rowOf),
    writtenBefore,
    events: changes.events,
    newRuns: changes.newRuns,
    newCommands: changes.newCommands,
    newAlerts: changes.newAlerts,
    outboxPut: changes.outboxPut,
    outboxDone: changes.outboxDone,
    commandsDone: changes.commandsDone,
  };
  for (const rows of [taken.newTasks, taken.changedTasks]) {
    for (const row of rows) {
      if (row.current) run.committed.set(row.id, row);
      else run.committed.delete(row.id);
    }
  }
  run.superseded.clear();
  run.changes = emptyChanges();
  return taken;
}

function isEmpty(changes: Run['changes']): boolean {
  return (
    !changes.instance &&
    changes.newTasks.size === 0 &&
    changes.changedTasks.size === 0 &&
    changes.events.length === 0 &&
    changes.newRuns.length === 0 &&
    changes.newCommands.length === 0 &&
    changes.newAlerts.length === 0 &&
    changes.outboxPut.length === 0 &&
    changes.outboxDone.length === 0 &&
    changes.commandsDone.length === 0
  );
}
