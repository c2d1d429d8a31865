/** What the reconciler can find, in words; and what it has found and mended, counted over the life of the server. */
import type { DispatchId, TaskInstanceId, WorkerId, WorkflowInstanceId } from '@vaquita/core';

export const CHECKS = {
  run_not_in_memory: 'an open run that nobody has in memory',
  run_not_open: 'a run in memory whose rows say that it has ended, or are gone',
  rows_differ: 'a run in memory that is not what its rows say',
  never_started: 'a run whose start command is gone',
  stands_still: 'a run, or a task, with nothing that would make it go on',
  place_differs: 'a place of a run, or a slot of a task group, that is not what the rows say',
  ghost_place: 'a place, a slot or a wait for one, of a run that is not open',
  leaked_dispatch: 'a dispatch in memory that no task has',
  leaked_slot: 'a slot of a worker that no dispatch takes',
  stray_in_queue: 'a queued task that waits for no worker',
  idle_slot: 'a queued task and a free slot for it that nobody brings together',
  stuck_command: 'a command that nobody carries out',
  unwatched_worker: 'a worker that should be here, and is neither connected nor waited for',
  denied_worker: 'a worker that is connected while its row says that it is not',
  late_timers: 'timers that are due and do not fire',
} as const;
export type Check = keyof typeof CHECKS;

export interface Finding {
  readonly check: Check;
  /** What it is about: found again, it is the same finding when subject and stamp are. */
  readonly subject: string;
  /** How things stand, in short: what has moved on since is healthy. */
  readonly stamp: string;
  /** For people, with the evidence. */
  readonly text: string;
  readonly mend: Mend;
  /** The run that was being looked at; null: something that is of no run. */
  readonly run: WorkflowInstanceId | null;
}

/** How a finding is put right. Each is safe also when the finding was none. */
export type Mend =
  /** The run is brought into memory. */
  | { readonly how: 'load'; readonly run: WorkflowInstanceId }
  /** The run is built anew from its rows. */
  | { readonly how: 'renew'; readonly run: WorkflowInstanceId }
  /** Its start command is filed anew. */
  | { readonly how: 'start'; readonly run: WorkflowInstanceId }
  /** What memory holds for a run that is not open goes. */
  | { readonly how: 'forget'; readonly run: WorkflowInstanceId }
  | { readonly how: 'free_dispatch'; readonly dispatch: DispatchId }
  | { readonly how: 'free_slot'; readonly dispatch: DispatchId; readonly worker: WorkerId }
  | { readonly how: 'unqueue'; readonly task: TaskInstanceId }
  | { readonly how: 'place' }
  | { readonly how: 'take_command'; readonly run: WorkflowInstanceId }
  | { readonly how: 'await_worker' | 'affirm_worker'; readonly worker: WorkerId }
  | { readonly how: 'catch_up' };

export function unwatched(worker: WorkerId, run: WorkflowInstanceId | null): Finding {
  const text = `Worker ${worker} should be here, and was neither connected nor waited for.`;
  return { check: 'unwatched_worker', subject: worker, stamp: '', text, mend: { how: 'await_worker', worker }, run };
}

export type MendReport = Readonly<Partial<Record<Check, number>>>;

export interface MendCounts {
  mended(check: Check): void;
  /** Found again and again whatever was done about it. */
  gaveUp(check: Check): void;
  report(): { readonly mended: MendReport; readonly gaveUp: MendReport };
}

export function createMendCounts(): MendCounts {
  const mended = new Map<Check, number>();
  const gaveUp = new Map<Check, number>();
  const add = (counts: Map<Check, number>, check: Check) => void counts.set(check, (counts.get(check) ?? 0) + 1);
  return {
    mended: (check) => add(mended, check),
    gaveUp: (check) => add(gaveUp, check),
    report: () => ({ mended: Object.fromEntries(mended), gaveUp: Object.fromEntries(gaveUp) }),
  };
}
