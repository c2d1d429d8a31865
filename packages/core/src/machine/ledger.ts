/**
 * How transitions write: every change of a row goes through here, so that the change set of the next commit and the
 * record of events are always complete. Holds no rule of what may follow what.
 */
import type { CommandId, IdSource, TaskInstanceId } from '../identity/ids.ts';
import type { Random } from '../time/random.ts';
import type { Effect, Intent } from './effects.ts';
import type { NewEvent, OutboxRow, Reason, TaskInstanceRow, WorkflowInstanceRow } from './rows.ts';
import { emptyChanges, type Row, type Run, type RunNode } from './run.ts';
import type { TaskState, WorkflowState } from './states.ts';

export interface MachineSettings {
  /** How often a task is sent to another worker after losing one, before it fails with the evidence. */
  readonly maxFailovers: number;
  /** Time between TERM and KILL when a task is killed. */
  readonly killGraceMs: number;
  /** How long after the worker should have ended a timed-out task the master kills it itself. */
  readonly timeoutMarginMs: number;
  /** How long after the grace a worker may leave an order to end a task unanswered before it is asked again. */
  readonly killAnswerMs: number;
}

export const MACHINE_DEFAULTS: MachineSettings = {
  maxFailovers: 3,
  killGraceMs: 10_000,
  timeoutMarginMs: 2_000,
  killAnswerMs: 20_000,
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
}

/** What one atomic commit writes; the store's `RunCommit` in the words of the machine. */
export interface RunChangeSet {
  readonly instance: WorkflowInstanceRow | null;
  readonly assignNumber: boolean;
  readonly newTasks: readonly TaskInstanceRow[];
  readonly changedTasks: readonly TaskInstanceRow[];
  readonly events: readonly NewEvent[];
  readonly outboxPut: readonly OutboxRow[];
  readonly outboxDone: readonly string[];
  readonly commandsDone: readonly { readonly id: CommandId; readonly outcome: string }[];
}

export function reason(
  t: Transition,
  code: string,
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
  record(t, { type: 'workflow_instance.state', taskInstanceId: null, data: { from, to: state, ...because(why) } });
}

export function touchWorkflow(t: Transition): void {
  t.run.instance.updatedAt = t.context.now;
  t.run.changes.instance = true;
}

export function setTaskState(t: Transition, row: Row<TaskInstanceRow>, state: TaskState, why: Reason | null): void {
  const from = row.state;
  row.state = state;
  row.reason = why;
  touchTask(t, row);
  const worker = row.workerName === null ? {} : { worker: row.workerName };
  record(t, {
    type: 'task_instance.state',
    taskInstanceId: row.id,
    data: { name: row.name, attempt: row.attempt, from, to: state, ...worker, ...because(why) },
  });
}

export function touchTask(t: Transition, row: Row<TaskInstanceRow>): void {
  row.updatedAt = t.context.now;
  const { changes } = t.run;
  if (!changes.newTasks.has(row.id)) changes.changedTasks.add(row.id);
}

export function warn(t: Transition, row: TaskInstanceRow, code: string, text: string): void {
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
}

/** Makes the next task instance of a node current; the one before, if any, stays visible and is no longer current. */
export function makeTaskInstance(t: Transition, node: RunNode, spec: NewTask): Row<TaskInstanceRow> {
  const { run, context } = t;
  if (node.current) supersede(t, node.current);
  node.attempts += 1;
  const delayed = spec.dueAt > context.now;
  const row: Row<TaskInstanceRow> = {
    id: context.ids.next<'task-instance'>(),
    workflowInstanceId: run.instance.id,
    name: node.task.name,
    type: node.task.type,
    state: delayed ? 'delayed' : 'submitted',
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
    killRequestedAt: null,
    reason: spec.why,
    updatedAt: context.now,
  };
  node.current = row;
  run.nodeOf.set(row.id, node);
  run.changes.newTasks.add(row.id);
  record(t, {
    type: 'task_instance.created',
    taskInstanceId: row.id,
    data: { name: row.name, attempt: row.attempt, state: row.state, ...because(spec.why) },
  });
  return row;
}

export const DEFAULT_WORKER_GROUP = 'default';

export function supersede(t: Transition, row: Row<TaskInstanceRow>): void {
  row.current = false;
  touchTask(t, row);
  t.run.superseded.set(row.id, row);
  t.run.nodeOf.delete(row.id);
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

function because(why: Reason | null): { code?: string; text?: string } {
  return why ? { code: why.code, text: why.text } : {};
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
  const taken: RunChangeSet = {
    instance: changes.instance ? { ...run.instance } : null,
    assignNumber: changes.assignNumber,
    newTasks: Array.from(changes.newTasks, rowOf),
    changedTasks: Array.from(changes.changedTasks, rowOf),
    events: changes.events,
    outboxPut: changes.outboxPut,
    outboxDone: changes.outboxDone,
    commandsDone: changes.commandsDone,
  };
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
    changes.outboxPut.length === 0 &&
    changes.outboxDone.length === 0 &&
    changes.commandsDone.length === 0
  );
}
