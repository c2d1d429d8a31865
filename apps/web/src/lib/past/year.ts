/** A year as weeks by weekdays, each day with what its runs came to. Pure; days are texts such as 2026-03-01. */
import type { WorkflowCalendarView } from '@vaquita/client';

export type Outcome = 'failed' | 'running' | 'stopped' | 'success' | 'none';

export interface YearDay {
  readonly day: string;
  readonly outcome: Outcome;
  readonly runs: number;
  readonly failed: number;
  /** It has not begun yet. */
  readonly ahead: boolean;
}

export interface Year {
  /** Of the week of January 1 and those after it; null: a day of another year. Monday first. */
  readonly weeks: readonly (readonly (YearDay | null)[])[];
  /** Index of the first week of each month. */
  readonly months: readonly number[];
}

const DAY_MS = 86_400_000;
const textOf = (at: number) => new Date(at).toISOString().slice(0, 10);

/** @param today the day that it is in the zone of the calendar */
export function yearOf(year: number, counts: WorkflowCalendarView['days'], today: string): Year {
  const of = new Map(counts.map((one) => [one.day, one]));
  const first = Date.UTC(year, 0, 1);
  const lead = (new Date(first).getUTCDay() + 6) % 7;
  const cells: (YearDay | null)[] = Array.from({ length: lead }, () => null);
  const months: number[] = [];
  for (let at = first; new Date(at).getUTCFullYear() === year; at += DAY_MS) {
    if (new Date(at).getUTCDate() === 1) months.push(Math.floor(cells.length / 7));
    const day = textOf(at);
    cells.push({ day, ...sumOf(of.get(day)), ahead: day > today });
  }
  while (cells.length % 7 !== 0) cells.push(null);
  const weeks = Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
  return { weeks, months };
}

function sumOf(counted: WorkflowCalendarView['days'][number] | undefined): Omit<YearDay, 'day' | 'ahead'> {
  if (counted === undefined) return { outcome: 'none', runs: 0, failed: 0 };
  const { runs, states } = counted;
  const failed = states.failure ?? 0;
  const success = states.success ?? 0;
  const stopped = (states.stopped ?? 0) + (states.paused ?? 0);
  const outcome = failed > 0 ? 'failed' : success + stopped < runs ? 'running' : success > 0 ? 'success' : 'stopped';
  return { outcome, runs, failed };
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1 };

/** The day to which a key leads, within the year of the day; undefined: it is none of the calendar's. */
export function dayTo(day: string, key: string): string | undefined {
  const year = day.slice(0, 4);
  if (key === 'Home') return `${year}-01-01`;
  if (key === 'End') return `${year}-12-31`;
  const step = STEPS[key];
  if (step === undefined) return undefined;
  const to = textOf(Date.parse(day) + step * DAY_MS);
  return to.startsWith(year) ? to : day;
}

export const dayAfter = (day: string) => textOf(Date.parse(day) + DAY_MS);

export interface Gap {
  readonly from: string;
  /** The last day of it. */
  readonly to: string;
  readonly days: number;
}

/** The days around this one that have no runs either, between two that have some; null: it has runs, or nothing is on one side. */
export function gapAt(counts: WorkflowCalendarView['days'], day: string): Gap | null {
  if (counts.some((one) => one.day === day)) return null;
  const before = counts.findLast((one) => one.day < day)?.day;
  const after = counts.find((one) => one.day > day)?.day;
  if (before === undefined || after === undefined) return null;
  const from = dayAfter(before);
  const to = textOf(Date.parse(after) - DAY_MS);
  return { from, to, days: Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1 };
}
