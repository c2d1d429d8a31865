/**
 * What a run tells people, filed with the change that it tells of.
 *
 * M13 A run that alerts nobody tells no alert group: its `alerts` are null, and that is all that is looked at.
 * M14 What a timer has a run tell carries an id that follows from its rows: whoever leads, it is written once.
 *
 * - How a run has ended is told by its choice. A run that a person stopped is no failure; one that the engine stopped
 *   because of the others is `workflow_blocked`.
 * - A timeout that warns, a wait and a deadline are asked for one by one in the definition. They are told at once, whatever
 *   the choice of ends; timeouts not where that is `none`.
 * - A task that fails for good is told of at once when its run goes on for all that. A failure that ends the run, or comes
 *   while it ends, is told with that end.
 * - A success takes back what was told of the workflow before.
 */
import type { AlertId } from '../alerts/alert.ts';
import type { AlertKind } from '../alerts/message.ts';
import { derivedId } from '../identity/ids.ts';
import { formatDuration } from '../time/duration.ts';
import { factsOfTasks, howTaskEnded, nameOfRun, type RunWords, runAlert } from './alert-words.ts';
import type { Transition } from './ledger.ts';
import { breaksRun } from './outcomes.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { RunNode } from './run.ts';
import { type RunAlerts, tellsOfFailure, tellsOfSuccess } from './run-alerts.ts';

/** Tasks of one run that are told of by themselves; whatever else fails is told at the end of the run. */
const MAX_TASKS_TOLD = 10;

type Words = Omit<RunWords, 'id' | 'group' | 'at'> & { readonly id?: AlertId };

function file(t: Transition, { group }: RunAlerts, { id, ...words }: Words): void {
  const { now, ids } = t.context;
  t.run.changes.newAlerts.push(runAlert(t.run, { ...words, id: id ?? ids.next<'alert'>(), group, at: now }));
}

/** The run has just ended. */
export function tellOfEnd(t: Transition): void {
  const { alerts, instance } = t.run;
  if (alerts === null) return;
  switch (instance.state) {
    case 'success':
      takeBack(t, alerts);
      if (tellsOfSuccess(alerts)) {
        const text = instance.reason?.text ?? 'All of its tasks have ended well.';
        file(t, alerts, { kind: 'workflow_succeeded', title: `${nameOfRun(t.run)} has succeeded`, text });
      }
      return;
    case 'failure':
      if (tellsOfFailure(alerts)) tellOfFailure(t, alerts);
      return;
    case 'stopped':
      if (tellsOfFailure(alerts) && instance.reason?.code !== 'stopped') tellOfBlocked(t, alerts);
      return;
  }
}

function tellOfFailure(t: Transition, alerts: RunAlerts): void {
  const { run } = t;
  const { reason } = run.instance;
  const timedOut = reason?.code === 'workflow_timeout';
  // Told when it passed its timeout.
  if (timedOut && run.definition.timeout?.strategy === 'warn_and_fail') return;
  file(t, alerts, {
    kind: timedOut ? 'workflow_timed_out' : 'workflow_failed',
    title: `${nameOfRun(run)} ${timedOut ? 'has passed its timeout and was ended' : 'has failed'}`,
    text: reason?.text ?? 'It has failed.',
    facts: factsOfTasks(run.nodes.filter((node) => breaksRun(run, node))),
  });
}

function tellOfBlocked(t: Transition, alerts: RunAlerts): void {
  const { run } = t;
  const text = run.instance.reason?.text ?? 'It was stopped.';
  const title = `${nameOfRun(run)} ${run.instance.startedAt === null ? 'was not let run' : 'had to make room'}`;
  file(t, alerts, { kind: 'workflow_blocked', title, text });
}

/** Filed whether or not anything was told before: the store writes what there is something to take back for. */
function takeBack(t: Transition, alerts: RunAlerts): void {
  const { instance, definition } = t.run;
  const kinds: AlertKind[] = ['workflow_failed'];
  if (definition.tasks.length > 1) kinds.push('task_failed');
  if (definition.execution !== 'parallel') kinds.push('workflow_blocked');
  if (definition.timeout !== null || instance.timeoutMs !== null) kinds.push('workflow_timed_out');
  if (definition.tasks.some(({ timeout }) => timeout !== null && timeout.strategy !== 'fail'))
    kinds.push('task_timed_out');
  if (alerts.queueWaitMs !== null) kinds.push('queue_wait_missed');
  if (alerts.deadlineMs !== null) kinds.push('deadline_missed');
  const title = `"${instance.workflowName}" runs well again`;
  const text = `${nameOfRun(t.run)} has succeeded.`;
  for (const kind of kinds) file(t, alerts, { kind, state: 'resolved', title, text });
}

/** The run has passed its timeout, and its definition has people warned. */
export function tellOfTimeout(t: Transition, whatNext: string): void {
  const { alerts, instance, definition } = t.run;
  if (alerts === null || alerts.on === 'none') return;
  const afterMs = instance.timeoutMs ?? definition.timeout?.afterMs ?? 0;
  file(t, alerts, {
    id: derivedId((instance.startedAt ?? 0) + afterMs, `workflow_timed_out:${instance.id}:${instance.runCounter}`),
    kind: 'workflow_timed_out',
    title: `${nameOfRun(t.run)} has passed its timeout`,
    text: `It has been running for longer than ${formatDuration(afterMs)}, and ${whatNext}.`,
  });
}

