/**
 * What the calendars of a schedule say about one of its fire times. They move no fire time; they decide whether it is acted on.
 * Preview, forecast and firing all ask here.
 */
import { DAY_MS, toWall } from '../params/wall-time.ts';
import { weekdayOf } from '../schedule/calendar-days.ts';
import { type CalendarSpans, spansOf } from './calendar-spans.ts';
import type { CalendarEntry, CalendarId, CalendarRow } from './rows.ts';

export interface CalendarChoice {
  /** When there are any: only what one of these holds. */
  readonly include: readonly CalendarId[];
  /** Never what one of these holds; stronger than `include`. */
  readonly exclude: readonly CalendarId[];
}

/** Why a fire time is left out. */
export interface CalendarObjection {
  readonly code: 'calendar';
  /** A sentence for people. */
  readonly text: string;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const spansByEntries = new WeakMap<readonly CalendarEntry[], CalendarSpans>();

/**
 * @param calendars the rows of all calendars that are chosen. One that is missing holds nothing: where it was included, that leaves
 *   everything out rather than letting through what nobody has allowed.
 * @param timezone whose days they are
 * @returns null: nothing is said against it.
 */
export function calendarSays(
  { include, exclude }: CalendarChoice,
  calendars: ReadonlyMap<CalendarId, CalendarRow>,
  fireAt: number,
  timezone: string,
): CalendarObjection | null {
  if (include.length === 0 && exclude.length === 0) return null;
  const wall = toWall(fireAt, timezone);
  for (const id of exclude) {
    const calendar = calendars.get(id);
    const title = calendar && heldAs(calendar, wall);
    if (title !== undefined) return objection(`The calendar “${calendar!.name}” leaves it out: ${title}.`);
  }
  if (include.length === 0) return null;
  const chosen = include.flatMap((id) => calendars.get(id) ?? []);
  if (chosen.some((calendar) => heldAs(calendar, wall) !== undefined)) return null;
  if (chosen.length === 0) return objection('The calendars it is limited to are not there any more.');
  const names = chosen.map(({ name }) => `“${name}”`).join(', ');
  return objection(`It is not in ${chosen.length === 1 ? 'the calendar' : 'any of the calendars'} ${names}.`);
}

/** Whether a calendar holds an instant, and as what: the title of an entry, or the name of the weekday; undefined when it does not. */
export function calendarHolds(calendar: CalendarRow, at: number, timezone: string): string | undefined {
  return heldAs(calendar, toWall(at, timezone));
}

function heldAs({ entries, weekdays }: CalendarRow, wall: number): string | undefined {
  let spans = spansByEntries.get(entries);
  if (spans === undefined) {
    spans = spansOf(entries);
    spansByEntries.set(entries, spans);
  }
  const title = spans.titleAt(new Date(wall).toISOString().slice(0, '2026-12-24T18:00:00'.length));
  if (title !== undefined) return title;
  const weekday = weekdayOf(Math.floor(wall / DAY_MS));
  return weekdays.includes(weekday) ? WEEKDAYS[weekday] : undefined;
}

function objection(text: string): CalendarObjection {
  return { code: 'calendar', text };
}
