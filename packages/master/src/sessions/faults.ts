/**
 * What workers did wrong, by name, and what became of their connections: counted over the life of the server, for
 * whoever watches it. Each fault is also told to the worker it comes from, for its log.
 */
import type { CloseReason, RejectCode } from '@vaquita/protocol';

export const WORKER_FAULTS = {
  bad_message: 'a message that does not parse or does not fit its schema',
  not_its_dispatch: 'a report on a dispatch of another worker',
  unknown_dispatch: 'a result for a dispatch that is not on record, or not any more',
  wrong_epoch: 'a report under an epoch that the dispatch cannot have',
  too_much_output: 'more output than may be under way',
  copied_identity: 'a second process with the identity of a worker that is connected',
  clock_skew: 'a clock that is far from the server’s',
  no_ack: 'a dispatch that was not answered, and was taken back',
  deaf: 'an echo that did not come back',
} as const;
export type WorkerFault = keyof typeof WORKER_FAULTS;

export interface WorkerFaultReport {
  readonly faults: Readonly<Partial<Record<WorkerFault, number>>>;
  /** Hellos that were refused. */
  readonly rejects: Readonly<Partial<Record<RejectCode, number>>>;
  readonly sessionsEnded: Readonly<Partial<Record<CloseReason, number>>>;
}

export interface FaultCounts {
  fault(name: WorkerFault): void;
  rejected(code: RejectCode): void;
  ended(reason: CloseReason): void;
  report(): WorkerFaultReport;
}

export function createFaultCounts(): FaultCounts {
  const faults = new Map<WorkerFault, number>();
  const rejects = new Map<RejectCode, number>();
  const sessionsEnded = new Map<CloseReason, number>();

  function add<Name>(counts: Map<Name, number>, name: Name): void {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  return {
    fault: (name) => add(faults, name),
    rejected: (code) => add(rejects, code),
    ended: (reason) => add(sessionsEnded, reason),
    report: () => ({
      faults: Object.fromEntries(faults),
      rejects: Object.fromEntries(rejects),
      sessionsEnded: Object.fromEntries(sessionsEnded),
    }),
  };
}
