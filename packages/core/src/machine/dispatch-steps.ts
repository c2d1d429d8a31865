/** What happens to a task instance that a worker runs, from its placement to its end. */
import { childrenOf } from '../logic/children.ts';
import { endTaskWatch } from './alert-timers.ts';
import { tellOfTaskTimeout } from './alerts.ts';
import { becomePaused, breakNode, endKilled, failTask, leave, nextAttempt, succeedTask } from './endings.ts';
import type { TaskEvent, TaskEventType } from './events.ts';
import { resolveInputs } from './inputs.ts';
import { killTimer, requestKill, stopChildren, wasTimedOut } from './kill.ts';
import { reason, setTaskReason, setTaskState, type Transition, warn } from './ledger.ts';
import { enter, waitsForSlot } from './progress.ts';
import type { Evidence } from './reason-codes.ts';
import { queuedReason } from './reasons.ts';
import type { Reason, TaskInstanceRow } from './rows.ts';
import type { Row, RunNode } from './run.ts';
import { isTaskTerminal } from './states.ts';
import { startTimer } from './timers.ts';

/** The current task instance an event is about. */
export interface TaskSubject {
  readonly node: RunNode;
  readonly row: Row<TaskInstanceRow>;
}

export type TaskEventOf<Type extends TaskEventType> = Extract<TaskEvent, { type: Type }>;

export function becomeDue(t: Transition, { node, row }: TaskSubject): void {
  row.dueAt = null;
  setTaskState(t, row, 'submitted', queuedReason(t));
  enter(t, node, row);
}

export function place(t: Transition, subject: TaskSubject, event: TaskEventOf<'TaskPlaced'>): void {
  const { node, row } = subject;
  if (waitsForSlot(row)) {
    releaseDispatch(t, subject, event);
    return;
  }
  const { inputs, warnings } = resolveInputs(t.run, node, row);
  if (refusesWarnings(t, subject, warnings)) {
    releaseDispatch(t, subject, event);
    return;
  }
  row.inputs = inputs;
  row.dispatchId = event.dispatchId;
  row.dispatchEpoch = event.epoch;
  row.workerId = event.workerId;
  row.workerName = event.workerName;
  row.dispatchedAt = t.context.now;
  const text = `Sent to worker "${event.workerName}", which has not started it yet.`;
  setTaskState(t, row, 'dispatched', reason(t, 'sent', text));
  endTaskWatch(t, row);
  t.effects.push({
    type: 'SendDispatch',
    taskInstanceId: row.id,
    dispatchId: event.dispatchId,
    workerId: event.workerId,
  });
}

/** Records what could not be resolved. True when the workflow is strict about it, and the task has failed. */
export function refusesWarnings(t: Transition, { node, row }: TaskSubject, warnings: readonly string[]): boolean {
  for (const text of warnings) warn(t, row, 'parameter', text);
  if (warnings.length === 0 || !t.run.definition.strictParams) return false;
  row.endedAt = t.context.now;
  leave(t, node, row);
  setTaskState(t, row, 'failure', reason(t, 'parameter', `Not run, because the workflow is strict: ${warnings[0]}`));
  breakNode(t, node, 'failed');
  return true;
}

/** The dispatcher reserved a slot for a task instance that cannot use it. What it has been sent with stays reserved. */
export function releaseDispatch(t: Transition, { row }: TaskSubject, event: TaskEventOf<'TaskPlaced'>): void {
  if (event.dispatchId === row.dispatchId && !isTaskTerminal(row.state)) return;
  t.intents.push({ type: 'ReleaseDispatch', dispatchId: event.dispatchId, workerId: event.workerId });
}

export function start(t: Transition, { node, row }: TaskSubject, event: TaskEventOf<'TaskStarted'>): void {
  row.startedAt = within(t, row, event.at);
  setTaskState(t, row, 'running', row.killRequestedAt === null ? null : row.reason);
  t.intents.push(...startTimer(node, row, t.context.settings.timeoutMarginMs));
}

/**
 * A moment that a worker tells, as far as it can be true: not before the dispatch, not after now. Workers' clocks are
 * their own, and neither a timeout nor a retry may follow from one that is wrong.
 */
function within(t: Transition, row: TaskInstanceRow, told: number): number {
  return Math.min(t.context.now, Math.max(row.dispatchedAt ?? t.context.now, told));
}

