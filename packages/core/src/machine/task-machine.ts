/**
 * The task machine: for every state and event, what happens, or why nothing does. Each cell is decided on purpose;
 * a test walks all of them.
 *
 * M1 A terminal task instance never changes except that it stops being current.
 * M2 A task has at most one current task instance.
 * M3 A task instance has at most one live dispatch: a dispatch id is set only on the way from `submitted`.
 * M4 A report counts only if it carries the dispatch id that is live.
 */

import type { Intent } from './effects.ts';
import type { TaskEvent, TaskEventType } from './events.ts';
import { resolveInputs } from './inputs.ts';
import { endKilled, KILL_REASONS, killTask, killTimer, nodeBroken, requestKill } from './kill.ts';
import {
  clearOutbox,
  finishCommand,
  makeTaskInstance,
  reason,
  setTaskState,
  type Transition,
  touchTask,
  warn,
} from './ledger.ts';
import { nodePassed, queuedReason, queueOrWait } from './progress.ts';
import { retryDelayMs } from './retry.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { Row, RunNode } from './run.ts';
import type { TaskState } from './states.ts';
import { killKey, timeoutKey } from './timer-keys.ts';

/** The current task instance an event is about. */
export interface TaskSubject {
  readonly node: RunNode;
  readonly row: Row<TaskInstanceRow>;
}

type EventOf<Type extends TaskEventType> = Extract<TaskEvent, { type: Type }>;
type Handler<Type extends TaskEventType> = (t: Transition, subject: TaskSubject, event: EventOf<Type>) => void;

/** A cell: a handler, or the reason why the event changes nothing here. */
export type TaskCell<Type extends TaskEventType> = Handler<Type> | { readonly ignore: string };
export type TaskTable = { readonly [S in TaskState]: { readonly [E in TaskEventType]: TaskCell<E> } };

const ENDED = 'the task instance has ended';
const NOT_SENT = 'nothing has been sent to a worker';

const whenEnded: TaskTable['success'] = {
  TaskDue: { ignore: ENDED },
  TaskPlaced: releaseSlot,
  TaskStarted: { ignore: ENDED },
  TaskEnded: acknowledgeAgain,
  DispatchReturned: { ignore: ENDED },
  WorkerLost: { ignore: ENDED },
  TaskTimedOut: { ignore: ENDED },
  TaskPlaceable: { ignore: ENDED },
  KillUnanswered: { ignore: ENDED },
  KillTask: refuseKill,
};

export const TASK_TABLE: TaskTable = {
  submitted: {
    TaskDue: { ignore: 'already queued' },
    TaskPlaced: place,
    TaskStarted: { ignore: NOT_SENT },
    TaskEnded: { ignore: NOT_SENT },
    DispatchReturned: { ignore: NOT_SENT },
    WorkerLost: { ignore: NOT_SENT },
    TaskTimedOut: { ignore: 'the timeout counts from the start of the attempt' },
    TaskPlaceable: notePlaceable,
    KillUnanswered: { ignore: NOT_SENT },
    KillTask: kill,
  },
  delayed: {
    TaskDue: becomeDue,
    TaskPlaced: releaseSlot,
    TaskStarted: { ignore: NOT_SENT },
    TaskEnded: { ignore: NOT_SENT },
    DispatchReturned: { ignore: NOT_SENT },
    WorkerLost: { ignore: NOT_SENT },
    TaskTimedOut: { ignore: 'the timeout counts from the start of the attempt' },
    TaskPlaceable: { ignore: 'not queued yet' },
    KillUnanswered: { ignore: NOT_SENT },
    KillTask: kill,
  },
  dispatched: {
    TaskDue: { ignore: 'already sent' },
    TaskPlaced: releaseSlot,
    TaskStarted: start,
    TaskEnded: end,
    DispatchReturned: takeBack,
    WorkerLost: lose,
    TaskTimedOut: { ignore: 'the timeout counts from the start of the attempt' },
    TaskPlaceable: { ignore: 'already sent' },
    KillUnanswered: killAgain,
    KillTask: kill,
  },
  running: {
    TaskDue: { ignore: 'already running' },
    TaskPlaced: releaseSlot,
    TaskStarted: { ignore: 'told twice' },
    TaskEnded: end,
    DispatchReturned: { ignore: 'it has started, so it was taken' },
    WorkerLost: lose,
    TaskTimedOut: timeOut,
    TaskPlaceable: { ignore: 'already running' },
    KillUnanswered: killAgain,
    KillTask: kill,
  },
  paused: whenEnded,
  need_fault_tolerance: whenEnded,
  killed: whenEnded,
  failure: whenEnded,
  success: whenEnded,
  forced_success: whenEnded,
};

