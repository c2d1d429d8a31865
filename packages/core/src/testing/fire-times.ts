/**
 * What fire times must be, by definition and at any price: day after day and time after time, with the zone asked another way than
 * the product asks it. For the property tests and for `tools/check-fire-times.ts`.
 */
import type { CronExpression, SpecialDay } from '../schedule/cron.ts';
import type { ZonedCron } from '../schedule/zoned-search.ts';
import type { Random } from '../time/random.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A zone's offset from UTC, read from what Intl prints for it: `GMT+05:30`. */
export function printedOffset(instant: number, timezone: string): number {
  let formatter = formatters.get(timezone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
    formatters.set(timezone, formatter);
  }
  const match = /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(formatter.format(instant))!;
  const seconds = (Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -1 : 1) * seconds * 1_000;
}

/** All fire times after `after` up to `upTo`, by the four rules at the top of `schedule/zoned-search.ts`. */
export function fireTimesByDefinition({ cron, timezone, dst }: ZonedCron, after: number, upTo: number): number[] {
  const fires = new Set<number>();
  for (let day = Math.floor(after / DAY_MS) - 3; day <= Math.floor(upTo / DAY_MS) + 3; day++) {
    if (!isDay(cron, new Date(day * DAY_MS))) continue;
    for (const wall of timesOfDay(cron, day * DAY_MS)) {
      const early = printedOffset(wall - 1.5 * DAY_MS, timezone);
      const late = printedOffset(wall + 1.5 * DAY_MS, timezone);
      const shown = [...new Set([wall - early, wall - late])]
        .filter((instant) => instant + printedOffset(instant, timezone) === wall)
        .sort((a, b) => a - b);
      if (shown.length === 0 && dst !== 'skip') fires.add(wall - early);
      for (const instant of dst === 'run_both' ? shown : shown.slice(0, 1)) fires.add(instant);
    }
  }
  return [...fires].filter((instant) => instant > after && instant <= upTo).sort((a, b) => a - b);
}

function* timesOfDay({ fields }: CronExpression, midnight: number): Generator<number> {
  for (const hour of fields.hour.values) {
    for (const minute of fields.minute.values) {
      for (const second of fields.second.values) yield midnight + hour * HOUR_MS + minute * 60_000 + second * 1_000;
    }
  }
}

function isDay({ fields, dayJoin }: CronExpression, date: Date): boolean {
  if (!fields.month.values.includes(date.getUTCMonth() + 1)) return false;
  if (!fields.year.any && !fields.year.values.includes(date.getUTCFullYear())) return false;
  const { dayOfMonth, dayOfWeek } = fields;
  const isDate =
    dayOfMonth.any ||
    dayOfMonth.values.includes(date.getUTCDate()) ||
    dayOfMonth.special.some((special) => isSpecial(special, date));
  const isWeekday =
    dayOfWeek.any ||
    dayOfWeek.values.includes(date.getUTCDay()) ||
    dayOfWeek.special.some((special) => isSpecial(special, date));
  return dayJoin === 'either' ? isDate || isWeekday : isDate && isWeekday;
}

function isSpecial(special: SpecialDay, date: Date): boolean {
  const sameMonth = (days: number) => new Date(date.getTime() + days * DAY_MS).getUTCMonth() === date.getUTCMonth();
  const isLast = (before: number, day: Date) => new Date(day.getTime() + (before + 1) * DAY_MS).getUTCDate() === 1;
  switch (special.kind) {
    case 'last':
      return isLast(special.before, date);
    case 'lastWeekday':
      return date.getUTCDay() === special.weekday && !sameMonth(7);
    case 'nthWeekday':
      return date.getUTCDay() === special.weekday && Math.ceil(date.getUTCDate() / 7) === special.nth;
    case 'lastWorkday':
      return isNearest(date, (day) => isLast(special.before, day));
    case 'workday':
      return isNearest(date, (day) => day.getUTCDate() === special.day);
  }
}

/** True when `date` is the workday of its month that is nearest to the day meant. */
function isNearest(date: Date, isMeant: (day: Date) => boolean): boolean {
  const isWorkday = (day: Date) => day.getUTCDay() >= 1 && day.getUTCDay() <= 5;
  for (let days = -2; days <= 2; days++) {
    const meant = new Date(date.getTime() + days * DAY_MS);
    if (meant.getUTCMonth() !== date.getUTCMonth() || !isMeant(meant)) continue;
    const near = [0, -1, 1, -2, 2]
      .map((away) => new Date(meant.getTime() + away * DAY_MS))
      .find((day) => day.getUTCMonth() === meant.getUTCMonth() && isWorkday(day));
    if (near?.getTime() === date.getTime()) return true;
  }
  return false;
}

/** The instants in a year at which a zone's clocks are moved, to the hour, looked for in steps of two days. */
export function changesInYear(year: number, timezone: string): number[] {
  const changes: number[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 2 * DAY_MS) {
    const offset = printedOffset(at, timezone);
    if (printedOffset(at + 2 * DAY_MS, timezone) === offset) continue;
    let hour = at;
    while (printedOffset(hour, timezone) === offset) hour += HOUR_MS;
    changes.push(hour);
  }
  return changes;
}

/** An expression of any form that can be written, which may yet turn out to be impossible. */
export function randomCron(random: Random): string {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random.next() * values.length)]!;
  const upTo = (from: number, to: number) => from + Math.floor(random.next() * (to - from + 1));
  const numbers = (from: number, to: number) =>
    pick([
      () => '*',
      () => String(upTo(from, to)),
      () => `${upTo(from, to)},${upTo(from, to)}`,
      () => `${upTo(from, to)}-${upTo(from, to)}`,
      () => `*/${upTo(1, to)}`,
      () => `${upTo(from, to)}/${upTo(1, to)}`,
      () => `${upTo(from, to)}-${upTo(from, to)}/${upTo(1, to)}`,
    ])();
  const minute = pick([() => String(upTo(0, 59)), () => numbers(0, 59)])();
  // Hours about which clocks are moved, more often than others.
  const hour = pick([() => pick(['0', '1', '2', '3', '1-3', '*', '0,2', '23']), () => numbers(0, 23)])();
  const month = pick(
    ['*', '*', '*', () => numbers(1, 12)].map((value) => (typeof value === 'string' ? () => value : value)),
  )();
  const unix = random.next() < 0.4;
  const weekday = () => (unix ? upTo(0, 6) : upTo(1, 7));
  const weekdays = pick([
    () => numbers(unix ? 0 : 1, 6),
    () => pick(['MON-FRI', 'SAT,SUN', 'FRI-MON', 'WED']),
    () => `${weekday()}L`,
    () => `${weekday()}#${upTo(1, 5)}`,
  ]);
  const dates = pick([
    () => numbers(1, 31),
    () => pick(['L', 'L-3', 'LW', 'L-2W', '1,L', '15,LW']),
    () => `${upTo(1, 31)}W`,
  ]);
  if (unix)
    return [minute, hour, pick([() => '*', dates])(), month, pick([() => '*', () => '*', weekdays])()].join(' ');
  const days = pick([() => ['*', '?'], () => ['?', '*'], () => [dates(), '?'], () => ['?', weekdays()]])();
  const second = pick(['0', '0', '0', '30', '0,15']);
  return [second, minute, hour, days[0], month, days[1], ...(random.next() < 0.2 ? ['*'] : [])].join(' ');
}