/** Likewise one of its tasks. */
export function tellOfTaskTimeout(t: Transition, { task }: RunNode, row: TaskInstanceRow): void {
  const { alerts } = t.run;
  const { timeout } = task;
  if (alerts === null || alerts.on === 'none' || timeout === null) return;
  const since = timeout.from === 'start' ? (row.startedAt ?? row.submittedAt) : row.firstSubmittedAt;
  const next = timeout.strategy === 'warn' ? 'It goes on' : 'It is ended now';
  file(t, alerts, {
    id: derivedId(since + timeout.afterMs, `task_timed_out:${row.id}`),
    kind: 'task_timed_out',
    title: `Task "${task.name}" of ${nameOfRun(t.run)} has passed its timeout`,
    text: `It has not ended ${formatDuration(timeout.afterMs)} after it was ${timeout.from === 'start' ? 'started' : 'submitted'}. ${next}.`,
    facts: [{ name: 'Task', value: task.name }, ...worker(row), { name: 'Attempt', value: String(row.attempt) }],
  });
}

/** A task has failed for good; whether its run goes on is known at the end of the transition. */
export function noteFailedTask({ run: { alerts } }: Transition, node: RunNode): void {
  if (alerts !== null && tellsOfFailure(alerts)) alerts.failing.push(node);
}

/** Called at the end of every transition. */
export function tellOfFailedTasks(t: Transition): void {
  const { alerts, instance, ending } = t.run;
  if (alerts === null || alerts.failing.length === 0) return;
  const goesOn = (instance.state === 'running' || instance.state === 'ready_pause') && !ending;
  for (const node of alerts.failing.splice(0)) {
    if (!goesOn || node.current === null || !breaksRun(t.run, node) || alerts.tasksTold >= MAX_TASKS_TOLD) continue;
    alerts.tasksTold += 1;
    file(t, alerts, {
      kind: 'task_failed',
      title: `Task "${node.task.name}" of ${nameOfRun(t.run)} has failed`,
      text: `${howTaskEnded(node.current)} The run goes on with what does not depend on it, and will end as failed.`,
      facts: factsOfTasks([node]),
    });
  }
}

/** The run has waited for its turn for longer than its definition allows for. */
export function tellOfTurnWait(t: Transition, { queuedAt }: { readonly queuedAt: number }): void {
  const { alerts, instance } = t.run;
  if (alerts === null || alerts.queueWaitMs === null || instance.queuedAt !== queuedAt) return;
  file(t, alerts, {
    id: derivedId(queuedAt + alerts.queueWaitMs, `queue_wait_missed:${instance.id}:${queuedAt}`),
    kind: 'queue_wait_missed',
    title: `${nameOfRun(t.run)} has not begun`,
    text: `It has waited for its turn for longer than ${formatDuration(alerts.queueWaitMs)}. ${instance.reason?.text ?? ''}`,
  });
}

/** One of its tasks has waited for a slot or a worker for longer than that. */
export function tellOfTaskWait(t: Transition, { row }: { readonly row: TaskInstanceRow }): void {
  const { alerts } = t.run;
  if (alerts === null || alerts.queueWaitMs === null) return;
  file(t, alerts, {
    id: derivedId(row.submittedAt + alerts.queueWaitMs, `queue_wait_missed:${row.id}`),
    kind: 'queue_wait_missed',
    title: `Task "${row.name}" of ${nameOfRun(t.run)} has not begun`,
    text: `It has been queued for longer than ${formatDuration(alerts.queueWaitMs)}. ${row.reason?.text ?? ''}`,
    facts: [
      { name: 'Task', value: row.name },
      { name: 'Worker group', value: row.workerGroup },
    ],
  });
}

/** The run has not ended in the time that its definition gives it. It goes on. */
export function tellOfDeadline(t: Transition, { runCounter }: { readonly runCounter: number }): void {
  const { alerts, instance } = t.run;
  const from = deadlineFrom(t);
  if (alerts === null || alerts.deadlineMs === null || from === null || instance.runCounter !== runCounter) return;
  const since = runCounter === 1 ? 'was asked for' : 'was begun again';
  file(t, alerts, {
    id: derivedId(from + alerts.deadlineMs, `deadline_missed:${instance.id}:${runCounter}`),
    kind: 'deadline_missed',
    title: `${nameOfRun(t.run)} has missed its deadline`,
    text: `It has not ended ${formatDuration(alerts.deadlineMs)} after it ${since}, and goes on. ${instance.reason?.text ?? ''}`,
  });
}

/**
 * What the deadline counts from: the moment the run was filed. One that is done again has its time from when it has its
 * turn; null before.
 */
export function deadlineFrom({ run: { instance } }: Transition): number | null {
  if (instance.runCounter === 1) return instance.createdAt;
  return instance.queuedAt === null ? instance.startedAt : null;
}

function worker({ workerName }: TaskInstanceRow) {
  return workerName === null ? [] : [{ name: 'Worker', value: workerName }];
}
