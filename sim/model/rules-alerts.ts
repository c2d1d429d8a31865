/**
 * Which alerts a commit must file, worked out from what it changes and from what workflows and starts ask for.
 *
 * - Each end of a run that somebody wants to be told of, once, in the commit that makes it so; and a success takes back
 *   whatever was told of its workflow before.
 * - A task that fails for good is told of when its run goes on.
 * - What takes too long is told of only where that was asked for, and not before it has.
 * - Dry runs, and runs that runs have started, tell nothing.
 */

import type { AlertKind, NewAlert } from './alert-facts.ts';
import { type AlertModel, OF_CLUSTER } from './alerts.ts';
import { type Change, type RunFacts, Violation } from './facts.ts';
import { viewGraph } from './graph.ts';
import type { Mirror } from './mirror.ts';

interface Wanted {
  readonly success: boolean;
  readonly failure: boolean;
  /** Of tasks whose timeouts warn. */
  readonly timeouts: boolean;
  readonly group: string;
  readonly queueWaitMs: number | null;
  readonly deadlineMs: number | null;
}

/** So many tasks of one run are told of by themselves. */
const MAX_TASKS_TOLD = 10;
/** What a server's own clock may be off by its rounding to whole ms. */
const ROUNDING_MS = 2;
/** What is late at rest by more than this should have been told. */
const LATE_MS = 120_000;
const OPENED: readonly AlertKind[] = [
  ...(['workflow_failed', 'workflow_timed_out', 'workflow_blocked'] as const),
  ...(['task_failed', 'task_timed_out', 'queue_wait_missed', 'deadline_missed'] as const),
];

/** Tasks of each run that were told of by themselves. */
export type TasksTold = Map<string, number>;

export function checkAsked(mirror: Mirror, alerts: AlertModel, told: TasksTold, change: Change): void {
  const { unit, run } = change;
  const wanted = wantedOf(mirror, run);
  const filed = unit.newAlerts.filter(({ message }) => !OF_CLUSTER.has(message.kind));
  const open = filed.filter(({ message }) => message.state === 'open');
  if (wanted === null) {
    if (filed.length > 0) throw wrong(run, 'tells of itself, and nobody asked for that');
    return;
  }
  for (const alert of filed) {
    if (alert.workflowInstanceId !== run.row.id || !alert.message.subject.endsWith(`:${run.row.workflowId}`))
      throw wrong(run, `files an alert of another run, ${alert.message.subject}`);
    if (alert.group !== wanted.group) throw wrong(run, `alerts ${alert.group} and not ${wanted.group}`);
  }
  const count = (...kinds: AlertKind[]) => open.filter(({ message }) => kinds.includes(message.kind)).length;
  const ends = endsOf(change);
  checkCount(run, 'workflow_succeeded', { is: count('workflow_succeeded'), of: wanted.success ? ends.success : 0 });
  checkCount(run, 'a failure', {
    is: count('workflow_failed', 'workflow_timed_out'),
    of: wanted.failure ? ends.failure : 0,
  });
  checkCount(run, 'workflow_blocked', { is: count('workflow_blocked'), of: wanted.failure ? ends.blocked : 0 });
  if (run.row.state === 'success' && ends.success > 0) checkTakenBack(alerts, run);
  checkTasks(mirror, told, change, { count: count('task_failed'), tells: wanted.failure });
  for (const alert of open) checkLate(mirror, change, { alert, wanted });
}

/** Who is to be told of this run; null: nobody, of nothing. */
function wantedOf(mirror: Mirror, { row }: Pick<RunFacts, 'row'>): Wanted | null {
  const spec = mirror.scenario.workflows.find(({ name }) => name === row.workflowName)?.alerts ?? null;
  const on = row.alertOn ?? spec?.on ?? 'none';
  if (row.dryRun || row.parentInstanceId !== null || row.alertOn === 'none') return null;
  const { queueWaitMs = null, deadlineMs = null } = spec ?? {};
  if (on === 'none' && queueWaitMs === null && deadlineMs === null) return null;
  return {
    success: on === 'success' || on === 'all',
    failure: on === 'failure' || on === 'all',
    timeouts: on !== 'none',
    group: row.alertGroup ?? spec?.group ?? 'default',
    ...{ queueWaitMs, deadlineMs },
  };
}

