/** The days of one month on which an expression fires, as bits: bit 0 is the first. */
import { dayNumber, daysInMonth, weekdayOf } from './calendar-days.ts';
import type { CronExpression, CronField, SpecialDay } from './cron.ts';

interface Month {
  readonly length: number;
  /** Weekday of the first, 0 for Sunday. */
  readonly first: number;
}

/** @returns bits of the days that fit; 0 when none does */
export function monthDays(cron: CronExpression, year: number, month: number): number {
  const { dayOfMonth, dayOfWeek } = cron.fields;
  const length = daysInMonth(year, month);
  // Shifting by 31 and one more would make 0 of it, hence the unsigned shift from above.
  const all = 0x7fffffff >>> (31 - length);
  if (dayOfMonth.any && dayOfWeek.any) return all;
  const shape = { length, first: weekdayOf(dayNumber(year, month, 1)) };
  if (dayOfWeek.any) return byDate(dayOfMonth, shape) & all;
  if (dayOfMonth.any) return byWeekday(dayOfWeek, shape) & all;
  const dates = byDate(dayOfMonth, shape);
  const weekdays = byWeekday(dayOfWeek, shape);
  return (cron.dayJoin === 'either' ? dates | weekdays : dates & weekdays) & all;
}

function byDate(field: CronField, month: Month): number {
  let bits = 0;
  for (const day of field.values) bits |= bitOf(day);
  for (const special of field.special) bits |= bitOf(dayOfSpecial(special, month));
  return bits;
}

function byWeekday(field: CronField, month: Month): number {
  let week = 0;
  for (const weekday of field.values) week |= 1 << ((weekday - month.first + 7) % 7);
  let bits = week | (week << 7) | (week << 14) | (week << 21) | (week << 28);
  for (const special of field.special) bits |= bitOf(dayOfSpecial(special, month));
  return bits;
}

function bitOf(day: number): number {
  return day >= 1 && day <= 31 ? 1 << (day - 1) : 0;
}

/** The day of the month, or one that the month does not have. */
function dayOfSpecial(special: SpecialDay, month: Month): number {
  switch (special.kind) {
    case 'last':
      return month.length - special.before;
    case 'lastWorkday':
      return nearestWorkday(month.length - special.before, month);
    case 'workday':
      return nearestWorkday(special.day, month);
    case 'nthWeekday':
      return 1 + ((special.weekday - month.first + 7) % 7) + (special.nth - 1) * 7;
    case 'lastWeekday': {
      const firstOne = 1 + ((special.weekday - month.first + 7) % 7);
      return firstOne + Math.floor((month.length - firstOne) / 7) * 7;
    }
  }
}

/** Never leaves the month: the first on a Saturday becomes Monday the third. A day that the month lacks has none. */
function nearestWorkday(day: number, month: Month): number {
  if (day < 1 || day > month.length) return 0;
  const weekday = (month.first + day - 1) % 7;
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === month.length ? day - 2 : day + 1;
  return day;
}
