/** Whether a calendar can be kept as somebody wants it. */
import type { Problem } from '../errors/app-error.ts';
import { daysInMonth } from '../schedule/calendar-days.ts';
import { FIRST_YEAR, LAST_YEAR } from '../schedule/cron-fields.ts';
import type { CalendarEntry } from './rows.ts';

export const MAX_CALENDAR_ENTRIES = 5_000;

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})$/;
/** As `2026-12-24T18:00` and without its year. */
const YEAR_LENGTH = '2026-'.length;

/** Everything that is wrong with the entries, by place; nothing when they can be kept. */
export function checkCalendarEntries(entries: readonly CalendarEntry[]): readonly Problem[] {
  if (entries.length > MAX_CALENDAR_ENTRIES) {
    const message = `There are ${entries.length} entries; a calendar has at most ${MAX_CALENDAR_ENTRIES}. Make it two calendars`;
    return [{ path: 'entries', message }];
  }
  return entries.flatMap((entry, index) => checkEntry(entry, `entries[${index}]`));
}

/** The order in which entries are kept. */
export function inCalendarOrder(entries: readonly CalendarEntry[]): readonly CalendarEntry[] {
  const key = ({ from, to, title }: CalendarEntry) => `${from} ${to} ${title}`;
  return entries.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function checkEntry({ from, to, yearly }: CalendarEntry, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [field, text] of Object.entries({ from, to })) {
    const wrong = whyNoTime(text);
    if (wrong !== undefined) problems.push({ path: `${path}.${field}`, message: wrong });
  }
  if (problems.length > 0) return problems;
  const timed = from.includes('T');
  if (timed !== to.includes('T')) {
    const message = `\`from\` is a ${timed ? 'time' : 'day'}, so \`to\` must be one too, such as ${timed ? '2026-12-24T18:00' : '2026-12-24'}`;
    return [{ path: `${path}.to`, message }];
  }
  const wrong = whyNoSpan(from, to, { timed, yearly });
  return wrong === undefined ? [] : [{ path: `${path}.to`, message: wrong }];
}

function whyNoSpan(
  from: string,
  to: string,
  { timed, yearly }: { readonly timed: boolean; readonly yearly: boolean },
): string | undefined {
  if (timed && from === to) return 'It ends when it begins, so there is nothing in it. `to` is not in a span of times';
  if (!yearly) return from > to ? 'It ends before it begins' : undefined;
  const [firstDay, lastDay] = [from.slice(YEAR_LENGTH), to.slice(YEAR_LENGTH)];
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  const tooLong = years > 1 || (years === 1 && lastDay >= firstDay) || (timed && lastDay === firstDay);
  return tooLong ? 'A yearly entry is shorter than a year. For every day choose all seven weekdays' : undefined;
}

function whyNoTime(text: string): string | undefined {
  const timed = TIME.exec(text);
  const day = DAY.exec(timed?.[1] ?? text);
  if (day === null) return 'Write a day such as 2026-12-24, or a time such as 2026-12-24T18:00';
  const [year, month, date] = day.slice(1).map(Number) as [number, number, number];
  if (year < FIRST_YEAR || year > LAST_YEAR) return `Years from ${FIRST_YEAR} to ${LAST_YEAR} are known`;
  if (month < 1 || month > 12) return `There is no month ${month}`;
  if (date < 1 || date > daysInMonth(year, month)) {
    return `${day[0].slice(0, '2026-12'.length)} has ${daysInMonth(year, month)} days; there is no day ${date}`;
  }
  if (timed !== null && (Number(timed[2]) > 23 || Number(timed[3]) > 59)) return 'Times go from 00:00 to 23:59';
  return undefined;
}
