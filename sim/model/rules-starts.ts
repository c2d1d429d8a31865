/** Rules of starting, held at every commit: nothing before what comes before it, nothing too early, no retry too many. */
import type { TaskInstanceRow } from '@vaquita/core';
import { type Change, type TaskChange, Violation } from './facts.ts';
import { viewGraph } from './graph.ts';
import type { Mirror } from './mirror.ts';

/** What the server's own clock may be off by its rounding to whole ms. */
const ROUNDING_MS = 2;

export function checkStarts(mirror: Mirror, { run, unit, tasks }: Change): void {
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
  for (const each of tasks) checkRetries(mirror, each);
  for (const { before, row } of tasks) {
    if (row.state === 'dispatched' && before?.state !== 'dispatched')
      checkNotEarly(mirror, run.tasks, { row, at: unit.at });
  }
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
