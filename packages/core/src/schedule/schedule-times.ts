/**
 * When a schedule fires. One function, `nextFire`, is behind the preview, behind firing, behind forecasts and backfills, so they cannot differ.
 *
 * F1 Fire times are whole seconds, and each is after the one before.
 * F2 `nextFire(s, a)` is the smallest fire time after `a`, `previousFire(s, b)` the largest before `b`; they depend on nothing else.
 * F3 No fire time is before `from` or at or after `to`.
 * F4 Jitter moves when something is done about a fire time, never the fire time.
 */
import { type DstPolicy, seekFire, type ZonedCron } from './zoned-search.ts';

/** Every so many milliseconds of elapsed time, the anchor first. Clocks being moved changes nothing. */
export interface FixedInterval {
  readonly kind: 'interval';
  /** Whole seconds. */
  readonly everyMs: number;
  /** The first fire time; whole seconds. */
  readonly anchorAt: number;
}

export interface CronTimes extends ZonedCron {
  readonly kind: 'cron';
}

/** The window in which a schedule fires: `from` is in it, `to` is not. Null is open. Epoch milliseconds. */
export interface ScheduleWindow {
  readonly from: number | null;
  readonly to: number | null;
}

export interface ScheduleTimes {
  readonly times: CronTimes | FixedInterval;
  readonly window: ScheduleWindow;
}

/** The first fire time after `after`, exclusive; null when there is none any more. Epoch milliseconds. */
export function nextFire({ times, window }: ScheduleTimes, after: number): number | null {
  const earliest = Math.max(Math.floor(after) + 1, window.from ?? Number.NEGATIVE_INFINITY);
  const found = times.kind === 'cron' ? seekFire(times, earliest, 1) : nextOfInterval(times, earliest);
  return found === null || (window.to !== null && found >= window.to) ? null : found;
}

/** The last fire time before `before`, exclusive; null when there was none. */
export function previousFire({ times, window }: ScheduleTimes, before: number): number | null {
  const latest = Math.min(Math.ceil(before), window.to ?? Number.POSITIVE_INFINITY) - 1;
  const found = times.kind === 'cron' ? seekFire(times, latest, -1) : previousOfInterval(times, latest);
  return found === null || (window.from !== null && found < window.from) ? null : found;
}

export interface FireSpan {
  /** Exclusive: what a cursor has passed. */
  readonly after: number;
  /** Inclusive: what is due now. */
  readonly upTo: number;
  /** How many at most, the earliest first. */
  readonly limit: number;
}

/** The fire times of a span in order. The reference counts its preview the same way: `after` exclusive, `upTo` inclusive. */
export function firesBetween(schedule: ScheduleTimes, { after, upTo, limit }: FireSpan): readonly number[] {
  const fires: number[] = [];
  let at = nextFire(schedule, after);
  while (at !== null && at <= upTo && fires.length < limit) {
    fires.push(at);
    at = nextFire(schedule, at);
  }
  return fires;
}

/** What a schedule should do about moved clocks when nobody says: one that fires in every hour goes on in the hour that comes twice. */
export function usualDstPolicy({ cron }: Pick<ZonedCron, 'cron'>): DstPolicy {
  return cron.fields.hour.values.length === 24 ? 'run_both' : 'run_once';
}

function nextOfInterval({ everyMs, anchorAt }: FixedInterval, earliest: number): number | null {
  if (earliest <= anchorAt) return anchorAt;
  const next = anchorAt + Math.ceil((earliest - anchorAt) / everyMs) * everyMs;
  return Number.isSafeInteger(next) ? next : null;
}

function previousOfInterval({ everyMs, anchorAt }: FixedInterval, latest: number): number | null {
  if (latest < anchorAt) return null;
  const last = anchorAt + Math.floor((latest - anchorAt) / everyMs) * everyMs;
  return Number.isSafeInteger(last) ? last : null;
}
