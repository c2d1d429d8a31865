/** Business times as people ask for them: moments as text, and ranges cut into intervals. Times are epoch milliseconds. */
import { addMonths, DAY_MS, toInstant, toWall } from '../params/wall-time.ts';
import { parseDuration } from '../time/duration.ts';

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * `2026-03-01T06:00:00Z` and `2026-03-01T06:00+01:00` are instants; `2026-03-01` and `2026-03-01T06:00` are what a clock of the zone
 * shows, a day beginning at midnight.
 * @returns undefined for anything else, also for days that no calendar has.
 */
export function parseMoment(text: string, timezone: string): number | undefined {
  const [, day, time = '00:00', offset] = MOMENT.exec(text) ?? [];
  if (day === undefined) return undefined;
  const wall = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== day) return undefined;
  if (offset === undefined) return toInstant(wall, timezone);
  const at = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}

/** Such as `day` or `15m`; `from` is in it, `to` is not. */
export interface CutRange {
  readonly from: number;
  readonly to: number;
  readonly every: string;
  readonly timezone: string;
}

export type CutTimes =
  | { readonly times: readonly number[] }
  /** There would be more than the limit: so many. */
  | { readonly tooMany: number }
  | { readonly problem: { readonly path: 'every' | 'to'; readonly message: string } };

const HOUR_MS = 3_600_000;
const CALENDAR_STEPS = ['day', 'week', 'month'] as const;
type CalendarStep = (typeof CALENDAR_STEPS)[number];
/** How long they are in the long run: to know about how many there are before they are made. */
const MEAN_MS: Readonly<Record<CalendarStep, number>> = { day: DAY_MS, week: 7 * DAY_MS, month: 30.436875 * DAY_MS };
/** A count from the mean is off by no more than this, whatever months and clocks do. */
const MARGIN = 3;

/**
 * The times of a range, earliest first, `from` being the first. Hours and durations are time that really passes; days, weeks and months
 * go by the clock of the zone, so that a day at six o’clock stays at six when clocks are moved.
 */
export function cutRange(range: CutRange, limit: number): CutTimes {
  const { from, to, every } = range;
  if (to <= from)
    return { problem: { path: 'to', message: 'Must be later than from; it is itself not in the range.' } };
  const step = CALENDAR_STEPS.find((name) => name === every);
  if (step !== undefined) return cutByCalendar(range, step, limit);
  const everyMs = every === 'hour' ? HOUR_MS : parseDuration(every);
  if (everyMs === undefined || everyMs < 1_000 || everyMs % 1_000 !== 0) {
    const message = `"${every}" is not an interval. Write hour, day, week, month, or a duration of whole seconds such as 15m.`;
    return { problem: { path: 'every', message } };
  }
  const count = Math.ceil((to - from) / everyMs);
  if (count > limit) return { tooMany: count };
  return { times: Array.from({ length: count }, (_, n) => from + n * everyMs) };
}

function cutByCalendar({ from, to, timezone }: CutRange, step: CalendarStep, limit: number): CutTimes {
  const about = Math.ceil((to - from) / MEAN_MS[step]);
  if (about > limit + MARGIN) return { tooMany: about };
  const wall = toWall(from, timezone);
  const nth = (n: number): number => {
    if (step === 'month') return addMonths(wall, n);
    return wall + n * (step === 'week' ? 7 : 1) * DAY_MS;
  };
  const times: number[] = [];
  for (let n = 0; ; n++) {
    // The first is what was asked for, also in an hour that the clock shows twice.
    const at = n === 0 ? from : toInstant(nth(n), timezone);
    if (at >= to) break;
    // A zone that has left out a whole day shows the next one in its place.
    if (times.length === 0 || at > times.at(-1)!) times.push(at);
  }
  return times.length > limit ? { tooMany: times.length } : { times };
}
