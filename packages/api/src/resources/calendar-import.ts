/** POST /calendars/import: entries from a calendar file, tried first where that is asked for. */
import {
  AppError,
  type CalendarEntry,
  type CalendarId,
  type CalendarRow,
  checkCalendarEntries,
  didYouMean,
  ICS_YEARS,
  inCalendarOrder,
  isTimezone,
  readIcs,
  zonedText,
} from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { toCalendarViews, toEntryView } from '../schedules/calendar-views.ts';
import { CalendarImport, CalendarImported } from '../views/calendar.ts';
import { auditData, CALENDARS_PATH, CALENDARS_TAG, newCalendar } from './calendars.ts';

const TOLD = 200;

export function calendarImportEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;

  async function keep(
    before: CalendarRow | undefined,
    {
      id,
      name,
      entries,
      caller,
    }: {
      readonly id: CalendarId;
      readonly name: string;
      readonly entries: readonly CalendarEntry[];
      readonly caller: Caller;
    },
  ): Promise<CalendarRow | undefined> {
    const now = clock.now();
    if (before === undefined) {
      const row = newCalendar({ id, name, description: '', entries, weekdays: [] }, caller.name, now);
      await createOnce(
        () => store.calendars.create(row),
        () => store.calendars.find(id),
      );
    } else {
      await store.calendars.update(before, { entries, at: now });
      deps.schedulesChanged();
    }
    const data = { entries: entries.length, ...(before === undefined ? {} : { before: auditData(before) }) };
    await audit(caller, { action: 'calendar.import', subject: before?.name ?? name, data });
    return store.calendars.find(before?.id ?? id);
  }

  return [
    endpoint({
      method: 'post',
      path: `${CALENDARS_PATH}/import`,
      tag: CALENDARS_TAG,
      access: 'edit',
      summary: 'Take the events of an ICS file as entries of a calendar',
      description:
        `What recurs is written out for ${ICS_YEARS} years; an event that comes back each year on its date is one yearly entry. What is left ` +
        'out or cut short is told with its line and the reason.',
      body: CalendarImport,
      errors: ['conflict', 'name_in_use'],
      status: 200,
      answer: CalendarImported,
      async handle({ body, caller, ids }) {
        const { ics, mode, timezone, dryRun } = body;
        if (!isTimezone(timezone)) throw noZone(timezone);
        const from = Date.parse(body.from ?? zonedText(clock.now(), timezone).slice(0, '2026-12-24'.length));
        const { entries: taken, notTaken } = readIcs(ics, { timezone, from });
        const before = await store.calendars.find(body.calendar);
        const entries = mode === 'add' ? together(before?.entries ?? [], taken) : taken;
        const problems = checkCalendarEntries(entries);
        if (problems.length > 0)
          throw new AppError('bad_request', 'The calendar cannot be kept like this.', { problems });
        const row = dryRun
          ? before
          : await keep(before, { id: ids.next<'calendar'>(), name: body.calendar, entries, caller });
        return {
          dryRun,
          calendar: row === undefined ? null : (await toCalendarViews(store.calendars, [row]))[0]!,
          entries: entries.map(toEntryView),
          taken: taken.length,
          notTaken: notTaken.slice(0, TOLD),
          notTakenCount: notTaken.length,
        };
      },
    }),
  ];
}

function noZone(timezone: string): AppError {
  const meant = didYouMean(timezone, Intl.supportedValuesOf('timeZone'));
  const message = `There is no time zone "${timezone}".${meant} IANA names such as Europe/Berlin or UTC are known`;
  return new AppError('bad_request', 'The body is not valid.', { problems: [{ path: 'timezone', message }] });
}

/** What is there already is not added a second time. */
function together(before: readonly CalendarEntry[], added: readonly CalendarEntry[]): readonly CalendarEntry[] {
  const key = ({ title, from, to, yearly }: CalendarEntry) => JSON.stringify([title, from, to, yearly]);
  return inCalendarOrder([...new Map([...before, ...added].map((entry) => [key(entry), entry])).values()]);
}
