/** Rules of starting, held at every commit: nothing before what comes before it, nothing too early, no retry too many. */
import type { TaskInstanceRow } from '@vaquita/core';
import { type Change, type RunFacts, type TaskChange, Violation } from './facts.ts';
import { viewGraph } from './graph.ts';
import type { Mirror } from './mirror.ts';
import { REVIVING } from './rules-rows.ts';

/** What the server's own clock may be off by its rounding to whole ms. */
const ROUNDING_MS = 2;
/** As the engine is set by default. */
const MAX_FAILOVERS = 3;

export function checkStarts(mirror: Mirror, change: Change): void {
  const { run, unit, tasks } = change;
  const made = tasks.filter(({ before, row }) => !before && row.current);
  if (made.length > 0) {
    const view = viewGraph(mirror.workflowOf(run), run);
    for (const { row } of made) {
      if (!view.tasks.has(row.name))
        throw new Violation('graph', `${row.name} is not part of the run ${row.workflowInstanceId}`);
      if (!view.mayStart(row.name)) {
        throw new Violation('graph', `${row.name} has a task instance, and not everything before it lets it through`);
      }
      if (view.tasks.get(row.name)?.enabled === false)
        throw new Violation('graph', `${row.name} is disabled and was made`);
    }
  }
  for (const { row } of made) checkNotEnding(mirror, change, row);
  for (const each of tasks) {
    checkRetries(mirror, each);
    checkFailovers(run, each);
  }
  for (const { before, row } of tasks) {
    if (row.state === 'dispatched' && before?.state !== 'dispatched')
      checkNotEarly(mirror, run.tasks, { row, at: unit.at });
  }
}

/** Under the failure strategy `end` nothing is made once a task has broken the run, but by an order to go on. */
function checkNotEnding(mirror: Mirror, { run, unit, before, tasks }: Change, made: TaskInstanceRow): void {
  if (run.row.failureStrategy !== 'end' || run.row.runCounter !== before.runCounter) return;
  if (unit.commandsDone.some(({ id }) => REVIVING.has(mirror.commands.get(id)?.row.kind ?? ''))) return;
  // After an order to go on, tasks of a broken run are at work: one that is lost with its worker and was not told to end
  // is sent elsewhere.
  const previous = run.tasks.get(made.previousId ?? '');
  const wasLost = previous?.state === 'need_fault_tolerance' && previous.killRequestedAt === null;
  if (wasLost && run.row.runCounter > 1) return;
  const view = viewGraph(mirror.workflowOf(run), run);
  const changed = new Set(tasks.map(({ row }) => row.id));
  for (const name of view.tasks.keys()) {
    // Broken before this unit: one that breaks in it may have been made first.
    const row = run.current.get(name);
    if (!row || changed.has(row.id) || !view.isBroken(name)) continue;
    throw new Violation('ending', `${made.name} was made although ${name} had broken the run, whose strategy is "end"`);
  }
}

/** An attempt that was lost with its worker is counted, up to the limit. */
function checkFailovers(run: RunFacts, { before, row }: TaskChange): void {
  if (row.failovers > MAX_FAILOVERS)
    throw new Violation('retries', `${row.name} has been sent elsewhere ${row.failovers} times`);
  const previous = before ? undefined : run.tasks.get(row.previousId ?? '');
  if (previous?.state !== 'need_fault_tolerance') return;
  const counted = previous.reason?.code === 'worker_stopped' ? 0 : 1;
  if (row.failovers !== previous.failovers + counted)
    throw new Violation('retries', `${row.name} ${row.id} was lost with its worker, and that was not counted`);
}

/** Neither before its delay nor before the interval of its retry has passed. */
function checkNotEarly(
  mirror: Mirror,
  attempts: ReadonlyMap<string, TaskInstanceRow>,
  { row, at }: { readonly row: TaskInstanceRow; readonly at: number },
): void {
  const spec = mirror.taskSpec(row.name);
  // The clocks of servers must agree for this to be told from their rows.
  if (!spec || clockTurns(mirror)) return;
  const previous = attempts.get(row.previousId ?? '');
  const retried =
    row.retryTimes > (previous?.retryTimes ?? row.retryTimes) ? (previous?.endedAt ?? 0) + spec.retry.intervalMs : 0;
  const delayed = row.firstSubmittedAt + spec.delayMs;
  const early = Math.max(retried, delayed) - mirror.wallClock(at);
  if (early > ROUNDING_MS)
    throw new Violation('time', `${row.name} ${row.id} was sent ${Math.round(early)} ms too early`);
}

/** A clock is turned in this scenario. */
function clockTurns(mirror: Mirror): boolean {
  return mirror.scenario.faults.some(({ what }) => what === 'clock');
}

function checkRetries(mirror: Mirror, { before, row }: TaskChange): void {
  const times = mirror.taskSpec(row.name)?.retry.times ?? 0;
  if (row.retryTimes > times) {
    throw new Violation('retries', `${row.name} is at retry ${row.retryTimes}, and ${times} are allowed`);
  }
  if (!before && row.retryTimes > 0 && row.previousId === null) {
    throw new Violation('retries', `${row.name} ${row.id} is a retry of nothing`);
  }
}
