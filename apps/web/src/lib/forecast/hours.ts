/** The hours of a forecast as days of a zone: one row each. Pure. */
import { wallAt } from '../time/zoned.ts';

export interface Hour {
  /** Epoch ms of its begin. */
  readonly at: number;
  /** As clocks show it: 0 to 23. */
  readonly hour: number;
  readonly runs: number;
  /** On average over the hour. */
  readonly slots: number;
}

export interface DayRow {
  /** As 2026-12-24. */
  readonly day: string;
  /** By what clocks show. On the night on which they go back an hour has two, on the other none. */
  readonly hours: readonly (readonly Hour[])[];
}

interface ByHour {
  readonly runs: readonly number[];
  readonly slotSeconds: readonly number[];
}

const HOUR_MS = 3_600_000;
const HOUR_S = 3_600;

/** @param from epoch ms of the first hour */
export function hoursOf(
  { runs, slotSeconds }: ByHour,
  from: number,
  zone: string,
): readonly (Hour & { day: string })[] {
  return runs.map((count, index) => {
    const at = from + index * HOUR_MS;
    const wall = wallAt(at, zone);
    return {
      at,
      day: wall.slice(0, 10),
      hour: Number(wall.slice(11, 13)),
      runs: count,
      slots: (slotSeconds[index] ?? 0) / HOUR_S,
    };
  });
}

export function dayRows(hours: readonly (Hour & { readonly day: string })[]): readonly DayRow[] {
  return [...Map.groupBy(hours, ({ day }) => day)].map(([day, all]) => ({
    day,
    hours: Array.from({ length: 24 }, (_, hour) => all.filter((one) => one.hour === hour)),
  }));
}

/** Of the hours that a clock shows by one number: what begins in sum, and the most slots. */
export function sumOf(hours: readonly Hour[]): Pick<Hour, 'runs' | 'slots'> {
  return {
    runs: hours.reduce((sum, { runs }) => sum + runs, 0),
    slots: Math.max(0, ...hours.map(({ slots }) => slots)),
  };
}

export const LEVELS = 5;

/** How dark a field is: 0 for nothing, 1 to `LEVELS` by the share of the most. */
export function levelOf(slots: number, most: number): number {
  if (slots <= 0 || most <= 0) return 0;
  return Math.min(LEVELS, Math.max(1, Math.ceil((slots / most) * LEVELS)));
}

/** Short: `0.4`, `3`, `12`. */
export function slotText(slots: number, locale: string): string {
  const digits = slots < 10 ? 1 : 0;
  if (slots > 0 && slots < 0.05) return '<0.1';
  return slots.toLocaleString(locale, { maximumFractionDigits: digits });
}
