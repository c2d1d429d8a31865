/** The rule of reasons, held at every commit: whatever does not go on says why, and what it says is of now. */
import type { TaskInstanceRow } from '@vaquita/core';
import { type RunFacts, Violation } from './facts.ts';
import type { Mirror } from './mirror.ts';
import { isHeld, TERMINAL_RUN, TERMINAL_TASK } from './rules-rows.ts';

export function checkReason(row: TaskInstanceRow): void {
  if (TERMINAL_TASK.has(row.state)) return;
  // Who holds it is what it waits for: the row says that by itself.
  if (isHeld(row) && row.state === 'running' && row.killRequestedAt === null) return;
  if (row.reason === null || row.reason.text === '') {
    throw new Violation('reasons', `${row.name} ${row.id} is ${row.state} and gives no reason`);
  }
}

/** A run that waits, for its turn or after it was asked to stop or to pause, says so too. */
export function checkRunReason({ row }: RunFacts): void {
  if (TERMINAL_RUN.has(row.state) || row.state === 'running' || row.number === null) return;
  if (row.reason === null) throw new Violation('reasons', `the run ${row.id} is ${row.state} and gives no reason`);
}

/** At rest: what a reason says is to happen next has not been due since before that moment. */
export function checkNothingOverdue(mirror: Mirror, latest: number): void {
  for (const run of mirror.runs.values()) {
    for (const row of run.current.values()) {
      const next = row.reason?.nextAt;
      if (TERMINAL_TASK.has(row.state) || next === undefined || next > latest) continue;
      throw new Violation(
        'reasons',
        `${row.name} ${row.id} is ${row.state} and says that it goes on at a time long past`,
      );
    }
  }
}
