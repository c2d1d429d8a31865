/**
 * The next or previous time on the clock's face that fits an expression, whatever the zone. It goes from field to field:
 * a month that does not fit is passed as a whole, a day as a whole. Walls are the epoch milliseconds that the same
 * fields would have in UTC, as in `params/wall-time.ts`.
 */
import { DAY_MS } from '../params/wall-time.ts';
import { calendarDay, dayNumber } from './calendar-days.ts';
import type { CronExpression } from './cron.ts';
import { FIRST_YEAR, LAST_YEAR } from './cron-fields.ts';
import { monthDays } from './month-days.ts';

export type Direction = 1 | -1;

/**
 * The first wall time that fits at or after `wall` (direction 1), or the last at or before it (-1). Null when there is none
 * in the years that are told.
 *
 * @param wall whole seconds
 */
export function seekWall(cron: CronExpression, wall: number, direction: Direction): number | null {
  const day = Math.floor(wall / DAY_MS);
  const found = seekDay(cron, day, direction);
  if (found === null) return null;
  if (found !== day) return found * DAY_MS + edgeOfDay(cron, direction);
  const time = seekTime(cron, (wall - day * DAY_MS) / 1_000, direction);
  if (time !== null) return day * DAY_MS + time;
  const other = seekDay(cron, day + direction, direction);
  return other === null ? null : other * DAY_MS + edgeOfDay(cron, direction);
}

/** The nearest day that fits, `from` included; days since 1970. */
export function seekDay(cron: CronExpression, from: number, direction: Direction): number | null {
  const { month: months, year: years } = cron.fields;
  const start = calendarDay(from);
  let { year, month } = start;
  let day = start.day;
  // Nothing before or after the years that are told is asked for, however far away `from` is.
  if (direction === 1 && year < FIRST_YEAR) [year, month, day] = [FIRST_YEAR, 1, 1];
  if (direction === -1 && year > LAST_YEAR) [year, month, day] = [LAST_YEAR, 12, 31];
  while (year >= FIRST_YEAR && year <= LAST_YEAR) {
    const nextYear = years.any ? year : seekValue(years.values, year, direction);
    if (nextYear === null) return null;
    if (nextYear !== year) [year, month, day] = direction === 1 ? [nextYear, 1, 1] : [nextYear, 12, 31];
    const nextMonth = seekValue(months.values, month, direction);
    if (nextMonth === null) {
      [year, month, day] = direction === 1 ? [year + 1, 1, 1] : [year - 1, 12, 31];
      continue;
    }
    if (nextMonth !== month) [month, day] = [nextMonth, direction === 1 ? 1 : 31];
    const found = seekBit(monthDays(cron, year, month), day, direction);
    if (found !== null) return dayNumber(year, month, found);
    month += direction;
    day = direction === 1 ? 1 : 31;
    if (month < 1 || month > 12) [year, month] = direction === 1 ? [year + 1, 1] : [year - 1, 12];
  }
  return null;
}

/** The first or last time of a day, in milliseconds of the day. */
function edgeOfDay(cron: CronExpression, direction: Direction): number {
  const { hour, minute, second } = cron.fields;
  const index = direction === 1 ? 0 : -1;
  return ((hour.values.at(index)! * 60 + minute.values.at(index)!) * 60 + second.values.at(index)!) * 1_000;
}

/** @returns milliseconds of the day, or null when it has no more time that fits */
function seekTime(cron: CronExpression, secondOfDay: number, direction: Direction): number | null {
  const { hour, minute, second } = cron.fields;
  const edge = direction === 1 ? 0 : -1;
  const [atHour, atMinute, atSecond] = [
    Math.floor(secondOfDay / 3_600),
    Math.floor(secondOfDay / 60) % 60,
    secondOfDay % 60,
  ];
  const at = (h: number, m: number, s: number) => ((h * 60 + m) * 60 + s) * 1_000;
  const foundHour = seekValue(hour.values, atHour, direction);
  if (foundHour === null) return null;
  if (foundHour === atHour) {
    const foundMinute = seekValue(minute.values, atMinute, direction);
    if (foundMinute === atMinute) {
      const foundSecond = seekValue(second.values, atSecond, direction);
      if (foundSecond !== null) return at(atHour, atMinute, foundSecond);
    }
    const other = foundMinute === atMinute ? seekValue(minute.values, atMinute + direction, direction) : foundMinute;
    if (other !== null) return at(atHour, other, second.values.at(edge)!);
  }
  const other = foundHour === atHour ? seekValue(hour.values, atHour + direction, direction) : foundHour;
  return other === null ? null : at(other, minute.values.at(edge)!, second.values.at(edge)!);
}

function seekValue(values: readonly number[], from: number, direction: Direction): number | null {
  if (direction === 1) {
    for (const value of values) if (value >= from) return value;
    return null;
  }
  for (let index = values.length - 1; index >= 0; index--) if (values[index]! <= from) return values[index]!;
  return null;
}

function seekBit(bits: number, fromDay: number, direction: Direction): number | null {
  for (let day = fromDay; day >= 1 && day <= 31; day += direction) if ((bits >>> (day - 1)) & 1) return day;
  return null;
}
