/** Rules of what workers see: no task is worked on twice at once, unless a worker was away for long enough. */
import { type Execution, Violation } from './facts.ts';
import type { Mirror } from './mirror.ts';
import { isHeld } from './rules-rows.ts';

/** A task is taken back from a worker that does not acknowledge it, at the earliest so long after it was sent. */
const PATIENCE_MS = 15_000;

export function checkAccepted(mirror: Mirror, execution: Execution): void {
  if (execution.epoch < mirror.seenBy(execution.worker)) {
    throw new Violation(
      'order',
      `worker ${execution.worker} begins what epoch ${execution.epoch} sent it, and has seen epoch ${mirror.seenBy(execution.worker)}`,
    );
  }
  const subject = taskOf(mirror, execution.taskInstanceId);
  // A stop of a run that was set aside does not wait for its workers.
  const hasty = [...mirror.runs.values()].some((run) => run.wasAside && run.tasks.has(execution.taskInstanceId));
  for (const other of mirror.executions.values()) {
    if (other === execution || other.endedAt !== null || other.taskInstanceId === '') continue;
    if (hasty || taskOf(mirror, other.taskInstanceId) !== subject) continue;
    if (other.dispatchId === execution.dispatchId || mirror.wasImpaired(other.worker, other.acceptedAt - PATIENCE_MS))
      continue;
    // One that slept may begin what it was sent long ago, before it hears that it has been given up.
    if (mirror.wasImpaired(execution.worker, execution.acceptedAt - PATIENCE_MS)) continue;
    throw new Violation(
      'twice',
      `${subject} is begun by worker ${execution.worker} while worker ${other.worker}, which was never away, works on it`,
    );
  }
  if (!knows(mirror, execution)) {
    throw new Violation('order', `worker ${execution.worker} was sent ${execution.dispatchId}, which no row knows of`);
  }
}

/** P5: whoever may forget a result finds it on record. */
export function checkAcknowledged(mirror: Mirror, worker: string, dispatchId: string): void {
  for (const run of mirror.runs.values()) {
    for (const row of run.current.values()) {
      if (row.dispatchId !== dispatchId || !isHeld(row)) continue;
      throw new Violation('acks', `worker ${worker} may forget how ${row.name} ${row.id} ended, and no row says it`);
    }
  }
}

/** P1: whatever reaches a worker is on record. */
function knows(mirror: Mirror, { taskInstanceId, dispatchId }: Execution): boolean {
  for (const run of mirror.runs.values()) {
    const row = run.tasks.get(taskInstanceId);
    if (row) return row.dispatchId === dispatchId || mirror.wasDispatched(dispatchId);
  }
  return false;
}

function taskOf(mirror: Mirror, taskInstanceId: string): string {
  for (const run of mirror.runs.values()) {
    const row = run.tasks.get(taskInstanceId);
    if (row) return `${run.row.id}/${row.name}`;
  }
  return taskInstanceId;
}
