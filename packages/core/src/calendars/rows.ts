/** A calendar: a named set of days and of spans within days, which schedules include or leave out. */
import type { Id } from '../identity/ids.ts';

export type CalendarId = Id<'calendar'>;

/**
 * One entry. `from` and `to` are both days (`2026-12-24`; `to` is in it) or both wall-clock times (`2026-12-24T18:00`; `to` is not in
 * it), of the zone of whoever asks. With `yearly` the year does not count, and `to` may lie in the next.
 */
export interface CalendarEntry {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly yearly: boolean;
}

export interface CalendarRow {
  readonly id: CalendarId;
  readonly name: string;
  readonly description: string;
  /** In order of `from`, at most 5,000. */
  readonly entries: readonly CalendarEntry[];
  /** Days of the week that are in it whatever the entries say: 0 is Sunday. */
  readonly weekdays: readonly number[];
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}
