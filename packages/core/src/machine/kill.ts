/** Ending tasks that have not ended by themselves: on somebody's wish, at a timeout, or because the run ends. */
import type { DispatchId, WorkflowInstanceId } from '../identity/ids.ts';
import { childrenOf } from '../logic/children.ts';
import type { Intent } from './effects.ts';
import { endKilled } from './endings.ts';
import { orderRun, putOutbox, reason, setTaskReason, type Transition } from './ledger.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { Row, RunNode } from './run.ts';
import { isTaskTerminal } from './states.ts';
import { killKey } from './timers.ts';

/**
 * Ends the node's current task instance. One that nobody else works on is `killed` at once. One that a worker holds is
 * asked to end, by an order that outlives this server, and stays active until the worker answers or is lost; one that
 * started other runs has them stopped, and ends with the last of them.
 */
export function killTask(t: Transition, node: RunNode, because: string): void {
  const row = node.current;
  if (!row) return;
  if (row.state === 'dispatched' || (row.state === 'running' && row.dispatchId !== null)) {
    requestKill(t, row, because);
  } else if (row.state === 'running' && childrenOf(row).length > 0) {
    stopChildren(t, row, because);
  } else if (!isTaskTerminal(row.state) || row.state === 'paused') {
    stopRestingChildren(t, row);
    endKilled(t, node, row, because);
  }
}

/** Why a task is told to end: `timeout` counts as a failure with its retries, `asked` is somebody's wish and final. */
export type KillCause = 'timeout' | 'asked';

/** What the reason of a task that was told to end is called; it also tells the cause after a rebuild from rows. */
const KILL_REASONS = { timeout: 'timeout_kill', asked: 'kill_requested' } as const satisfies Record<KillCause, string>;

/** Asks the worker to end the dispatch. Asking twice changes nothing, but a wish outweighs a timeout. */
export function requestKill(
  t: Transition,
  row: Row<TaskInstanceRow>,
  because: string,
  cause: KillCause = 'asked',
): void {
  if (row.dispatchId === null || row.workerId === null || !noteKill(t, row, because, cause)) return;
  const { now, settings } = t.context;
  const { dispatchId, workerId } = row;
  const order = { dispatchId, workerId, reason: because, graceMs: settings.killGraceMs };
  putOutbox(t, { ...order, kind: 'kill', workflowInstanceId: row.workflowInstanceId, createdAt: now });
  t.effects.push({ type: 'SendKill', ...order });
  t.intents.push(killTimer(t, row, dispatchId, 1));
}

/** Has the runs stopped that the task started. */
export function stopChildren(
  t: Transition,
  row: Row<TaskInstanceRow>,
  because: string,
  cause: KillCause = 'asked',
): void {
  if (!noteKill(t, row, because, cause)) return;
  const children = childrenOf(row);
  for (const child of children) orderRun(t, { kind: 'stop', workflowInstanceId: child });
  t.intents.push({ type: 'ReadChildren', taskInstanceId: row.id, children });
}

/** Runs that wait for a task which will not go on: they have nobody to wait for. */
export function stopRestingChildren(t: Transition, row: TaskInstanceRow): void {
  for (const child of restingChildrenOf(row)) orderRun(t, { kind: 'stop', workflowInstanceId: child });
}

/** Those of a paused task, and those that were paused when a dynamic task ended because of others. */
function restingChildrenOf(row: TaskInstanceRow): readonly WorkflowInstanceId[] {
  if (row.state === 'paused') return childrenOf(row);
  if (row.logic?.kind !== 'children') return [];
  return row.logic.items.flatMap(({ child, state }) => (child !== null && state === 'paused' ? [child] : []));
}

/** False when it had been asked before and nothing changes. */
function noteKill(t: Transition, row: Row<TaskInstanceRow>, because: string, cause: KillCause): boolean {
  const asked = row.killRequestedAt !== null;
  if (asked && !(cause === 'asked' && row.reason?.code === KILL_REASONS.timeout)) return false;
  row.killRequestedAt ??= t.context.now;
  const answer =
    row.dispatchId === null
      ? { next: 'it ends with them', evidence: { waitsFor: 'the runs it started' } }
      : { next: 'it ends when its worker answers, or when the worker is lost', evidence: { worker: row.workerName } };
  setTaskReason(t, row, reason(t, KILL_REASONS[cause], `Told to end: ${because}.`, answer));
  return true;
}

/**
 * True when the order to end it came from its timeout. The order is then forgotten, so that the attempt counts as a
 * failure with its retries and not as somebody's wish to end the task.
 */
export function wasTimedOut(row: Row<TaskInstanceRow>): boolean {
  const timedOut = row.killRequestedAt !== null && row.reason?.code === KILL_REASONS.timeout;
  if (timedOut) row.killRequestedAt = null;
  return timedOut;
}

/** The timer that looks whether the worker has answered. */
export function killTimer(t: Transition, row: TaskInstanceRow, dispatchId: DispatchId, tries: number): Intent {
  const { now, settings } = t.context;
  return {
    type: 'SetTimer',
    key: killKey(row.id),
    dueAt: now + settings.killGraceMs + settings.killAnswerMs,
    event: { type: 'KillUnanswered', taskInstanceId: row.id, dispatchId, tries },
  };
}

/** Ends every task that is active or paused. */
export function killActive(t: Transition, because: string): void {
  for (const node of t.run.nodes) {
    if (node.outcome === 'active' || node.outcome === 'paused') killTask(t, node, because);
  }
}
