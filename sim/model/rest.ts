/** When everything has come to rest: each run has ended, or waits for a person or for room, and says so. */
import type { TaskInstanceRow } from '@vaquita/core';
import type { RunFacts } from './facts.ts';
import type { Mirror } from './mirror.ts';
import { TERMINAL_RUN, TERMINAL_TASK } from './rules-rows.ts';

/** What has not come to rest, in a sentence. */
export function unrest(mirror: Mirror): string | undefined {
  for (const { row, outcome } of mirror.commands.values()) {
    if (outcome === null) return `the command ${row.kind} for run ${row.workflowInstanceId} has not been carried out`;
  }
  for (const run of mirror.runs.values()) {
    if (run.row.quarantine) return `the run ${run.row.id} is set aside: ${run.row.quarantine.text}`;
    if (TERMINAL_RUN.has(run.row.state) || waitsForPerson(mirror, run)) continue;
    const open = [...run.current.values()].filter(({ state }) => !TERMINAL_TASK.has(state));
    const tasks = open.map((row) => `${row.name} is ${row.state} (${row.reason?.code ?? 'no reason'})`).join(', ');
    return `the run ${run.row.id} is ${run.row.state} (${run.row.reason?.code ?? 'no reason'})${tasks && `: ${tasks}`}`;
  }
  return undefined;
}

function waitsForPerson(mirror: Mirror, run: RunFacts, seen: ReadonlySet<RunFacts> = new Set()): boolean {
  if (seen.has(run)) return true;
  const on = new Set([...seen, run]);
  if (run.row.queuedAt != null && run.row.reason !== null) return waitsForTurn(mirror, run, on);
  const open = [...run.current.values()].filter(({ state }) => !TERMINAL_TASK.has(state));
  return open.length > 0 && open.every((row) => taskWaits(mirror, row, on));
}

/** For its turn, behind a run that waits for a person itself. */
function waitsForTurn(mirror: Mirror, run: RunFacts, seen: ReadonlySet<RunFacts>): boolean {
  const others = [...mirror.runs.values()].filter(
    (other) => other !== run && other.row.workflowId === run.row.workflowId,
  );
  return others.some((other) => other.row.state === 'running' && waitsForPerson(mirror, other, seen));
}

function taskWaits(mirror: Mirror, row: TaskInstanceRow, seen: ReadonlySet<RunFacts>): boolean {
  if (row.reason === null) return false;
  switch (row.logic?.kind) {
    case 'approval':
      return row.logic.decision === null;
    case 'wait':
      return row.logic.signal !== null;
    case 'dependent':
      return true;
    case 'child':
      return childWaits(mirror, row.logic.child, seen);
    case 'children':
      return row.logic.items.every(({ child, state }) => state !== 'started' || childWaits(mirror, child, seen));
    default:
      return row.taskGroup != null && row.groupSlot == null && mirror.groupSize(row.taskGroup) === 0;
  }
}

function childWaits(mirror: Mirror, child: string | null, seen: ReadonlySet<RunFacts>): boolean {
  const run = child === null ? undefined : mirror.runs.get(child);
  return run !== undefined && !TERMINAL_RUN.has(run.row.state) && waitsForPerson(mirror, run, seen);
}
