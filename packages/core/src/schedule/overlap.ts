/** What becomes of fire times that are to run, one after the other, beside the runs of the schedule that have not ended. */
import { type FireReason, OVERLAP_SKIP, overlapLimit, QUEUED, queueFull } from './fire-texts.ts';
import type { ScheduleRow } from './rows.ts';

/** Also where the schedule names no limit of its own. */
const MOST_QUEUED = 1_000;

export type Turn =
  | { readonly kind: 'run' }
  /** Every run that is open makes room for it. */
  | { readonly kind: 'replace' }
  | { readonly kind: 'queue'; readonly reason: FireReason }
  | { readonly kind: 'skip'; readonly reason: FireReason };

const RUN: Turn = { kind: 'run' };

/** @param open runs that have not ended, those started a moment ago among them; `queued`: fire times that wait */
export function turnOf(
  { policy, limit }: ScheduleRow['plan']['overlap'],
  { open, queued }: { readonly open: number; readonly queued: number },
): Turn {
  switch (policy) {
    case 'parallel':
      return limit === null || open < limit ? RUN : { kind: 'skip', reason: overlapLimit(limit) };
    case 'skip':
      return open === 0 ? RUN : { kind: 'skip', reason: OVERLAP_SKIP };
    case 'cancel_old':
      return open === 0 ? RUN : { kind: 'replace' };
    case 'queue': {
      if (open === 0 && queued === 0) return RUN;
      const most = Math.min(limit ?? MOST_QUEUED, MOST_QUEUED);
      return queued < most ? { kind: 'queue', reason: QUEUED } : { kind: 'skip', reason: queueFull(most) };
    }
  }
}