/** The timeout of an attempt that runs, or of a task that has been waiting and running since its first submission. */
export function timeOut(t: Transition, { node, row }: TaskSubject): void {
  const { timeout } = node.task;
  if (timeout === null) return;
  const text = `its timeout of ${timeout.afterMs / 1000} s has passed`;
  if (timeout.strategy !== 'fail') {
    warn(t, row, 'timeout', `Not ended although ${text}.`);
    tellOfTaskTimeout(t, node, row);
  }
  if (timeout.strategy === 'warn') return;
  if (row.dispatchId !== null) requestKill(t, row, text, 'timeout');
  else if (row.state === 'running' && childrenOf(row).length > 0) stopChildren(t, row, text, 'timeout');
  else failTask(t, node, row, reason(t, 'timeout', `Ended because ${text}.`));
}

/** Before it has been sent the timeout matters only to a task that counts it from its first submission. */
export function timeOutWaiting(t: Transition, subject: TaskSubject): void {
  if (subject.node.task.timeout?.from === 'first_submit') timeOut(t, subject);
}

export function end(t: Transition, subject: TaskSubject, event: TaskEventOf<'TaskEnded'>): void {
  const { node, row } = subject;
  const { report } = event;
  row.startedAt = report.startedAt === null ? row.startedAt : within(t, row, report.startedAt);
  row.endedAt = Math.max(within(t, row, report.endedAt), row.startedAt ?? 0);
  row.exitCode = report.exitCode;
  row.signal = report.signal;
  row.outputs = report.state === 'success' ? report.outputs : {};
  row.logBytes = report.logBytes;
  row.usage = report.usage ?? null;
  const timedOut = wasTimedOut(row);
  t.effects.push({ type: 'AckResult', dispatchId: event.dispatchId });
  switch (report.state) {
    case 'success':
      succeedTask(t, node, row);
      return;
    case 'failure':
      failTask(t, node, row, reason(t, 'task_failed', report.error ?? exitText(row), { evidence: exitOf(row) }));
      return;
    case 'timeout':
      failTask(t, node, row, reason(t, 'timeout', report.error ?? 'It ran into its timeout and was ended.'));
      return;
    case 'killed':
      endReportedKill(t, subject, report.error, timedOut);
      return;
    case 'interrupted':
      loseAttempt(t, subject, { timedOut, planned: true, text: report.error ?? 'Its worker was told to stop.' });
      return;
    case 'lost': {
      const text = report.error ?? 'Its worker was restarted and could not find the process again.';
      loseAttempt(t, subject, { timedOut, planned: false, text });
      return;
    }
  }
}

function endReportedKill(t: Transition, { node, row }: TaskSubject, error: string | null, timedOut: boolean): void {
  if (timedOut) {
    failTask(t, node, row, reason(t, 'timeout', 'It ran into its timeout and was ended by the server.'));
  } else if (row.killRequestedAt === null) {
    failTask(t, node, row, reason(t, 'killed_on_worker', error ?? 'It was ended on the worker, not from here.'));
  } else {
    endKilled(t, node, row, error ?? 'as asked');
  }
}

function exitText(row: TaskInstanceRow): string {
  if (row.signal !== null) return `Ended by signal ${row.signal}.`;
  return row.exitCode === null ? 'Failed.' : `Exit code ${row.exitCode}.`;
}

function exitOf({ exitCode, signal }: TaskInstanceRow): Evidence {
  return { ...(exitCode === null ? {} : { exitCode }), ...(signal === null ? {} : { signal }) };
}

export function takeBack(t: Transition, { node, row }: TaskSubject, event: TaskEventOf<'DispatchReturned'>): void {
  if (wasTimedOut(row)) {
    const text = `It ran into its timeout before a worker had started it: ${event.text}`;
    failTask(t, node, row, reason(t, 'timeout', text));
    return;
  }
  if (row.killRequestedAt !== null) {
    endKilled(t, node, row, event.text);
    return;
  }
  leave(t, node, row);
  forgetDispatch(row);
  if (t.run.instance.state === 'ready_pause') {
    becomePaused(t, node, row);
    return;
  }
  setTaskState(t, row, 'submitted', reason(t, event.cause, event.text, { next: 'it is sent to another worker' }));
  enter(t, node, row);
}

/** It is with no worker any more and has not run. */
function forgetDispatch(row: Row<TaskInstanceRow>): void {
  row.dispatchId = null;
  row.dispatchEpoch = null;
  row.workerId = null;
  row.workerName = null;
  row.dispatchedAt = null;
}

