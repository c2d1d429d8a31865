/**
 * Entries of a calendar from a calendar file (RFC 5545), as calendars, groupware and authorities give them out.
 *
 * What recurs is written out for five years, because entries are what people can look at and change; but an event that comes back each
 * year on its date becomes one yearly entry. Nothing is left out silently: what is not taken is told with its reason.
 */
import { AppError } from '../../errors/app-error.ts';
import { DAY_MS, toInstant, toWall } from '../../params/wall-time.ts';
import { calendarDay, dayNumber, daysInMonth } from '../../schedule/calendar-days.ts';
import { FIRST_YEAR } from '../../schedule/cron-fields.ts';
import { inCalendarOrder, MAX_CALENDAR_ENTRIES } from '../check-calendar.ts';
import type { CalendarEntry } from '../rows.ts';
import { readComponents } from './components.ts';
import { contentLines } from './content-lines.ts';
import { type IcsEvent, readEvent, titleOf } from './event.ts';
import { type Effort, recurrences } from './recurrence.ts';

/** So far ahead of `from` events that recur are written out. */
export const ICS_YEARS = 5;
/** Days that may be looked at for one file. */
const EFFORT = 1_000_000;

export interface IcsOptions {
  /** Whose clocks the entries are written for. */
  readonly timezone: string;
  /** What ends before this day is left out: midnight as a wall. */
  readonly from: number;
}

export interface IcsReading {
  readonly entries: readonly CalendarEntry[];
  /** Left out or cut short. */
  readonly notTaken: readonly { readonly title: string; readonly line: number; readonly reason: string }[];
}

/** @throws AppError `bad_request`: it is no calendar file, or has more entries than a calendar may. */
export function readIcs(text: string, options: IcsOptions): IcsReading {
  const { events: rawEvents, others, zones } = readComponents(contentLines(text));
  const notTaken: { title: string; line: number; reason: string }[] = others.map(({ kind, line }) => ({
    ...{ title: kind, line },
    reason: 'It is not an event',
  }));
  const events: IcsEvent[] = [];
  for (const raw of rawEvents) {
    const event = readEvent(raw, zones);
    if (typeof event === 'string') notTaken.push({ title: titleOf(raw), line: raw.line, reason: event });
    else events.push(event);
  }

  const replaced = replacedStarts(events);
  const entries = new Map<string, CalendarEntry>();
  const effort: Effort = { left: EFFORT };
  for (const event of events) {
    const tell = (reason: string) => void notTaken.push({ title: event.title, line: event.line, reason });
    if (event.cancelled) {
      tell('It is cancelled');
      continue;
    }
    const { found, note } = entriesOf(event, { ...options, replaced: replaced.get(event.uid) ?? NOTHING, effort });
    if (note !== null) tell(note);
    for (const entry of found) entries.set(JSON.stringify(entry), entry);
    if (entries.size > MAX_CALENDAR_ENTRIES) throw tooMany();
  }
  return { entries: inCalendarOrder([...entries.values()]), notTaken: notTaken.toSorted((a, b) => a.line - b.line) };
}

function tooMany(): AppError {
  const message =
    `The file has more than ${MAX_CALENDAR_ENTRIES} days and spans from that day on, which is what a calendar may have. ` +
    'Leave out events that recur each day or week; weekdays are chosen in the calendar itself';
  return new AppError('bad_request', `${message}.`, { problems: [{ path: 'ics', message }] });
}

/** By uid: occurrences that events of their own stand for. */
function replacedStarts(events: readonly IcsEvent[]): ReadonlyMap<string, ReadonlySet<number>> {
  const starts = new Map<string, Set<number>>();
  for (const { uid, replaces } of events) {
    if (replaces !== null) starts.set(uid, (starts.get(uid) ?? new Set()).add(replaces));
  }
  return starts;
}

const NOTHING: ReadonlySet<number> = new Set();

interface Context extends IcsOptions {
  readonly replaced: ReadonlySet<number>;
  readonly effort: Effort;
}

