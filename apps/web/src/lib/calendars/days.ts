/** The days of a month, which of them a calendar holds, and how one is put in or taken out. Days are texts such as `2026-12-24`. Pure. */
import type { CalendarEntryView } from '@vaquita/client';

const DAY_MS = 86_400_000;
const YEAR = 5;
const DAYS_SHOWN = 42;

/** @param month as `2026-12`; null when it is none */
export function readMonth(month: string | null): string | null {
  return month !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : null;
}

export function monthsOn(month: string, by: number): string {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

export function daysOn(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
const weekdayOf = (day: string): number => new Date(`${day}T00:00Z`).getUTCDay();

/** Six weeks from Monday on, in which the month lies. */
export function daysShown(month: string): readonly string[] {
  const first = `${month}-01`;
  const monday = daysOn(first, -((weekdayOf(first) + 6) % 7));
  return Array.from({ length: DAYS_SHOWN }, (_, index) => daysOn(monday, index));
}

const isTimed = ({ from }: CalendarEntryView): boolean => from.includes('T');

/** Whether a day, or a part of it, lies in an entry. */
export function holds(entry: CalendarEntryView, day: string): boolean {
  const cut = entry.yearly ? YEAR : 0;
  const from = entry.from.slice(0, 10).slice(cut);
  const to = lastDay(entry).slice(cut);
  const at = day.slice(cut);
  return entry.yearly && from > to ? at >= from || at <= to : at >= from && at <= to;
}

/** The last day of which anything is in it: one that ends at midnight ends the day before. */
function lastDay({ to }: CalendarEntryView): string {
  return to.endsWith('T00:00') ? daysOn(to.slice(0, 10), -1) : to.slice(0, 10);
}

export interface DayMark {
  /** Of entries of whole days. */
  readonly titles: readonly string[];
  /** Of entries of times. */
  readonly partly: readonly string[];
  readonly weekday: boolean;
}

export function markOf(day: string, entries: readonly CalendarEntryView[], weekdays: readonly number[]): DayMark {
  const held = entries.filter((entry) => holds(entry, day));
  return {
    titles: held.filter((entry) => !isTimed(entry)).map(({ title }) => title),
    partly: held.filter(isTimed).map(({ title }) => title),
    weekday: weekdays.includes(weekdayOf(day)),
  };
}

/**
 * Takes a day out of every entry of whole days that holds it, which may leave two of one; or puts it in as an entry of its own. Of a
 * yearly entry it is taken out in each year. Entries of times stay as they are.
 */
export function toggleDay(
  entries: readonly CalendarEntryView[],
  day: string,
  title: string,
): { readonly entries: readonly CalendarEntryView[]; readonly put: boolean } {
  const isHeld = (entry: CalendarEntryView) => !isTimed(entry) && holds(entry, day);
  if (!entries.some(isHeld)) return { entries: [...entries, { title, from: day, to: day, yearly: false }], put: true };
  return { entries: entries.flatMap((entry) => (isHeld(entry) ? without(entry, day) : [entry])), put: false };
}

function without(entry: CalendarEntryView, day: string): readonly CalendarEntryView[] {
  const [before, after] = around(entry, day);
  return [
    ...(entry.from <= before ? [{ ...entry, to: before }] : []),
    ...(after <= entry.to ? [{ ...entry, from: after }] : []),
  ];
}

/** The days beside it; of a yearly entry in the years in which that is written. */
function around(entry: CalendarEntryView, day: string): readonly [string, string] {
  if (!entry.yearly) return [daysOn(day, -1), daysOn(day, 1)];
  const year = Number(entry.from.slice(0, 4)) + (day.slice(YEAR) < entry.from.slice(YEAR) ? 1 : 0);
  // The year in which it is written may have no such day.
  if (day.endsWith('-02-29')) return [`${year}-02-28`, `${year}-03-01`];
  const there = `${year}-${day.slice(YEAR)}`;
  return [daysOn(there, -1), daysOn(there, 1)];
}

/** Entries of which something lies in a year, in their order. */
export function entriesOf(entries: readonly CalendarEntryView[], year: number): readonly CalendarEntryView[] {
  const key = ({ from, yearly }: CalendarEntryView) => (yearly ? `${year}-${from.slice(YEAR)}` : from);
  return entries
    .filter(
      (entry) => entry.yearly || (Number(entry.from.slice(0, 4)) <= year && Number(lastDay(entry).slice(0, 4)) >= year),
    )
    .sort((a, b) => key(a).localeCompare(key(b)));
}
