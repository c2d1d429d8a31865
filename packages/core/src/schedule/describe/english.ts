/** An expression in English: "At 02:30 on the last weekday of the month". */
import type { SpecialDay } from '../cron.ts';
import { LAST_YEAR } from '../cron-fields.ts';
import { type CronPicture, clock, type DayPicture, isZero, listed, type TimePicture } from './picture.ts';
import type { Shape } from './shape.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const NTH = ['first', 'second', 'third', 'fourth', 'fifth'];

export function describeInEnglish(picture: CronPicture): string {
  const months = picture.months === null ? null : monthsOf(picture.months);
  const ofMonth = months === null ? 'of the month' : `of ${months}`;
  const dates = picture.dates === null ? null : datesOf(picture.dates, ofMonth);
  const weekdays = picture.weekdays === null ? null : weekdaysOf(picture.weekdays, ofMonth);
  const saysMonth = picture.dates !== null || hasSpecial(picture.weekdays);
  const parts = [timeOf(picture.time)];
  if (dates !== null && weekdays !== null) {
    parts.push(picture.dayJoin === 'either' ? `on ${dates} or on ${weekdays}` : `on ${dates} if it is ${weekdays}`);
  } else if (dates !== null || weekdays !== null) {
    parts.push(dates === null && isOneRange(picture.weekdays) ? `${weekdays}` : `on ${dates ?? weekdays}`);
  } else if (picture.time.kind === 'times') {
    parts.push('every day');
  }
  const weekdaysLackMonth =
    picture.dates !== null && weekdays !== null && picture.dayJoin === 'either' && !hasSpecial(picture.weekdays);
  if (months !== null && (!saysMonth || weekdaysLackMonth)) parts.push(`in ${months}`);
  if (picture.years !== null) parts.push(yearsOf(picture.years));
  return parts.join(' ');
}

function isOneRange(days: DayPicture | null): boolean {
  return days?.plain?.kind === 'range' && days.special.length === 0;
}

function hasSpecial(days: DayPicture | null): boolean {
  return days !== null && days.special.length > 0;
}

