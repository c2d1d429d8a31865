/** Timers of what a run tells when it takes too long. Set again from the rows by whoever takes the run over. */
import { deadlineFrom } from './alerts.ts';
import type { Transition } from './ledger.ts';
import type { TaskInstanceRow } from './rows.ts';

/** A run waits for its turn, a run should have ended, a task waits to be sent. */
const turnWaitKey = (id: string) => `run-wait:${id}`;
const deadlineKey = (id: string) => `run-deadline:${id}`;
const taskWaitKey = (id: string) => `task-wait:${id}`;

/** The run waits for its turn from now on, or does so in its rows. */
export function watchTurn(t: Transition): void {
  const { alerts, instance } = t.run;
  if (alerts === null) return;
  const { id, queuedAt } = instance;
  if (alerts.queueWaitMs !== null && queuedAt !== null) {
    const event = { type: 'TurnWaitPassed', queuedAt } as const;
    t.intents.push({ type: 'SetTimer', key: turnWaitKey(id), dueAt: queuedAt + alerts.queueWaitMs, event });
  }
  watchDeadline(t);
}

export function watchDeadline(t: Transition): void {
  const { alerts, instance } = t.run;
  if (alerts === null || alerts.deadlineMs === null) return;
  const from = deadlineFrom(t);
  if (from === null) return;
  const event = { type: 'DeadlinePassed', runCounter: instance.runCounter } as const;
  t.intents.push({ type: 'SetTimer', key: deadlineKey(instance.id), dueAt: from + alerts.deadlineMs, event });
}

/** The run has its turn. */
export function endTurnWatch(t: Transition): void {
  const { alerts, instance } = t.run;
  if (alerts === null) return;
  if (alerts.queueWaitMs !== null) t.intents.push({ type: 'ClearTimer', key: turnWaitKey(instance.id) });
  // That of a first turn runs already, and may have been told.
  if (instance.runCounter > 1) watchDeadline(t);
}

/** The run is not live any more. */
export function endRunWatch(t: Transition): void {
  const { alerts, instance } = t.run;
  if (alerts === null) return;
  if (alerts.queueWaitMs !== null) t.intents.push({ type: 'ClearTimer', key: turnWaitKey(instance.id) });
  if (alerts.deadlineMs !== null) t.intents.push({ type: 'ClearTimer', key: deadlineKey(instance.id) });
}

/**
 * The task waits for a slot of its group or for a worker. How long it has, its reason tells, which may have been put anew
 * since: after a change of leaders it is told late rather than too early.
 */
export function watchTask(t: Transition, row: TaskInstanceRow): void {
  const { alerts } = t.run;
  if (alerts === null || alerts.queueWaitMs === null) return;
  const since = Math.max(row.submittedAt, row.reason?.since ?? 0);
  const event = { type: 'TaskWaitPassed', taskInstanceId: row.id } as const;
  t.intents.push({ type: 'SetTimer', key: taskWaitKey(row.id), dueAt: since + alerts.queueWaitMs, event });
}

/** It has been sent to a worker, or goes on no more. */
export function endTaskWatch(t: Transition, row: TaskInstanceRow): void {
  const { alerts } = t.run;
  if (alerts === null || alerts.queueWaitMs === null) return;
  t.intents.push({ type: 'ClearTimer', key: taskWaitKey(row.id) });
}
