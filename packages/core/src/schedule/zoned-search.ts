/**
 * Fire times of an expression in a zone. Exactly defined, for the wall times S that fit the expression:
 *
 * 1. A time of S that clocks show once fires at that instant, under each policy.
 * 2. A time of S that clocks jump over (a gap): `skip` has it not fire; `run_once` and `run_both` have it fire as much later as clocks
 *    jumped: 02:30 becomes 03:30 where 02:00 becomes 03:00.
 * 3. A time of S that clocks show twice (an overlap): `run_both` has it fire at both instants, `skip` and `run_once` at the first only.
 * 4. Fire times are a set: an instant that two times of S lead to is one fire time.
 */
import { DAY_MS } from '../params/wall-time.ts';
import type { CronExpression } from './cron.ts';
import { FIRST_YEAR, LAST_YEAR } from './cron-fields.ts';
import { type Direction, seekWall } from './wall-search.ts';
import { type Stretch, stretchAt } from './zone-changes.ts';

export const DST_POLICIES = ['skip', 'run_once', 'run_both'] as const;

/** What becomes of times that clocks jump over or show twice. */
export type DstPolicy = (typeof DST_POLICIES)[number];

export interface ZonedCron {
  readonly cron: CronExpression;
  /** An IANA name. */
  readonly timezone: string;
  readonly dst: DstPolicy;
}

/** Zones are less than a day from UTC. */
const FIRST_INSTANT = Date.UTC(FIRST_YEAR, 0, 1) - DAY_MS;
const LAST_INSTANT = Date.UTC(LAST_YEAR + 1, 0, 1) + DAY_MS;

/** Longer than any jump of clocks together with the distance of two offsets. */
const MARGIN_MS = 3 * DAY_MS;

/** The first fire time at or after `instant` (direction 1), or the last at or before it (-1). Epoch milliseconds. */
export function seekFire(zoned: ZonedCron, instant: number, direction: Direction): number | null {
  let at = Math.min(LAST_INSTANT, Math.max(FIRST_INSTANT, wholeSecond(instant, direction)));
  if (direction === 1 && instant > LAST_INSTANT) return null;
  if (direction === -1 && instant < FIRST_INSTANT) return null;
  while (at >= FIRST_INSTANT && at <= LAST_INSTANT) {
    const stretch = stretchAt(at, zoned.timezone);
    const wall = seekWall(zoned.cron, at + stretch.offsetMs, direction);
    const found = nearest(
      direction,
      regular(zoned, stretch, at, wall, direction),
      madeUp(zoned, stretch, at, direction),
    );
    if (found !== null) return found;
    const edge = direction === 1 ? stretch.until : stretch.from - 1_000;
    // Years without a fire time are passed at once. Near an edge times may be shown a second time: there it goes step by step.
    const nearEdge = Math.abs(edge - at) <= MARGIN_MS;
    if (wall === null && !nearEdge) return null;
    const far = wall === null || nearEdge ? edge : wall - stretch.offsetMs - direction * MARGIN_MS;
    at = (far - edge) * direction > 0 ? far : edge;
  }
  return null;
}

function wholeSecond(instant: number, direction: Direction): number {
  return (direction === 1 ? Math.ceil(instant / 1_000) : Math.floor(instant / 1_000)) * 1_000;
}

/** Of the two, the first on the way; null when both are. */
function nearest(direction: Direction, a: number | null, b: number | null): number | null {
  if (a === null) return b;
  if (b === null) return a;
  return direction === 1 ? Math.min(a, b) : Math.max(a, b);
}

/** Times that clocks show in the stretch: rules 1 and 3. `wall` is what `at` found. */
function regular(
  { cron, dst }: ZonedCron,
  stretch: Stretch,
  at: number,
  wall: number | null,
  direction: Direction,
): number | null {
  const { change, offsetMs } = stretch;
  // Until here clocks show what they have shown before.
  const repeatedUntil = change === null || dst === 'run_both' ? stretch.from : change.at + change.fromMs - change.toMs;
  const first = Math.max(stretch.from, repeatedUntil);
  if (direction === -1) return wall !== null && wall - offsetMs >= first ? wall - offsetMs : null;
  const next = at >= first ? wall : seekWall(cron, first + offsetMs, 1);
  return next !== null && next - offsetMs < stretch.until ? next - offsetMs : null;
}

/** Times that clocks jumped over at the begin of the stretch: rule 2. */
function madeUp({ cron, dst }: ZonedCron, stretch: Stretch, at: number, direction: Direction): number | null {
  const { change } = stretch;
  if (change === null || dst === 'skip' || change.toMs <= change.fromMs) return null;
  const last = change.at + change.toMs - change.fromMs - 1_000;
  if (direction === 1 ? at > last : at < change.at) return null;
  const start = direction === 1 ? Math.max(at, change.at) : Math.min(at, last);
  const wall = seekWall(cron, start + change.fromMs, direction);
  if (wall === null) return null;
  const fire = wall - change.fromMs;
  return fire >= Math.max(stretch.from, change.at) && fire <= last && fire < stretch.until ? fire : null;
}
