/** Rows of calendars as the API shows them. */
import type { CalendarRow } from '@vaquita/core';
import type { ApiStore } from '../deps.ts';
import { isoTime } from '../resources/paging.ts';
import type { CalendarDetail, CalendarEntryView, CalendarView } from '../views/calendar.ts';

/** So many of the schedules that use a calendar are named. */
const NAMED = 20;

type CalendarStore = ApiStore['calendars'];

export async function toCalendarViews(calendars: CalendarStore, rows: readonly CalendarRow[]): Promise<CalendarView[]> {
  const counts = await calendars.useCounts(rows.map(({ id }) => id));
  return rows.map((row) => viewOf(row, counts.get(row.id) ?? 0));
}

export async function toCalendarDetail(calendars: CalendarStore, row: CalendarRow): Promise<CalendarDetail> {
  const [views, usedBy] = await Promise.all([toCalendarViews(calendars, [row]), calendars.namedBy(row.id, NAMED)]);
  return { ...views[0]!, entries: row.entries.map(toEntryView), usedBy: [...usedBy] };
}

export function toEntryView(entry: CalendarRow['entries'][number]): CalendarEntryView {
  return { ...entry };
}

function viewOf(row: CalendarRow, schedules: number): CalendarView {
  const { id, name, description, revision, createdBy } = row;
  return {
    ...{ id, name, description, revision, createdBy },
    entryCount: row.entries.length,
    weekdays: [...row.weekdays],
    schedules,
    createdAt: isoTime(row.createdAt),
    updatedAt: isoTime(row.updatedAt),
  };
}
