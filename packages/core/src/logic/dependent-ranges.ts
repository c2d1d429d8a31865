/**
 * The ranges of dependent tasks: which hours or days, seen from a business time, must each have a run. The names and
 * their meaning are those of Apache DolphinScheduler 3.2; deviations are listed in the test beside this file.
 *
 * Days begin and end at midnight of the zone, also on days of 23 or 25 hours. Hours begin where the clock of the
 * business time shows a full hour and are hours that really pass.
 */
import { addMonths, DAY_MS, toInstant, toWall, weekday } from '../params/wall-time.ts';
import type { DependencyCycle } from './configs.ts';

/** Epoch ms, both ends inside. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export interface RangeTime {
  readonly businessTime: number;
  /** IANA zone. */
  readonly timezone: string;
}

const HOUR_MS = 3_600_000;
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** Midnights of the first and the last day, as wall times, from that of the business day. */
type Days = (today: number) => readonly [first: number, last: number];

const monthStart = (day: number, months: number): number => {
  const moved = addMonths(day, months);
  return moved - (new Date(moved).getUTCDate() - 1) * DAY_MS;
};
const monthEnd = (day: number, months: number): number => monthStart(day, months + 1) - DAY_MS;
const monday = (day: number, weeks: number): number => day + (1 - weekday(day) + 7 * weeks) * DAY_MS;
const lastDays =
  (count: number): Days =>
  (today) => [today - count * DAY_MS, today - DAY_MS];
const oneDay =
  (pick: (today: number) => number): Days =>
  (today) => [pick(today), pick(today)];

const DAY_RANGES: ReadonlyMap<DependencyCycle, ReadonlyMap<string, Days>> = new Map([
  [
    'day',
    new Map([
      ['today', oneDay((today) => today)],
      ['last1Days', lastDays(1)],
      ['last2Days', lastDays(2)],
      ['last3Days', lastDays(3)],
      ['last7Days', lastDays(7)],
    ]),
  ],
  [
    'week',
    new Map<string, Days>([
      ['thisWeek', (today) => [monday(today, 0), today]],
      ['lastWeek', (today) => [monday(today, -1), monday(today, 0) - DAY_MS]],
      ...WEEKDAYS.map((name, index): [string, Days] => [
        `last${name}`,
        oneDay((today) => monday(today, -1) + index * DAY_MS),
      ]),
    ]),
  ],
  [
    'month',
    new Map<string, Days>([
      ['thisMonth', (today) => [monthStart(today, 0), today]],
      ['thisMonthBegin', oneDay((today) => monthStart(today, 0))],
      ['thisMonthEnd', oneDay((today) => monthEnd(today, 0))],
      ['lastMonth', (today) => [monthStart(today, -1), monthEnd(today, -1)]],
      ['lastMonthBegin', oneDay((today) => monthStart(today, -1))],
      ['lastMonthEnd', oneDay((today) => monthEnd(today, -1))],
    ]),
  ],
]);

/** How many hours, and which is the last of them; 0 is the hour of the anchor. */
interface Hours {
  readonly count: number;
  readonly last: number;
  readonly anchor: 'business time' | 'midnight';
}

const HOUR_RANGES: ReadonlyMap<string, Hours> = new Map<string, Hours>([
  ['currentHour', { count: 1, last: 0, anchor: 'business time' }],
  ['last1Hour', { count: 1, last: -1, anchor: 'business time' }],
  ['last2Hours', { count: 2, last: -1, anchor: 'business time' }],
  ['last3Hours', { count: 3, last: -1, anchor: 'business time' }],
  ['last24Hours', { count: 24, last: 0, anchor: 'midnight' }],
]);

/** The ranges of each cycle, for lists of choices and for checking. No two cycles share the name of a range. */
export const DEPENDENCY_RANGES: Readonly<Record<DependencyCycle, readonly string[]>> = {
  hour: [...HOUR_RANGES.keys()],
  day: [...DAY_RANGES.get('day')!.keys()],
  week: [...DAY_RANGES.get('week')!.keys()],
  month: [...DAY_RANGES.get('month')!.keys()],
};

/** The intervals of a range in order, oldest first; none when the cycle has no such range. */
export function dependencyIntervals(cycle: DependencyCycle, range: string, time: RangeTime): readonly Interval[] {
  if (cycle === 'hour') {
    const hours = HOUR_RANGES.get(range);
    return hours === undefined ? [] : hourIntervals(hours, time);
  }
  const days = DAY_RANGES.get(cycle)?.get(range);
  return days === undefined ? [] : dayIntervals(days, time);
}

function hourIntervals({ count, last, anchor }: Hours, { businessTime, timezone }: RangeTime): readonly Interval[] {
  const wall = toWall(businessTime, timezone);
  const base =
    anchor === 'midnight' ? toInstant(startOfDay(wall), timezone) : businessTime - (wall - floorTo(wall, HOUR_MS));
  return Array.from({ length: count }, (_, i) => {
    const from = base + (last - count + 1 + i) * HOUR_MS;
    return { from, to: from + HOUR_MS - 1 };
  });
}

function dayIntervals(days: Days, { businessTime, timezone }: RangeTime): readonly Interval[] {
  const [first, last] = days(startOfDay(toWall(businessTime, timezone)));
  const intervals: Interval[] = [];
  for (let day = first; day <= last; day += DAY_MS)
    intervals.push({ from: toInstant(day, timezone), to: toInstant(day + DAY_MS, timezone) - 1 });
  return intervals;
}

const startOfDay = (wall: number): number => floorTo(wall, DAY_MS);
const floorTo = (wall: number, unit: number): number => Math.floor(wall / unit) * unit;
