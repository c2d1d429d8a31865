/** Rows of calendars as the API shows them. */
import type { CalendarRow } from '@vaquita/core';
import type { NamingSchedule } from '@vaquita/store';
import type { ApiStore } from '../deps.ts';
import { isoTime } from '../resources/paging.ts';
import type { CalendarDetail, CalendarEntryView, CalendarView } from '../views/calendar.ts';

/** How many schedules that use a calendar are counted, and how many are named. */
const COUNTED = 1_000;
const NAMED = 20;

type CalendarStore = ApiStore['calendars'];

export async function toCalendarView(calendars: CalendarStore, row: CalendarRow): Promise<CalendarView> {
  return viewOf(row, await calendars.namedBy(row.id, COUNTED));
}

export async function toCalendarDetail(calendars: CalendarStore, row: CalendarRow): Promise<CalendarDetail> {
  const users = await calendars.namedBy(row.id, COUNTED);
  return { ...viewOf(row, users), entries: row.entries.map(toEntryView), usedBy: users.slice(0, NAMED) };
}

export function toEntryView(entry: CalendarRow['entries'][number]): CalendarEntryView {
  return { ...entry };
}

function viewOf(row: CalendarRow, users: readonly NamingSchedule[]): CalendarView {
  const { id, name, description, revision, createdBy } = row;
  return {
    ...{ id, name, description, revision, createdBy },
    entryCount: row.entries.length,
    weekdays: [...row.weekdays],
    schedules: users.length,
    createdAt: isoTime(row.createdAt),
    updatedAt: isoTime(row.updatedAt),
  };
}
