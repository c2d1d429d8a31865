/** How events recur (RFC 5545, section 3.3.10), as far as calendars of days need it. */
import { DAY_MS } from '../../params/wall-time.ts';
import { calendarDay, dayNumber, daysInMonth, weekdayOf } from '../../schedule/calendar-days.ts';

export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

export interface Recurrence {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | null;
  /** The last wall that may be one; of a date the last of its day. */
  readonly until: number | null;
  readonly months: readonly number[];
  /** From the end when negative. */
  readonly monthDays: readonly number[];
  /** The nth of its weekday in the month or the year, from the end when negative; 0: each. */
  readonly weekdays: readonly { readonly nth: number; readonly weekday: number }[];
  /** Which of those that one period gives, from 1, from the end when negative. Empty: all. */
  readonly positions: readonly number[];
  /** 0 is Sunday. */
  readonly weekStart: number;
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const FREQUENCIES: readonly string[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
const PARTS = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYMONTH', 'BYMONTHDAY', 'BYDAY', 'BYSETPOS', 'WKST']);

/**
 * @param wallOf of a date or time as it stands in a rule
 * @returns a text: why it cannot be followed.
 */
export function readRecurrence(
  text: string,
  wallOf: (value: string) => { readonly wall: number; readonly allDay: boolean } | string,
): Recurrence | string {
  const parts = new Map<string, string>();
  for (const part of text.split(';').filter((piece) => piece !== '')) {
    const [name = '', value = ''] = part.split('=', 2);
    if (!PARTS.has(name.toUpperCase())) return `Its rule has ${name}, which is not understood here`;
    parts.set(name.toUpperCase(), value.toUpperCase());
  }
  const frequency = parts.get('FREQ') ?? '';
  if (!FREQUENCIES.includes(frequency)) {
    return `It recurs ${frequency || 'without FREQ'}: DAILY, WEEKLY, MONTHLY and YEARLY are understood here`;
  }
  const whole = (name: string, fallback: number | null) => (parts.has(name) ? Number(parts.get(name)) : fallback);
  const [interval, count] = [whole('INTERVAL', 1)!, whole('COUNT', null)];
  if (!isWithin(interval, 1, 10_000)) return `Its INTERVAL is ${parts.get('INTERVAL')}`;
  if (count !== null && !isWithin(count, 1, 1_000_000)) return `Its COUNT is ${parts.get('COUNT')}`;
  const months = numbers(parts.get('BYMONTH'), 1, 12);
  const monthDays = numbers(parts.get('BYMONTHDAY'), -31, 31);
  const positions = numbers(parts.get('BYSETPOS'), -366, 366);
  const weekdays = [...new Set(parts.get('BYDAY')?.split(','))].map(readWeekday);
  if (months === null || monthDays === null || positions === null || weekdays.includes(null)) {
    return `Its rule "${text}" cannot be read`;
  }
  const until = parts.has('UNTIL') ? wallOf(parts.get('UNTIL')!) : null;
  if (typeof until === 'string') return `Its UNTIL: ${until}`;
  const weekStart = WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO');
  const known = weekdays as { nth: number; weekday: number }[];
  const wide = frequency === 'MONTHLY' || frequency === 'YEARLY';
  if (weekStart < 0 || (!wide && (positions.length > 0 || known.some(({ nth }) => nth !== 0)))) {
    return `Its rule "${text}" cannot be read`;
  }
  return {
    frequency: frequency as Frequency,
    interval,
    count,
    until: until === null ? null : until.wall + (until.allDay ? DAY_MS - 1 : 0),
    ...{ months, monthDays, weekdays: known, positions, weekStart },
  };
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function numbers(text: string | undefined, min: number, max: number): readonly number[] | null {
  const values = [...new Set(text?.split(',').map(Number))];
  return values.every((value) => isWithin(value, min, max) && value !== 0) ? values : null;
}

function readWeekday(text: string): { readonly nth: number; readonly weekday: number } | null {
  const found = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(text);
  return found && { nth: Number(found[1] ?? 0), weekday: WEEKDAYS.indexOf(found[2]!) };
}

/** Work that is left for a file: a rule that never fits must not hold up a server. */
export interface Effort {
  left: number;
}

/** The walls of a recurring event in order, from `first` to `last`, both inclusive. Ends early when the effort is used up. */
export function* recurrences(
  start: number,
  rule: Recurrence,
  { first, last, effort }: { readonly first: number; readonly last: number; readonly effort: Effort },
): Generator<number> {
  const startDay = Math.floor(start / DAY_MS);
  const timeOfDay = start - startDay * DAY_MS;
  let counted = 0;
  // What is counted is counted from the begin.
  const begin = rule.count === null ? periodsUntil(startDay, Math.floor(first / DAY_MS), rule) : 0;
  const cost = daysLookedAt(rule);
  for (let period = begin; effort.left > 0; period += rule.interval) {
    const { days, opens } = daysOfPeriod(startDay, period, rule);
    effort.left -= cost;
    if (opens * DAY_MS > last) return;
    for (const day of days) {
      const wall = day * DAY_MS + timeOfDay;
      if (wall < start) continue;
      counted += 1;
      if (wall > last || (rule.until !== null && wall > rule.until) || (rule.count !== null && counted > rule.count))
        return;
      if (wall >= first) yield wall;
    }
  }
}

/** Of one period, at most: a long list of weekdays has each of its days looked at as often. */
function daysLookedAt({ frequency, months, monthDays, weekdays, positions }: Recurrence): number {
  if (frequency === 'DAILY') return 1;
  if (frequency === 'WEEKLY') return 7;
  const month = 31 * Math.max(1, weekdays.length);
  if (frequency === 'MONTHLY') return month + positions.length;
  if (months.length + monthDays.length + weekdays.length === 0) return 1 + positions.length;
  return (months.length || 12) * month + positions.length;
}

/** Whole intervals that can be passed at once, in periods. */
function periodsUntil(startDay: number, day: number, { frequency, interval }: Recurrence): number {
  const longest = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }[frequency];
  const periods = Math.floor(Math.max(0, day - startDay) / longest) - 1;
  return Math.max(0, Math.floor(periods / interval) * interval);
}

/** The days that fit in the period that is so many after that of the start, and its first day. */
function daysOfPeriod(startDay: number, period: number, rule: Recurrence): { days: readonly number[]; opens: number } {
  const start = calendarDay(startDay);
  if (rule.frequency === 'DAILY') {
    const day = startDay + period;
    return { opens: day, days: fitsDay(day, rule) ? [day] : [] };
  }
  if (rule.frequency === 'WEEKLY') {
    const opens = startDay - ((weekdayOf(startDay) - rule.weekStart + 7) % 7) + period * 7;
    const wanted = rule.weekdays.length > 0 ? rule.weekdays.map(({ weekday }) => weekday) : [weekdayOf(startDay)];
    const days = range(opens, opens + 6).filter((day) => wanted.includes(weekdayOf(day)) && fitsMonth(day, rule));
    return { opens, days };
  }
  if (rule.frequency === 'MONTHLY') {
    const months = start.year * 12 + start.month - 1 + period;
    const [year, month] = [Math.floor(months / 12), (months % 12) + 1];
    const opens = dayNumber(year, month, 1);
    const days =
      rule.months.length > 0 && !rule.months.includes(month) ? [] : daysOfMonth(year, month, rule, start.day);
    return { opens, days: chosen(days, rule.positions) };
  }
  const year = start.year + period;
  return { opens: dayNumber(year, 1, 1), days: chosen(daysOfYear(year, rule, start), rule.positions) };
}

function daysOfYear(
  year: number,
  rule: Recurrence,
  start: { readonly month: number; readonly day: number },
): readonly number[] {
  const { months, monthDays, weekdays } = rule;
  if (months.length === 0 && monthDays.length === 0) {
    if (weekdays.length === 0)
      return start.day <= daysInMonth(year, start.month) ? [dayNumber(year, start.month, start.day)] : [];
    return withWeekdays(range(dayNumber(year, 1, 1), dayNumber(year, 12, 31)), weekdays);
  }
  const wanted = months.length > 0 ? months.toSorted((a, b) => a - b) : range(1, 12);
  return wanted.flatMap((month) => daysOfMonth(year, month, rule, start.day));
}

function daysOfMonth(
  year: number,
  month: number,
  { monthDays, weekdays }: Recurrence,
  startDay: number,
): readonly number[] {
  const length = daysInMonth(year, month);
  const opens = dayNumber(year, month, 1);
  const all = range(opens, opens + length - 1);
  const byWeekday = weekdays.length > 0 ? withWeekdays(all, weekdays) : all;
  if (monthDays.length === 0) return weekdays.length > 0 ? byWeekday : all.slice(startDay - 1, startDay);
  const wanted = new Set(monthDays.map((day) => opens + (day > 0 ? day - 1 : length + day)));
  return byWeekday.filter((day) => wanted.has(day));
}

/** Of days in order those whose weekday, and its number among them, is wanted. */
function withWeekdays(days: readonly number[], wanted: Recurrence['weekdays']): readonly number[] {
  const found = new Set<number>();
  for (const { nth, weekday } of wanted) {
    const same = days.filter((day) => weekdayOf(day) === weekday);
    const taken = nth === 0 ? same : same.slice(nth > 0 ? nth - 1 : nth, nth > 0 ? nth : same.length + nth + 1);
    if (nth >= -same.length) for (const day of taken) found.add(day);
  }
  return [...found].toSorted((a, b) => a - b);
}

function chosen(days: readonly number[], positions: readonly number[]): readonly number[] {
  if (positions.length === 0) return days;
  const indexes = new Set(positions.map((position) => (position > 0 ? position - 1 : days.length + position)));
  return days.filter((_, index) => indexes.has(index));
}

function fitsDay(day: number, rule: Recurrence): boolean {
  const { year, month, day: date } = calendarDay(day);
  const { monthDays, weekdays } = rule;
  const fromEnd = date - daysInMonth(year, month) - 1;
  return (
    fitsMonth(day, rule) &&
    (monthDays.length === 0 || monthDays.includes(date) || monthDays.includes(fromEnd)) &&
    (weekdays.length === 0 || weekdays.some(({ weekday }) => weekday === weekdayOf(day)))
  );
}

function fitsMonth(day: number, { months }: Recurrence): boolean {
  return months.length === 0 || months.includes(calendarDay(day).month);
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
