/**
 * Which fire times of a schedule are to be decided now. Very many that were missed in one go are not told of singly: the oldest of
 * them become one record.
 */
import { actAt } from './jitter.ts';
import type { ScheduleRow } from './rows.ts';
import { firesBetween, nextFire, previousFire, type ScheduleTimes } from './schedule-times.ts';

/** So many that were missed in one go are told of singly, the newest. */
export const TOLD_SINGLY = 1_000;
/** So many older ones are counted at a time: bounds how long one look at a schedule takes. */
export const COUNTED_AT_ONCE = 10_000;
/** Of those that are not missed so many are decided at a time. */
const DECIDED_AT_ONCE = 1_000;
/** Whatever else: no unit gets more records. */
const MOST = 5_000;

export interface PendingFire {
  readonly fireAt: number;
  /** Not before the one before it: fire times are acted on in their order. */
  readonly actAt: number;
  /** It could have been acted on, and was not: a misfire. */
  readonly isLate: boolean;
}

export interface FoldedFires {
  readonly fireAt: number;
  readonly throughAt: number;
  readonly fires: number;
}

export interface PendingFires {
  /** Misfires that one record stands for. When there are any, nothing else is decided with them. */
  readonly folded: FoldedFires | null;
  readonly fires: readonly PendingFire[];
  /** There are more, to be decided at once after these. */
  readonly more: boolean;
}

export interface PendingQuestion {
  readonly schedule: Pick<ScheduleRow, 'id' | 'plan' | 'cursorAt' | 'pausedUntil'>;
  readonly times: ScheduleTimes;
  readonly now: number;
  /** Fire times after the cursor that have their record. */
  readonly recorded: ReadonlySet<number>;
}

export function pendingFires(question: PendingQuestion): PendingFires {
  const folded = foldedFires(question);
  if (folded !== null) return { folded, fires: [], more: true };
  const { schedule, times, now } = question;
  const { jitterMs, misfire } = schedule.plan;
  const fires: PendingFire[] = [];
  let act = Number.NEGATIVE_INFINITY;
  for (let at = nextFire(times, schedule.cursorAt); at !== null && at <= now; at = nextFire(times, at)) {
    act = Math.max(act, actAt(schedule.id, at, jitterMs));
    if (act > now) break;
    const isLate = now - act > misfire.graceMs;
    // Misfires are decided together: the policy picks among all of them.
    if (fires.length >= MOST || (fires.length >= DECIDED_AT_ONCE && !isLate))
      return { folded: null, fires, more: true };
    fires.push({ fireAt: at, actAt: act, isLate });
  }
  return { folded: null, fires, more: false };
}

function foldedFires({ schedule, times, now, recorded }: PendingQuestion): FoldedFires | null {
  const { cursorAt, pausedUntil, plan } = schedule;
  /** Up to here every fire time is late, whatever its jitter. */
  const late = now - plan.misfire.graceMs - plan.jitterMs - 1;
  if (late <= cursorAt) return null;
  const missed = firesBetween(times, { after: cursorAt, upTo: late, limit: TOLD_SINGLY + 1 });
  if (missed.length <= TOLD_SINGLY) return null;
  // One record has one reason, and none for what has its own.
  let end = newestSingly(times, late);
  if (pausedUntil !== null && pausedUntil > missed[0]!) end = Math.min(end, pausedUntil);
  for (const at of recorded) if (at > cursorAt) end = Math.min(end, at);
  const together = firesBetween(times, { after: cursorAt, upTo: end - 1, limit: COUNTED_AT_ONCE });
  if (together.length < 2) return null;
  return { fireAt: together[0]!, throughAt: together.at(-1)!, fires: together.length };
}

/** The first of those that are told of singly. */
function newestSingly(times: ScheduleTimes, late: number): number {
  let at = late + 1;
  for (let left = TOLD_SINGLY; left > 0; left--) at = previousFire(times, at) ?? at;
  return at;
}
