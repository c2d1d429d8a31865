/** How tasks end otherwise than by success: killed, or failed for good, and what that means for the rest of the run. */

import type { DispatchId } from '../identity/ids.ts';
import type { Intent } from './effects.ts';
import { clearOutbox, putOutbox, reason, setTaskState, type Transition, touchTask } from './ledger.ts';
import type { TaskInstanceRow } from './rows.ts';
import { type Row, type RunNode, setOutcome } from './run.ts';
import { dueKey, killKey } from './timer-keys.ts';

/**
 * Ends the node's current task instance. One that no worker holds is `killed` at once; one that a worker holds is
 * asked to end, by an order that outlives this server, and stays active until the worker answers or is lost.
 */
export function killTask(t: Transition, node: RunNode, because: string): void {
  const row = node.current;
  if (!row) return;
  if (row.state === 'submitted' || row.state === 'delayed') {
    t.intents.push({ type: 'DequeueTask', taskInstanceId: row.id }, { type: 'ClearTimer', key: dueKey(row.id) });
    endKilled(t, node, row, because);
  } else if (row.state === 'dispatched' || row.state === 'running') {
    requestKill(t, row, because);
  }
}

/** Why a task is told to end: `timeout` counts as a failure with its retries, `asked` is somebody's wish and final. */
export type KillCause = 'timeout' | 'asked';

/** What the reason of a task that was told to end is called; it also tells the cause after a rebuild from rows. */
export const KILL_REASONS = { timeout: 'timeout_kill', asked: 'kill_requested' } as const satisfies Record<
  KillCause,
  string
>;

/** Asks the worker to end the dispatch. Asking twice changes nothing, but a wish outweighs a timeout. */
export function requestKill(
  t: Transition,
  row: Row<TaskInstanceRow>,
  because: string,
  cause: KillCause = 'asked',
): void {
  if (row.dispatchId === null || row.workerId === null) return;
  const asked = row.killRequestedAt !== null;
  if (asked && !(cause === 'asked' && row.reason?.code === KILL_REASONS.timeout)) return;
  const { now, settings } = t.context;
  row.killRequestedAt ??= now;
  row.reason = reason(t, KILL_REASONS[cause], `Told to end: ${because}.`, {
    next: 'it ends when its worker answers, or when the worker is lost',
    evidence: { worker: row.workerName },
  });
  touchTask(t, row);
  const { dispatchId, workerId } = row;
  const order = { dispatchId, workerId, reason: because, graceMs: settings.killGraceMs };
  putOutbox(t, { ...order, kind: 'kill', workflowInstanceId: row.workflowInstanceId, createdAt: now });
  t.effects.push({ type: 'SendKill', ...order });
  t.intents.push(killTimer(t, row, dispatchId, 1));
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

/** The task instance ends as `killed`. */
export function endKilled(t: Transition, node: RunNode, row: Row<TaskInstanceRow>, because: string): void {
  row.endedAt ??= t.context.now;
  if (row.dispatchId !== null) clearOutbox(t, row.dispatchId);
  setTaskState(t, row, 'killed', reason(t, 'killed', `Killed: ${because}.`));
  nodeBroken(t, node, 'killed');
}

/** A task has failed or was killed: nothing after it starts; with strategy `end` everything else is ended too. */
export function nodeBroken(t: Transition, node: RunNode, outcome: 'failed' | 'killed'): void {
  setOutcome(t.run, node, outcome);
  if (t.run.ending || t.run.instance.failureStrategy !== 'end') return;
  t.run.ending = true;
  killActive(t, `task "${node.task.name}" failed and the failure strategy is "end"`);
}

/** Asks every active task to end. Those that no worker holds end at once. */
export function killActive(t: Transition, because: string): void {
  if (t.run.activeCount === 0) return;
  for (const node of t.run.nodes) if (node.outcome === 'active') killTask(t, node, because);
}
