/**
 * Says what one worker does wrong: counts it, writes it to the log and tells the worker. A worker that does the same wrong
 * thing again and again is counted on, and no longer spoken of.
 */
import type { DispatchId } from '@vaquita/core';
import type { MasterSession } from '@vaquita/protocol';
import type { Logger } from '../settings.ts';
import type { FaultCounts, WorkerFault } from './faults.ts';

export interface Complaint {
  readonly code: WorkerFault;
  /** A sentence for the person who runs the worker. */
  readonly text: string;
  readonly dispatchId?: DispatchId;
}

export type Complain = (complaint: Complaint) => void;

/** Of one kind in one session. */
const MOST_TOLD = 5;

export interface ComplaintsDeps {
  readonly counts: FaultCounts;
  readonly log: Logger;
  readonly send: MasterSession['send'];
  readonly worker: () => string | undefined;
}

export function createComplaints({ counts, log, send, worker }: ComplaintsDeps): Complain {
  const told = new Map<WorkerFault, number>();

  return ({ code, text, dispatchId }) => {
    counts.fault(code);
    const times = (told.get(code) ?? 0) + 1;
    told.set(code, times);
    if (times > MOST_TOLD) return;
    const last = times === MOST_TOLD ? ' More of the kind are only counted.' : '';
    log.warn(`A worker did something wrong: ${text}${last}`, { worker: worker(), code, dispatchId });
    send({ type: 'fault', code, text: `${text}${last}`, dispatchId: dispatchId ?? null });
  };
}
