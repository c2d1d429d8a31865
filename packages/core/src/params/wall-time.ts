/**
 * Wall-clock time of an IANA zone in plain arithmetic. A wall time is kept as the epoch milliseconds the same fields
 * would have in UTC, so calendar sums need no zone; only `toWall` and `toInstant` ask for the zone's rules.
 */

export const DAY_MS = 86_400_000;

/** More names than there are zones: case does not count in them, so that whoever plays with it must not fill the memory. */
export const MOST_ZONES = 1_000;

/** Reading the zone's rules is slow to set up and pure: one formatter per zone is kept. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timezone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timezone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formatters.size >= MOST_ZONES) forgetZones();
    formatters.set(timezone, formatter);
  }
  return formatter;
}

/** True for a zone this runtime knows, such as `Europe/Berlin` or `UTC`. */
export function isTimezone(name: string): boolean {
  // Offsets such as +02:00 are accepted by newer runtimes only, and have no rules: not a zone here.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What each zone was asked last: the tasks of a run ask for the same few instants, and the rules are slow to ask. */
const lastAsked = new Map<string, { readonly second: number; readonly offsetMs: number }>();

function forgetZones(): void {
  formatters.clear();
  lastAsked.clear();
}

/** The wall time that a clock in `timezone` shows at `epochMs`. */
export function toWall(epochMs: number, timezone: string): number {
  // Offsets are whole seconds and change at whole seconds.
  const second = Math.floor(epochMs / 1_000);
  let last = lastAsked.get(timezone);
  if (last?.second !== second) {
    last = { second, offsetMs: askWall(second * 1_000, timezone) - second * 1_000 };
    lastAsked.set(timezone, last);
  }
  return epochMs + last.offsetMs;
}

/** @param epochMs whole seconds */
function askWall(epochMs: number, timezone: string): number {
  const fields: Record<string, number> = {};
  for (const { type, value } of formatterOf(timezone).formatToParts(epochMs)) fields[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return wallOf(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1_000;
}

/**
 * The instant at which a clock in `timezone` shows `wall`. When clocks were turned back over it, the first of the two;
 * when they jumped over it, as much later as they jumped.
 */
export function toInstant(wall: number, timezone: string): number {
  const before = wall - DAY_MS;
  const after = wall + DAY_MS;
  const early = wall - (toWall(before, timezone) - before);
  if (toWall(early, timezone) === wall) return early;
  const late = wall - (toWall(after, timezone) - after);
  return toWall(late, timezone) === wall ? late : early;
}

/** Midnight of a date as wall time; months from 1, and out-of-range months and days carry over. */
export function wallOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

/** Moves by whole months; a day that the month does not have becomes its last day. */
export function addMonths(wall: number, months: number): number {
  const date = new Date(wall);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + 1 + months;
  const lastDay = new Date(wallOf(year, month + 1, 0)).getUTCDate();
  return wallOf(year, month, Math.min(date.getUTCDate(), lastDay)) + modulo(wall, DAY_MS);
}

/** 1 for Monday to 7 for Sunday. */
export function weekday(wall: number): number {
  return new Date(wall).getUTCDay() || 7;
}

export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