function becomeDue(t: Transition, { row }: TaskSubject): void {
  row.dueAt = null;
  setTaskState(t, row, 'submitted', queuedReason(t));
  queueOrWait(t, row.id, null);
}

function place(t: Transition, { node, row }: TaskSubject, event: EventOf<'TaskPlaced'>): void {
  const { inputs, warnings } = resolveInputs(t.run, node, row);
  for (const text of warnings) warn(t, row, 'parameter', text);
  row.inputs = inputs;
  row.dispatchId = event.dispatchId;
  row.dispatchEpoch = event.epoch;
  row.workerId = event.workerId;
  row.workerName = event.workerName;
  row.dispatchedAt = t.context.now;
  setTaskState(
    t,
    row,
    'dispatched',
    reason(t, 'sent', `Sent to worker "${event.workerName}", which has not started it yet.`),
  );
  t.effects.push({
    type: 'SendDispatch',
    taskInstanceId: row.id,
    dispatchId: event.dispatchId,
    workerId: event.workerId,
  });
}

/** The dispatcher reserved a slot for a task instance that can no longer use it. */
function releaseSlot(t: Transition, _subject: TaskSubject, event: EventOf<'TaskPlaced'>): void {
  t.intents.push({ type: 'ReleaseDispatch', dispatchId: event.dispatchId, workerId: event.workerId });
}

function start(t: Transition, { node, row }: TaskSubject, event: EventOf<'TaskStarted'>): void {
  row.startedAt = within(t, row, event.at);
  setTaskState(t, row, 'running', row.killRequestedAt === null ? null : row.reason);
  t.intents.push(...taskTimeoutTimer(t, node, row));
}

/**
 * A moment that a worker tells, as far as it can be true: not before the dispatch, not after now. Workers' clocks are
 * their own, and neither a timeout nor a retry may follow from one that is wrong.
 */
function within(t: Transition, row: TaskInstanceRow, told: number): number {
  return Math.min(t.context.now, Math.max(row.dispatchedAt ?? t.context.now, told));
}

/**
 * The timer of a running task's timeout. A worker ends its task at the timeout by itself; the master's timer comes a
 * margin later and only matters when the worker did not.
 */
export function taskTimeoutTimer(t: Transition, node: RunNode, row: TaskInstanceRow): Intent[] {
  const { timeout } = node.task;
  if (timeout === null || row.startedAt === null) return [];
  const margin = timeout.strategy === 'warn' ? 0 : t.context.settings.timeoutMarginMs;
  const dueAt = row.startedAt + timeout.afterMs + margin;
  return [
    { type: 'SetTimer', key: timeoutKey(row.id), dueAt, event: { type: 'TaskTimedOut', taskInstanceId: row.id } },
  ];
}

function timeOut(t: Transition, { node, row }: TaskSubject): void {
  const { timeout } = node.task;
  if (timeout === null) return;
  if (timeout.strategy !== 'fail')
    warn(t, row, 'timeout', `Still running after its timeout of ${timeout.afterMs / 1000} s.`);
  if (timeout.strategy !== 'warn') requestKill(t, row, 'its timeout has passed', 'timeout');
}

/**
 * True when the order to end it came from its timeout. The order is then forgotten, so that the attempt counts as a
 * failure with its retries and not as somebody's wish to end the task.
 */
function wasTimedOut(row: Row<TaskInstanceRow>): boolean {
  const timedOut = row.killRequestedAt !== null && row.reason?.code === KILL_REASONS.timeout;
  if (timedOut) row.killRequestedAt = null;
  return timedOut;
}

