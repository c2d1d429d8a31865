/** Where the clocks of a zone are moved, and what that does to single fire times: for people who look at a schedule. */
import { toWall } from '../params/wall-time.ts';
import type { ScheduleTimes } from './schedule-times.ts';
import { seekWall } from './wall-search.ts';
import { type Change, stretchAt } from './zone-changes.ts';

export type ClockChange = Change;

/** The first change of the zone after `after` and up to `upTo`; null when there is none. */
export function nextClockChange(timezone: string, after: number, upTo: number): ClockChange | null {
  for (let at = after; at <= upTo; ) {
    const { until } = stretchAt(at, timezone);
    const { change } = stretchAt(until, timezone);
    // Stretches end with the year too.
    if (change !== null && change.at === until && until <= upTo) return change;
    at = until;
  }
  return null;
}

/**
 * What is odd about a fire time. `shifted`: clocks jumped over its time, so that it fires as much later. `first` and `second`: clocks
 * show its time twice, and this is the one or the other. Null: nothing.
 */
export type ClockMark = 'shifted' | 'first' | 'second' | null;

export function clockMark({ times }: ScheduleTimes, fireAt: number, timezone: string): ClockMark {
  const { offsetMs, until, change } = stretchAt(fireAt, timezone);
  const next = stretchAt(until, timezone).change;
  if (next !== null && next.at === until && fireAt >= until - (next.fromMs - next.toMs)) return 'first';
  if (change === null) return null;
  if (change.toMs < change.fromMs) return fireAt < change.at + change.fromMs - change.toMs ? 'second' : null;
  if (times.kind !== 'cron' || fireAt >= change.at + change.toMs - change.fromMs) return null;
  const wall = fireAt + offsetMs;
  return seekWall(times.cron, wall, 1) === wall ? null : 'shifted';
}

/** What a clock shows, with its offset from UTC: `2026-03-29T03:30:00+02:00`. */
export function zonedText(at: number, timezone: string): string {
  return offsetText(at, toWall(at, timezone) - at);
}

/** The same for an offset that is known. */
export function offsetText(at: number, offsetMs: number): string {
  const wall = new Date(at + offsetMs).toISOString().slice(0, '2026-03-29T03:30:00'.length);
  const seconds = Math.abs(offsetMs) / 1_000;
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts.map((part) => String(part).padStart(2, '0'));
  return `${wall}${offsetMs < 0 ? '-' : '+'}${hours}:${minutes}${rest === '00' ? '' : `:${rest}`}`;
}
