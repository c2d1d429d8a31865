/**
 * What must hold of a run whenever its changes are about to be committed. Looks only at what has changed, so that it is
 * cheap enough for production; a violation means a defect of the engine, and the run is set aside before it is written.
 */
import type { TaskInstanceRow } from './rows.ts';
import type { Run } from './run.ts';
import { isTaskTerminal, type TaskState } from './states.ts';

/** The first violation in a sentence with the invariant's number, or undefined. */
export function checkInvariants(run: Run): string | undefined {
  return checkInstance(run) ?? checkTasks(run);
}

function checkInstance(run: Run): string | undefined {
  const { state, queuedAt, executionSlot } = run.instance;
  if (run.alerts === null && run.changes.newAlerts.some(({ group }) => group !== null))
    return 'M13: the run alerts nobody and has filed an alert';
  const live = state === 'running' || state === 'ready_pause' || state === 'ready_stop';
  if (live && run.activeCount === 0 && run.backlog.length === 0)
    return `M5: the run is ${state} and none of its tasks is active`;
  if (run.activeCount < 0) return 'M5: fewer than no tasks are active';
  if (!live && run.activeCount > 0) return `M5: the run is ${state} and ${run.activeCount} of its tasks are active`;
  if (queuedAt !== null && state !== 'submitted' && state !== 'serial_wait')
    return `M5: the run is ${state} and waits for its turn`;
  if (queuedAt !== null && executionSlot !== null) return 'M5: the run waits for its turn and has a place';
  if (queuedAt === null && state === 'serial_wait') return 'M5: the run is serial_wait and does not ask for its turn';
  return undefined;
}

function checkTasks(run: Run): string | undefined {
  const { newTasks, changedTasks } = run.changes;
  for (const ids of [newTasks, changedTasks]) {
    for (const id of ids) {
      const row = run.nodeOf.get(id)?.current;
      if (!row) continue;
      const wrong = row.id === id ? checkTask(row) : 'M2: it is current and its task has another current one';
      if (wrong !== undefined) return `${wrong} (task "${row.name}", attempt ${row.attempt})`;
      const before = run.committed.get(id)?.state;
      if (before !== undefined && !mayFollow(before, row.state))
        return `M1: it was ${before} and is ${row.state} (task "${row.name}", attempt ${row.attempt})`;
    }
  }
  return undefined;
}

/** States that may still change once they are durable. */
function mayFollow(before: TaskState, after: TaskState): boolean {
  if (before === after || !isTaskTerminal(before) || before === 'paused') return true;
  return (before === 'failure' || before === 'killed') && after === 'forced_success';
}

function checkTask(row: TaskInstanceRow): string | undefined {
  const { state, dispatchId, logic, reason, groupSlot, dueAt } = row;
  if (state === 'dispatched' && dispatchId === null) return 'M3: it is dispatched and has no dispatch';
  if (state === 'running' && dispatchId === null && logic === null && row.startedAt === null)
    return 'M3: it is running and nobody runs it';
  if ((state === 'submitted' || state === 'delayed' || state === 'paused') && dispatchId !== null)
    return `M3: it is ${state} and has a dispatch`;
  if (state === 'delayed' && dueAt === null) return 'M5: it is delayed and has no time';
  if (state === 'paused' && groupSlot !== null) return 'M10: it is paused and holds a slot of its task group';
  if (!isTaskTerminal(state) && state !== 'running' && reason === null) return `M11: it is ${state} without a reason`;
  return undefined;
}