function end(t: Transition, subject: TaskSubject, event: EventOf<'TaskEnded'>): void {
  const { node, row } = subject;
  const { report } = event;
  row.startedAt = report.startedAt === null ? row.startedAt : within(t, row, report.startedAt);
  row.endedAt = Math.max(within(t, row, report.endedAt), row.startedAt ?? 0);
  row.exitCode = report.exitCode;
  row.signal = report.signal;
  row.outputs = report.state === 'success' ? report.outputs : {};
  row.logBytes = report.logBytes;
  const timedOut = wasTimedOut(row);
  leaveWorker(t, row);
  t.effects.push({ type: 'AckResult', dispatchId: event.dispatchId });
  switch (report.state) {
    case 'success':
      setTaskState(t, row, 'success', null);
      nodePassed(t, node);
      return;
    case 'failure':
      fail(t, subject, reason(t, 'task_failed', report.error ?? exitText(row)));
      return;
    case 'timeout':
      fail(t, subject, reason(t, 'timeout', report.error ?? 'It ran into its timeout and was ended.'));
      return;
    case 'killed':
      endReportedKill(t, subject, report.error, timedOut);
      return;
    case 'interrupted':
      loseAttempt(t, subject, report.error ?? 'Its worker was told to stop.', 'planned');
      return;
    case 'lost':
      loseAttempt(t, subject, report.error ?? 'Its worker was restarted and could not find the process again.');
      return;
  }
}

function endReportedKill(t: Transition, subject: TaskSubject, error: string | null, timedOut: boolean): void {
  const { node, row } = subject;
  if (timedOut) {
    fail(t, subject, reason(t, 'timeout', 'It ran into its timeout and was ended by the server.'));
  } else if (row.killRequestedAt === null) {
    fail(t, subject, reason(t, 'killed_on_worker', error ?? 'It was ended on the worker, not from here.'));
  } else {
    endKilled(t, node, row, error ?? 'as asked');
  }
}

function exitText(row: TaskInstanceRow): string {
  if (row.signal !== null) return `Ended by signal ${row.signal}.`;
  return row.exitCode === null ? 'Failed.' : `Exit code ${row.exitCode}.`;
}

/** The attempt failed: another one if the retry policy has one left, else the task has failed. */
function fail(t: Transition, { node, row }: TaskSubject, why: ReturnType<typeof reason>): void {
  const { retry } = node.task;
  setTaskState(t, row, 'failure', why);
  const wanted = t.run.instance.state === 'running' && !t.run.ending && row.killRequestedAt === null;
  if (!wanted || row.retryTimes >= retry.times) {
    nodeBroken(t, node, 'failed');
    return;
  }
  const endedAt = row.endedAt ?? t.context.now;
  const dueAt = endedAt + retryDelayMs(retry, row.retryTimes, t.context.random);
  const next = makeTaskInstance(t, node, {
    previous: row,
    retryTimes: row.retryTimes + 1,
    failovers: 0,
    firstSubmittedAt: row.firstSubmittedAt,
    dueAt,
    why:
      dueAt > t.context.now
        ? reason(t, 'waiting_for_retry', `Retry ${row.retryTimes + 1} of ${retry.times}: ${why.text}`, {
            next: 'it is queued again',
            nextAt: dueAt,
          })
        : queuedReason(t),
  });
  queueOrWait(t, next.id, next.dueAt);
}

function takeBack(t: Transition, { node, row }: TaskSubject, event: EventOf<'DispatchReturned'>): void {
  leaveWorker(t, row);
  if (row.killRequestedAt !== null) {
    endKilled(t, node, row, event.text);
    return;
  }
  row.dispatchId = null;
  row.dispatchEpoch = null;
  row.workerId = null;
  row.workerName = null;
  row.dispatchedAt = null;
  setTaskState(t, row, 'submitted', reason(t, event.cause, event.text, { next: 'it is sent to another worker' }));
  queueOrWait(t, row.id, null);
}

function lose(t: Transition, subject: TaskSubject, event: EventOf<'WorkerLost'>): void {
  const { row } = subject;
  const timedOut = wasTimedOut(row);
  leaveWorker(t, row);
  row.endedAt = t.context.now;
  if (timedOut)
    fail(t, subject, reason(t, 'timeout', `It ran into its timeout, and its worker was lost: ${event.text}`));
  else loseAttempt(t, subject, event.text);
}