function timeOf(time: TimePicture): string {
  if (time.kind === 'times') return `At ${join(time.times)}`;
  const parts = isZero(time.second) ? minutesOf(time) : [...secondsOf(time.second), ...minutesAround(time)];
  const text = [...parts, ...hoursOf(time)].join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Minutes as the rhythm: the second is 0. */
function minutesOf({ minute, hour }: TimePicture & { kind: 'pattern' }): readonly string[] {
  if (minute.kind === 'list') {
    if (!isZero(minute)) return [`at ${numbered('minute', minute.values)}`];
    if (hour.kind === 'list') return [];
    if (hour.kind === 'steps') return [`every ${hour.step} hours`];
    return [hour.kind === 'every' ? `every ${hour.step} hours` : 'every hour'];
  }
  return [rhythm('minute', minute)];
}

function secondsOf(second: Shape): readonly string[] {
  return second.kind === 'list' ? [`at ${numbered('second', second.values)}`] : [rhythm('second', second)];
}

/** Minutes as what limits the seconds. */
function minutesAround({ second, minute }: TimePicture & { kind: 'pattern' }): readonly string[] {
  if (minute.kind === 'all') return second.kind === 'all' || second.kind === 'every' ? [] : ['of every minute'];
  if (minute.kind === 'steps') {
    return [`of every ${ordinal(minute.step)} minute from minute ${minute.from} to ${minute.to}`];
  }
  if (minute.kind === 'every') return [`of every ${ordinal(minute.step)} minute from minute ${minute.from}`];
  if (minute.kind === 'range') return [`of minutes ${minute.from} to ${minute.to}`];
  return [`of ${numbered('minute', minute.values)}`];
}

function hoursOf({ second, minute, hour }: TimePicture & { kind: 'pattern' }): readonly string[] {
  const onTheHour = isZero(second) && isZero(minute);
  switch (hour.kind) {
    case 'all':
      return minute.kind === 'all' || minute.kind === 'every' || onTheHour ? [] : ['of every hour'];
    case 'every':
      if (onTheHour) return [`from ${clock(hour.from, 0)}`];
      return [`of every ${ordinal(hour.step)} hour from ${clock(hour.from, 0)}`];
    case 'steps':
      if (onTheHour) return [`from ${clock(hour.from, 0)} to ${clock(hour.to, 0)}`];
      return [`of every ${ordinal(hour.step)} hour from ${clock(hour.from, 0)} to ${clock(hour.to, 59)}`];
    case 'range':
      return [
        onTheHour
          ? `from ${clock(hour.from, 0)} to ${clock(hour.to, 0)}`
          : `from ${clock(hour.from, 0)} to ${clock(hour.to, 59)}`,
      ];
    case 'list':
      if (onTheHour) return [`at ${join(hour.values.map((value) => clock(value, 0)))}`];
      return [
        `in the ${hour.values.length === 1 ? 'hour' : 'hours'} from ${join(hour.values.map((value) => clock(value, 0)))}`,
      ];
  }
}

function rhythm(unit: string, shape: Exclude<Shape, { kind: 'list' }>): string {
  if (shape.kind === 'all') return `every ${unit}`;
  if (shape.kind === 'range') return `every ${unit} from ${unit} ${shape.from} to ${shape.to}`;
  if (shape.kind === 'steps') return `every ${shape.step} ${unit}s from ${unit} ${shape.from} to ${shape.to}`;
  return `every ${shape.step} ${unit}s${shape.from === 0 ? '' : ` from ${unit} ${shape.from}`}`;
}

function datesOf({ plain, special }: DayPicture, ofMonth: string): string {
  const texts = special.map((day) => specialOf(day));
  if (plain !== null) {
    texts.unshift(plainDates(plain));
  }
  return `${texts.join(' and on ')} ${ofMonth}`;
}

function plainDates(shape: Shape): string {
  if (shape.kind === 'range') return `days ${shape.from} to ${shape.to}`;
  if (shape.kind === 'steps') return `every ${ordinal(shape.step)} day from day ${shape.from} to ${shape.to}`;
  return shape.kind === 'list' ? numbered('day', shape.values) : 'every day';
}

function weekdaysOf({ plain, special }: DayPicture, ofMonth: string): string {
  const texts = plain === null ? [] : [named(plain, WEEKDAYS, 0)];
  if (special.length > 0) texts.push(`${join(special.map((day) => specialOf(day)))} ${ofMonth}`);
  return texts.join(' and on ');
}

function specialOf(day: SpecialDay): string {
  switch (day.kind) {
    case 'last':
      return lastDay(day.before);
    case 'lastWorkday':
      return day.before === 0 ? 'the last weekday' : `the weekday nearest ${lastDay(day.before)}`;
    case 'workday':
      return `the weekday nearest day ${day.day}`;
    case 'lastWeekday':
      return `the last ${WEEKDAYS[day.weekday]}`;
    case 'nthWeekday':
      return `the ${NTH[day.nth - 1]} ${WEEKDAYS[day.weekday]}`;
  }
}

function lastDay(before: number): string {
  return before === 0 ? 'the last day' : `the day ${before} before the last`;
}

function monthsOf(shape: Shape): string {
  return named(listed(shape, { min: 1, size: 12 }), MONTHS, 1);
}

function yearsOf(shape: Shape): string {
  switch (shape.kind) {
    case 'range':
      return `from ${shape.from} to ${shape.to}`;
    case 'steps':
    case 'every': {
      const until = shape.kind === 'every' || shape.to + shape.step > LAST_YEAR ? '' : ` to ${shape.to}`;
      return `every ${shape.step} years from ${shape.from}${until}`;
    }
    case 'list':
      return `in ${join(shape.values.map(String))}`;
    case 'all':
      return '';
  }
}

function named(shape: Shape, names: readonly string[], first: number): string {
  if (shape.kind === 'range') return `${names[shape.from - first]} to ${names[shape.to - first]}`;
  return shape.kind === 'list' ? join(shape.values.map((value) => names[value - first]!)) : '';
}

function numbered(unit: string, values: readonly number[]): string {
  return `${unit}${values.length === 1 ? '' : 's'} ${join(values.map(String))}`;
}

function ordinal(value: number): string {
  const tens = value % 100;
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${suffix}`;
}

function join(texts: readonly string[]): string {
  return texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}
