/** /calendars: named sets of days and spans that schedules include or leave out. */
import { AppError, type CalendarId, type CalendarRow, checkCalendarEntries, inCalendarOrder } from '@vaquita/core';
import type { CalendarChange as StoredChange } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { namedRevision, requireRevision } from '../http/revision.ts';
import { toCalendarDetail, toCalendarViews } from '../schedules/calendar-views.ts';
import { CalendarChange, CalendarCreate, CalendarDetail, CalendarPage } from '../views/calendar.ts';
import { PageQuery } from '../views/page.ts';
import { pageRequest } from './paging.ts';

export const CALENDARS_TAG = 'Calendars';
export const CALENDARS_PATH = '/api/v1/calendars';
const ITEM = `${CALENDARS_PATH}/{calendar}` as const;

export function calendarEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...readEndpoints(deps), ...changeEndpoints(deps, audit)];
}

async function requireCalendar(store: ApiStore, idOrName: string): Promise<CalendarRow> {
  const calendar = await store.calendars.find(idOrName);
  if (calendar) return calendar;
  throw new AppError('not_found', `There is no calendar “${idOrName}”.`);
}

/** What is kept of what people send. @throws AppError `bad_request` with the place of each mistake. */
function checkedEntries(given: CalendarRow['entries']): CalendarRow['entries'] {
  const problems = checkCalendarEntries(given);
  if (problems.length > 0) throw new AppError('bad_request', 'The calendar cannot be kept like this.', { problems });
  return inCalendarOrder(given);
}

function orderedWeekdays(given: readonly number[]): readonly number[] {
  return [...new Set(given)].toSorted((a, b) => a - b);
}

function readEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: CALENDARS_PATH,
      tag: CALENDARS_TAG,
      access: 'view',
      summary: 'List calendars by name',
      query: PageQuery,
      status: 200,
      answer: CalendarPage,
      async handle({ query }) {
        const page = await store.calendars.list(pageRequest(query));
        return { items: await toCalendarViews(store.calendars, page.items), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: CALENDARS_TAG,
      access: 'view',
      summary: 'Show a calendar with its entries, by id or by name',
      status: 200,
      answer: CalendarDetail,
      handle: async ({ params }) => toCalendarDetail(store.calendars, await requireCalendar(store, params.calendar)),
    }),
  ];
}

function changeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;
  return [
    endpoint({
      method: 'post',
      path: CALENDARS_PATH,
      tag: CALENDARS_TAG,
      access: 'edit',
      summary: 'Create a calendar',
      body: CalendarCreate,
      errors: ['name_in_use'],
      status: 201,
      answer: CalendarDetail,
      async handle({ body, caller, ids }) {
        const id: CalendarId = ids.next<'calendar'>();
        const entries = checkedEntries(body.entries);
        const row = newCalendar({ ...body, id, entries }, caller.name, clock.now());
        await createOnce(
          () => store.calendars.create(row),
          () => store.calendars.find(id),
        );
        const data = { id, entries: entries.length, weekdays: row.weekdays };
        await audit(caller, { action: 'calendar.create', subject: row.name, data });
        return toCalendarDetail(store.calendars, await requireCalendar(store, id));
      },
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: CALENDARS_TAG,
      access: 'edit',
      summary: 'Change a calendar',
      description: 'Schedules that use it follow it from their next fire time on. What was decided before stays.',
      body: CalendarChange,
      errors: ['name_in_use', 'conflict'],
      status: 200,
      answer: CalendarDetail,
      async handle({ params, body, raw, caller }) {
        const calendar = await requireCalendar(store, params.calendar);
        requireRevision(namedRevision(raw, body), { ...calendar, what: `The calendar “${calendar.name}”` });
        const change: Omit<StoredChange, 'at'> = {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.entries === undefined ? {} : { entries: checkedEntries(body.entries) }),
          ...(body.weekdays === undefined ? {} : { weekdays: orderedWeekdays(body.weekdays) }),
        };
        await store.calendars.update(calendar, { ...change, at: clock.now() });
        deps.schedulesChanged();
        await audit(caller, {
          action: 'calendar.update',
          subject: calendar.name,
          data: { ...auditData(change), id: calendar.id, before: auditData(calendar) },
        });
        return toCalendarDetail(store.calendars, await requireCalendar(store, calendar.id));
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: CALENDARS_TAG,
      access: 'edit',
      summary: 'Delete a calendar that no schedule uses',
      errors: ['conflict'],
      status: 204,
      async handle({ params, raw, caller }) {
        const calendar = await requireCalendar(store, params.calendar);
        requireRevision(namedRevision(raw, {}), { ...calendar, what: `The calendar “${calendar.name}”` });
        await store.calendars.delete(calendar.id);
        const data = { id: calendar.id, before: auditData(calendar) };
        await audit(caller, { action: 'calendar.delete', subject: calendar.name, data });
      },
    }),
  ];
}

export function newCalendar(
  given: Pick<CalendarRow, 'id' | 'name' | 'description' | 'entries' | 'weekdays'>,
  by: string,
  now: number,
): CalendarRow {
  const weekdays = orderedWeekdays(given.weekdays);
  return { ...given, weekdays, revision: 1, createdBy: by, createdAt: now, updatedAt: now };
}

/** Thousands of entries are no matter for the audit log: how many there are is. */
export function auditData({ name, description, entries, weekdays }: Partial<CalendarRow>) {
  return { name, description, entries: entries?.length, weekdays };
}