/**
 * The attempt was lost with its worker: a new attempt elsewhere, unless that has been tried often enough. A worker that
 * was told to stop does not count: nothing is wrong with the task.
 */
function loseAttempt(
  t: Transition,
  { node, row }: TaskSubject,
  text: string,
  how: 'planned' | 'unplanned' = 'unplanned',
): void {
  const { maxFailovers } = t.context.settings;
  const failovers = row.failovers + (how === 'planned' ? 0 : 1);
  const evidence = { worker: row.workerName, failovers: row.failovers };
  if (row.killRequestedAt !== null) {
    endKilled(t, node, row, `as asked, without an answer of its worker (${text})`);
    return;
  }
  if (failovers > maxFailovers) {
    const tried = `${text} It has been sent elsewhere ${row.failovers} times already, which is the limit.`;
    setTaskState(t, row, 'failure', reason(t, 'worker_lost', tried, { evidence }));
    nodeBroken(t, node, 'failed');
    return;
  }
  const code = how === 'planned' ? 'worker_stopped' : 'worker_lost';
  setTaskState(t, row, 'need_fault_tolerance', reason(t, code, text, { next: 'a new attempt is made', evidence }));
  const next = makeTaskInstance(t, node, {
    previous: row,
    retryTimes: row.retryTimes,
    failovers,
    firstSubmittedAt: row.firstSubmittedAt,
    dueAt: t.context.now,
    why: queuedReason(t),
  });
  queueOrWait(t, next.id, null);
}

/** The dispatch is over: its slot, its timeout and its orders go. */
function leaveWorker(t: Transition, row: TaskInstanceRow): void {
  t.intents.push({ type: 'ClearTimer', key: timeoutKey(row.id) });
  t.intents.push({ type: 'ClearTimer', key: killKey(row.id) });
  if (row.dispatchId === null) return;
  clearOutbox(t, row.dispatchId);
  if (row.workerId !== null)
    t.intents.push({ type: 'ReleaseDispatch', dispatchId: row.dispatchId, workerId: row.workerId });
}

function acknowledgeAgain(t: Transition, _subject: TaskSubject, event: EventOf<'TaskEnded'>): void {
  t.effects.push({ type: 'AckResult', dispatchId: event.dispatchId });
}

function notePlaceable(t: Transition, { row }: TaskSubject, event: EventOf<'TaskPlaceable'>): void {
  row.reason = event.worker
    ? queuedReason(t)
    : reason(t, 'waiting_for_worker', event.text, { next: 'the first worker of the group that joins takes it' });
  touchTask(t, row);
}

/** Orders to end a task that a worker leaves unanswered, before the task is taken from it. */
const KILL_TRIES = 2;

/** Asks once more; a worker that does not answer that either has lost its say: what it reports later is late. */
function killAgain(t: Transition, { node, row }: TaskSubject, event: EventOf<'KillUnanswered'>): void {
  const order = t.run.outbox.get(event.dispatchId);
  if (!order) return;
  if (event.tries < KILL_TRIES) {
    t.effects.push({
      type: 'SendKill',
      dispatchId: order.dispatchId,
      workerId: order.workerId,
      reason: order.reason,
      graceMs: order.graceMs,
    });
    t.intents.push(killTimer(t, row, event.dispatchId, event.tries + 1));
    return;
  }
  const timedOut = wasTimedOut(row);
  const text = `worker "${row.workerName}" has not answered ${KILL_TRIES} orders to end it`;
  leaveWorker(t, row);
  row.endedAt = t.context.now;
  if (timedOut) fail(t, { node, row }, reason(t, 'timeout', `It ran into its timeout, and ${text}.`));
  else endKilled(t, node, row, text);
}

function kill(t: Transition, { node }: TaskSubject, event: EventOf<'KillTask'>): void {
  killTask(t, node, `by ${event.by}`);
  finishCommand(t, event.commandId, 'done');
}

function refuseKill(t: Transition, { row }: TaskSubject, event: EventOf<'KillTask'>): void {
  finishCommand(t, event.commandId, `rejected: the task instance has ended (${row.state})`);
}
