/**
 * When the clocks of a zone are moved. Intl tells a zone's offset at a moment and nothing else, and slowly: changes are looked
 * for once for each zone and year, and kept.
 */
import { DAY_MS, MOST_ZONES, toWall } from '../params/wall-time.ts';

/** A piece of time in which a zone keeps one offset from UTC. It ends with the year at the latest. */
export interface Stretch {
  readonly from: number;
  /** The first instant after it. */
  readonly until: number;
  readonly offsetMs: number;
  /** The last change, if it was less than three days before `from` or is `from` itself; clocks are never moved further than a day. */
  readonly change: Change | null;
}

export interface Change {
  readonly at: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The shortest time between two changes of any zone from 1970 to 2040 is a week: Recife in October 2000. */
const LOOK_EVERY_MS = 5 * DAY_MS;
const CHANGE_MATTERS_MS = 3 * DAY_MS;

const zones = new Map<string, Map<number, readonly Stretch[]>>();

/** The stretch that `instant` lies in. */
export function stretchAt(instant: number, timezone: string): Stretch {
  let years = zones.get(timezone);
  if (years === undefined) {
    years = new Map();
    if (zones.size >= MOST_ZONES) zones.clear();
    zones.set(timezone, years);
  }
  const year = new Date(instant).getUTCFullYear();
  let stretches = years.get(year);
  if (stretches === undefined) {
    stretches = stretchesOf(year, timezone);
    years.set(year, stretches);
  }
  return stretches.find((stretch) => instant < stretch.until)!;
}

function stretchesOf(year: number, timezone: string): readonly Stretch[] {
  const start = Date.UTC(year, 0, 1);
  const end = Date.UTC(year + 1, 0, 1);
  const stretches: Stretch[] = [];
  let from = start;
  let offsetMs = offsetAt(start - CHANGE_MATTERS_MS, timezone);
  let change: Change | null = null;
  for (const next of changesBetween(start - CHANGE_MATTERS_MS, end, timezone)) {
    if (next.at > start) stretches.push({ from, until: next.at, offsetMs, change });
    from = Math.max(start, next.at);
    offsetMs = next.toMs;
    change = next;
  }
  stretches.push({ from, until: end, offsetMs, change });
  return stretches;
}

function* changesBetween(from: number, to: number, timezone: string): Generator<Change> {
  let at = from;
  let offsetMs = offsetAt(at, timezone);
  while (at < to) {
    const next = Math.min(at + LOOK_EVERY_MS, to);
    // The change that takes place at `to` belongs to the next year.
    const nextOffset = offsetAt(next, timezone);
    if (nextOffset !== offsetMs) {
      const changedAt = momentOfChange(at, next, timezone);
      if (changedAt < to) yield { at: changedAt, fromMs: offsetMs, toMs: nextOffset };
      offsetMs = nextOffset;
    }
    at = next;
  }
}

/** The first instant with another offset than `from`, up to `to` inclusive. Zones are moved at whole seconds. */
function momentOfChange(from: number, to: number, timezone: string): number {
  const offset = offsetAt(from, timezone);
  let [same, other] = [from / 1_000, to / 1_000];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(middle * 1_000, timezone) === offset) same = middle;
    else other = middle;
  }
  return other * 1_000;
}

function offsetAt(instant: number, timezone: string): number {
  return toWall(instant, timezone) - instant;
}