function entriesOf(event: IcsEvent, context: Context): { found: CalendarEntry[]; note: string | null } {
  const yearly = asYearly(event, context);
  if (yearly !== null) return { found: [yearly], note: null };
  const { from, timezone, effort } = context;
  const { year, month, day } = calendarDay(Math.floor(from / DAY_MS));
  const last = dayNumber(year + ICS_YEARS, month, Math.min(day, daysInMonth(year + ICS_YEARS, month))) * DAY_MS;
  // Zones are less than a day apart, so that no occurrence is missed which is on the next day here.
  const first = from - event.lengthMs - DAY_MS;
  const removed = new Set(event.removed);
  const replaced = event.replaces === null ? context.replaced : NOTHING;
  const starts = new Set(event.added);
  if (event.rule === null) starts.add(event.start);
  else for (const wall of recurrences(event.start, event.rule, { first, last, effort })) starts.add(wall);

  const found: CalendarEntry[] = [];
  for (const start of starts) {
    if (removed.has(start) || replaced.has(start)) continue;
    const { entry, end } = written(event, start, timezone);
    if (end > from) found.push(entry);
    if (found.length > MAX_CALENDAR_ENTRIES) throw tooMany();
  }
  return { found, note: noteOf(event, { found: found.length, from, last, effort }) };
}

function noteOf(
  { rule }: IcsEvent,
  { found, from, last, effort }: { found: number; from: number; last: number; effort: Effort },
): string | null {
  if (effort.left <= 0 && rule !== null)
    return 'It was cut short: working out all that recurs in the file takes too long';
  if (found === 0)
    return rule === null ? `It is over before ${dayText(from)}` : `It does not take place from ${dayText(from)} on`;
  const endless = rule !== null && rule.count === null && (rule.until === null || rule.until > last);
  return endless ? `It recurs further: it is written down until ${dayText(last)}` : null;
}

/** An event that comes back each year on its date, and has no exceptions, is one entry. */
function asYearly({ rule, ...event }: IcsEvent, { from, timezone, replaced }: Context): CalendarEntry | null {
  if (rule === null || rule.frequency !== 'YEARLY' || rule.interval !== 1) return null;
  if (rule.count !== null || rule.until !== null || rule.weekdays.length > 0 || rule.positions.length > 0) return null;
  if (event.added.length + event.removed.length + replaced.size > 0) return null;
  if (event.zone !== null && event.zone !== timezone) return null;
  const start = calendarDay(Math.floor(event.start / DAY_MS));
  const same = (values: readonly number[], value: number) =>
    values.length === 0 || (values.length === 1 && values[0] === value);
  if (!same(rule.months, start.month) || !same(rule.monthDays, start.day)) return null;
  // A rule for day 25 without a month means each month of the year.
  if (rule.monthDays.length > 0 && rule.months.length === 0) return null;
  if (event.start >= from + 365 * DAY_MS || event.lengthMs >= 365 * DAY_MS) return null;
  // The year does not count, but one that is too early for an entry gives way to one with the same February.
  const early = daysInMonth(start.year, 2) === 29 ? 1972 : 1973;
  const year = start.year < FIRST_YEAR ? early : start.year;
  const shifted = event.start + (dayNumber(year, start.month, start.day) - Math.floor(event.start / DAY_MS)) * DAY_MS;
  return { ...entryAt(event, shifted, shifted + event.lengthMs), yearly: true };
}

/** One occurrence as clocks of `timezone` show it, and the wall at which it ends. */
function written(event: IcsEvent, start: number, timezone: string): { entry: CalendarEntry; end: number } {
  const { zone, lengthMs } = event;
  const shown = (wall: number) => (zone === null || zone === timezone ? wall : toWall(toInstant(wall, zone), timezone));
  const from = shown(start);
  const end = shown(start + lengthMs);
  // Where clocks are turned back a short event may end before it begins, by the clock.
  const to = end > from ? end : from + lengthMs;
  return { entry: entryAt(event, from, to), end: to };
}

const MINUTE_MS = 60_000;
/** Entries begin here at the earliest; what lies before it is over. */
const FIRST_DAY = Date.UTC(FIRST_YEAR, 0, 1);

function entryAt({ title, allDay }: Pick<IcsEvent, 'title' | 'allDay'>, start: number, to: number): CalendarEntry {
  const from = Math.max(start, FIRST_DAY);
  if (allDay) return { title, from: dayText(from), to: dayText(to - DAY_MS), yearly: false };
  const [begin, end] = [Math.floor(from / MINUTE_MS), Math.ceil(to / MINUTE_MS)];
  return { title, from: timeText(begin * MINUTE_MS), to: timeText(end * MINUTE_MS), yearly: false };
}

function dayText(wall: number): string {
  return new Date(wall).toISOString().slice(0, '2026-12-24'.length);
}

function timeText(wall: number): string {
  return new Date(wall).toISOString().slice(0, '2026-12-24T18:00'.length);
}