export function lose(t: Transition, subject: TaskSubject, event: TaskEventOf<'WorkerLost'>): void {
  const { row } = subject;
  const timedOut = wasTimedOut(row);
  row.endedAt = t.context.now;
  loseAttempt(t, subject, { timedOut, planned: false, text: event.text, lastHeardAt: event.lastHeardAt });
}

/** An attempt that was given back within so long is made anew only after as long again. */
const QUICK_RETURN_MS = 1_000;

interface Loss {
  /** It had been told to end at its timeout: it has failed by that, whatever became of its worker meanwhile. */
  readonly timedOut: boolean;
  /** The worker was told to stop, which does not count against the task: nothing is wrong with it. */
  readonly planned: boolean;
  readonly text: string;
  /** When its worker was last heard of, if that is why. */
  readonly lastHeardAt?: number | undefined;
}

/** The attempt was lost with its worker: a new attempt elsewhere, unless that has been tried often enough. */
function loseAttempt(t: Transition, { node, row }: TaskSubject, loss: Loss): void {
  const { timedOut, planned, text, lastHeardAt } = loss;
  if (timedOut) {
    failTask(t, node, row, reason(t, 'timeout', `It ran into its timeout, and its worker was lost: ${text}`));
    return;
  }
  if (row.killRequestedAt !== null) {
    endKilled(t, node, row, `as asked, without an answer of its worker (${text})`);
    return;
  }
  const { maxFailovers } = t.context.settings;
  const failovers = row.failovers + (planned ? 0 : 1);
  const evidence = {
    worker: row.workerName,
    failovers: row.failovers,
    failoverLimit: maxFailovers,
    ...(lastHeardAt === undefined ? {} : { lastHeardAt: new Date(lastHeardAt).toISOString() }),
  };
  leave(t, node, row);
  if (failovers > maxFailovers) {
    const tried = `${text} It has been sent elsewhere ${row.failovers} times already, which is the limit.`;
    setTaskState(t, row, 'failure', reason(t, 'worker_lost', tried, { evidence }));
    breakNode(t, node, 'failed');
    return;
  }
  const code = planned ? 'worker_stopped' : 'worker_lost';
  setTaskState(t, row, 'need_fault_tolerance', reason(t, code, text, { next: 'a new attempt is made', evidence }));
  const { retryTimes, groupForced } = row;
  // A worker that gives back whatever it is sent must not be sent it again and again at full speed.
  const { now } = t.context;
  const quick = planned && now - (row.dispatchedAt ?? now) < QUICK_RETURN_MS;
  const dueAt = quick ? now + QUICK_RETURN_MS : now;
  const pausing = reason(t, 'waiting_for_retry', text, { next: 'it is queued again', nextAt: dueAt });
  nextAttempt(t, node, row, { retryTimes, failovers, groupForced, dueAt, why: quick ? pausing : queuedReason(t) });
}

export function acknowledgeAgain(t: Transition, _subject: TaskSubject, event: TaskEventOf<'TaskEnded'>): void {
  t.effects.push({ type: 'AckResult', dispatchId: event.dispatchId });
}

export function notePlaceable(t: Transition, { row }: TaskSubject, event: TaskEventOf<'TaskPlaceable'>): void {
  const next = 'the first worker of the group that joins and can run it takes it';
  const { worker, text, evidence } = event;
  const why: Reason = worker ? queuedReason(t) : reason(t, 'waiting_for_worker', text, { next, evidence });
  setTaskReason(t, row, why);
}

/** Orders to end a task that a worker leaves unanswered, before the task is taken from it. */
const KILL_TRIES = 2;

/** Asks once more; a worker that does not answer that either has lost its say: what it reports later is late. */
export function killAgain(t: Transition, { node, row }: TaskSubject, event: TaskEventOf<'KillUnanswered'>): void {
  const order = t.run.outbox.get(event.dispatchId);
  if (!order) return;
  if (event.tries < KILL_TRIES) {
    const { dispatchId, workerId, reason: because, graceMs } = order;
    t.effects.push({ type: 'SendKill', dispatchId, workerId, reason: because, graceMs });
    t.intents.push(killTimer(t, row, event.dispatchId, event.tries + 1));
    return;
  }
  const timedOut = wasTimedOut(row);
  const text = `worker "${row.workerName}" has not answered ${KILL_TRIES} orders to end it`;
  row.endedAt = t.context.now;
  if (timedOut) failTask(t, node, row, reason(t, 'timeout', `It ran into its timeout, and ${text}.`));
  else endKilled(t, node, row, text);
}
