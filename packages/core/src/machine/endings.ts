/** How task instances end, whoever ran them, and what that means for their task: another attempt, or the next tasks. */
import { endTaskWatch } from './alert-timers.ts';
import { noteFailedTask } from './alerts.ts';
import { clearOutbox, makeTaskInstance, type NewTask, reason, setTaskState, type Transition } from './ledger.ts';
import { breaksRun, setOutcome } from './outcomes.ts';
import { enterOrPause, nodeEnded, pausedReason } from './progress.ts';
import { queuedReason } from './reasons.ts';
import { retryDelayMs } from './retry.ts';
import type { Reason, TaskInstanceRow } from './rows.ts';
import type { Row, RunNode } from './run.ts';
import { clearTimers } from './timers.ts';

export function succeedTask(t: Transition, node: RunNode, row: Row<TaskInstanceRow>, why: Reason | null = null): void {
  row.endedAt ??= t.context.now;
  leave(t, node, row);
  setTaskState(t, row, 'success', why);
  nodeEnded(t, node, 'passed');
}

/** The attempt failed: another one if the retry policy has one left, else the task has failed. */
export function failTask(t: Transition, node: RunNode, row: Row<TaskInstanceRow>, why: Reason): void {
  const { retry } = node.task;
  row.endedAt ??= t.context.now;
  leave(t, node, row);
  setTaskState(t, row, 'failure', why);
  if (row.retryTimes >= retry.times || !mayTryAgain(t, node, row)) {
    breakNode(t, node, 'failed');
    return;
  }
  const dueAt = row.endedAt + retryDelayMs(retry, row.retryTimes, t.context.random);
  const waiting = reason(t, 'waiting_for_retry', `Retry ${row.retryTimes + 1} of ${retry.times}: ${why.text}`, {
    next: 'it is queued again',
    nextAt: dueAt,
    evidence: { retry: row.retryTimes + 1, of: retry.times },
  });
  nextAttempt(t, node, row, {
    retryTimes: row.retryTimes + 1,
    failovers: 0,
    dueAt,
    why: dueAt > t.context.now ? waiting : queuedReason(t),
  });
}

/** An attempt that somebody asked to end, or whose run starts nothing any more, is the last. */
function mayTryAgain(t: Transition, node: RunNode, row: TaskInstanceRow): boolean {
  const { state } = t.run.instance;
  if (t.run.ending || row.killRequestedAt !== null || (state !== 'running' && state !== 'ready_pause')) return false;
  const { timeout } = node.task;
  if (timeout?.from !== 'first_submit' || timeout.strategy === 'warn') return true;
  return t.context.now < row.firstSubmittedAt + timeout.afterMs;
}

/** The next attempt of the same task; `paused` while the run is pausing. What a logic task remembers goes with it. */
export function nextAttempt(
  t: Transition,
  node: RunNode,
  row: TaskInstanceRow,
  spec: Pick<NewTask, 'retryTimes' | 'failovers' | 'dueAt' | 'why' | 'groupForced'>,
): void {
  const paused = t.run.instance.state === 'ready_pause';
  const next = makeTaskInstance(t, node, {
    ...spec,
    previous: row,
    firstSubmittedAt: row.firstSubmittedAt,
    logic: inherited(row),
    paused,
    groupForced: !paused && spec.groupForced === true,
    why: paused ? pausedReason(t) : spec.why,
  });
  if (paused && spec.dueAt > t.context.now) next.dueAt = spec.dueAt;
  enterOrPause(t, node, next);
}

/** Runs that an attempt started are taken over by the next one; everything else begins anew. */
export function inherited({ logic }: Pick<TaskInstanceRow, 'logic'>): TaskInstanceRow['logic'] {
  return logic?.kind === 'child' || logic?.kind === 'children' ? logic : null;
}

/** The task instance waits for the run to be resumed, and holds nothing meanwhile. */
export function restPaused(
  t: Transition,
  node: RunNode,
  row: Row<TaskInstanceRow>,
  why: Reason = pausedReason(t),
): void {
  leave(t, node, row);
  becomePaused(t, node, row, why);
}

/** One that holds nothing but its slot any more. */
export function becomePaused(
  t: Transition,
  node: RunNode,
  row: Row<TaskInstanceRow>,
  why: Reason = pausedReason(t),
): void {
  row.groupSlot = null;
  row.groupForced = false;
  setTaskState(t, row, 'paused', why);
  setOutcome(t.run, node, 'paused');
}

/** The task instance ends as `killed`. */
export function endKilled(t: Transition, node: RunNode, row: Row<TaskInstanceRow>, because: string): void {
  row.endedAt ??= t.context.now;
  leave(t, node, row);
  setTaskState(t, row, 'killed', reason(t, 'killed', `Killed: ${because}.`));
  breakNode(t, node, 'killed');
}

/** A task has failed for good or was killed; with failure strategy `end` nothing starts any more. */
export function breakNode(t: Transition, node: RunNode, outcome: 'failed' | 'killed'): void {
  nodeEnded(t, node, outcome);
  if (outcome === 'failed') noteFailedTask(t, node);
  if (t.run.ending || t.run.instance.failureStrategy !== 'end' || !breaksRun(t.run, node)) return;
  t.run.ending = true;
  t.broken = node;
}

/** Timers, queue place, order, worker slot: whatever the task instance holds goes. */
export function leave(t: Transition, node: RunNode, row: TaskInstanceRow): void {
  if (row.state === 'submitted') {
    t.intents.push({ type: 'DequeueTask', taskInstanceId: row.id });
    endTaskWatch(t, row);
  }
  t.intents.push(...clearTimers(node, row));
  if (row.logic !== null) t.intents.push({ type: 'ForgetLogic', taskInstanceId: row.id });
  if (row.dispatchId === null) return;
  clearOutbox(t, row.dispatchId);
  if (row.workerId !== null)
    t.intents.push({ type: 'ReleaseDispatch', dispatchId: row.dispatchId, workerId: row.workerId });
}