/** How often the run has ended in this unit, and how. */
function endsOf({ unit, run }: Change): Readonly<Record<'success' | 'failure' | 'blocked', number>> {
  const ends = { success: 0, failure: 0, blocked: 0 };
  for (const { type, workflowInstanceId, taskInstanceId, data } of unit.events) {
    if (type !== 'workflow_instance.state' || workflowInstanceId !== run.row.id || taskInstanceId !== null) continue;
    const { from, to, code } = data as { from: string; to: string; code?: string };
    if (from === to) continue;
    if (to === 'success' || to === 'failure') ends[to] += 1;
    if (to === 'stopped' && code !== 'stopped') ends.blocked += 1;
  }
  return ends;
}

/** After the commit, which a success takes back with. */
function checkTakenBack(alerts: AlertModel, run: RunFacts): void {
  for (const kind of OPENED)
    if (alerts.isOpen(`${kind}:${run.row.workflowId}`))
      throw wrong(run, `has succeeded, and ${kind} is not taken back`);
}

function checkTasks(
  mirror: Mirror,
  told: TasksTold,
  { unit, run }: Change,
  { count, tells }: { readonly count: number; readonly tells: boolean },
): void {
  const before = told.get(run.row.id) ?? 0;
  told.set(run.row.id, before + count);
  const failed = new Set(
    unit.events
      .filter(({ type, data }) => type === 'task_instance.state' && data.to === 'failure')
      .map(({ taskInstanceId }) => taskInstanceId as string),
  );
  if (!tells || run.row.failureStrategy === 'end') failed.clear();
  const goesOn =
    ['running', 'ready_pause'].includes(run.row.state) &&
    unit.events.every(({ type }) => type !== 'workflow_instance.state');
  const view = viewGraph(mirror.workflowOf(run), run);
  const forGood = [...run.current.values()].filter(
    ({ id, name, state }) => failed.has(id) && state === 'failure' && view.isBroken(name),
  ).length;
  const least = goesOn ? Math.min(forGood, Math.max(0, MAX_TASKS_TOLD - before)) : 0;
  if (count < least) throw wrong(run, `tells of ${count} failed tasks, and ${least} have failed`);
  if (count > failed.size) throw wrong(run, `tells of ${count} failed tasks, and ${failed.size} have failed`);
}

/** Told of only where it was asked for, and when it has taken so long. */
function checkLate(
  mirror: Mirror,
  { unit, run }: Change,
  { alert, wanted }: { readonly alert: NewAlert; readonly wanted: Wanted },
): void {
  const { kind } = alert.message;
  const warns = mirror.workflowOf(run).tasks.some(({ timeout }) => timeout !== null && timeout.strategy !== 'fail');
  if (kind === 'task_timed_out' && !(wanted.timeouts && warns))
    throw wrong(run, `tells ${kind}, and nobody asked for that`);
  const asked = { queue_wait_missed: wanted.queueWaitMs, deadline_missed: wanted.deadlineMs };
  if (kind !== 'queue_wait_missed' && kind !== 'deadline_missed') return;
  const limitMs = asked[kind];
  if (limitMs === null) throw wrong(run, `tells ${kind}, and nobody asked for that`);
  const turned = mirror.scenario.faults.some(({ what }) => what === 'clock');
  const early = run.row.createdAt + limitMs - mirror.wallClock(unit.at);
  if (!turned && early > ROUNDING_MS) throw wrong(run, `tells ${kind} ${Math.round(early)} ms too early`);
}

/** At rest: whoever has not ended in time has told so. */
export function checkLateTold(mirror: Mirror, alerts: AlertModel, now: number): void {
  if (mirror.scenario.faults.some(({ what }) => what === 'clock')) return;
  const told = new Set(alerts.runsTold('deadline_missed'));
  for (const run of mirror.runs.values()) {
    const { deadlineMs = null } = wantedOf(mirror, run) ?? {};
    const { id, state, runCounter, createdAt } = run.row;
    if (deadlineMs === null || state !== 'running' || runCounter > 1 || told.has(id)) continue;
    if (createdAt + deadlineMs < mirror.wallClock(now) - LATE_MS)
      throw wrong(run, 'has missed its deadline, and not told');
  }
}

function checkCount(run: RunFacts, what: string, { is, of }: { readonly is: number; readonly of: number }): void {
  if (is !== of) throw wrong(run, `tells ${is} times of ${what} in a commit, where ${of} are asked for`);
}

function wrong({ row }: RunFacts, what: string): Violation {
  return new Violation('asked', `the run ${row.id} (${row.state}) ${what}`);
}
