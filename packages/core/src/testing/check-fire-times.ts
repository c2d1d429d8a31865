/** Holds fire times against their definition, in windows about the moments when clocks are moved and anywhere else. */
import { parseCron } from '../schedule/parse-cron.ts';
import { firesBetween, nextFire, previousFire, type ScheduleTimes } from '../schedule/schedule-times.ts';
import { DST_POLICIES } from '../schedule/zoned-search.ts';
import type { Random } from '../time/random.ts';
import { changesInYear, fireTimesByDefinition, randomCron } from './fire-times.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Expressions of every second give more fire times than tell anything new. */
const MAX_FIRES = 400;

export interface FireTimeCheck {
  readonly zones: readonly string[];
  readonly random: Random;
  /** For each, a random year from 1970 to 2040: all its changes and one other day. */
  readonly windowsPerZone: number;
}

export interface FireTimeCounts {
  zones: number;
  windows: number;
  /** Windows about a change of clocks. */
  changes: number;
  fires: number;
  /** What disagrees, with all that is needed to see it again. */
  readonly wrong: string[];
}

export function checkFireTimes({ zones, random, windowsPerZone }: FireTimeCheck): FireTimeCounts {
  const counts: FireTimeCounts = { zones: 0, windows: 0, changes: 0, fires: 0, wrong: [] };
  for (const timezone of zones) {
    counts.zones++;
    for (let round = 0; round < windowsPerZone; round++) {
      const year = 1970 + Math.floor(random.next() * 71);
      const changes = changesInYear(year, timezone);
      const anywhere = Date.UTC(year, 0, 1) + Math.floor(random.next() * 365) * DAY_MS;
      counts.changes += changes.length;
      for (const moment of [...changes, anywhere]) checkWindow({ timezone, moment, random, counts });
    }
  }
  return counts;
}

interface Window {
  readonly timezone: string;
  readonly moment: number;
  readonly random: Random;
  readonly counts: FireTimeCounts;
}

function checkWindow({ timezone, moment, random, counts }: Window): void {
  const reading = parseCron(randomCron(random));
  if (!reading.ok) return;
  counts.windows++;
  const after = moment - Math.floor(random.next() * 40 * HOUR_MS);
  const upTo = moment + Math.floor(random.next() * 40 * HOUR_MS);
  for (const dst of DST_POLICIES) {
    const times = { kind: 'cron', cron: reading.cron, timezone, dst } as const;
    const schedule: ScheduleTimes = { times, window: { from: null, to: null } };
    const expected = fireTimesByDefinition(times, after, upTo).slice(0, MAX_FIRES);
    const previewed = firesBetween(schedule, { after, upTo, limit: MAX_FIRES });
    const end = expected.length < MAX_FIRES ? upTo : expected.at(-1)!;
    const says = (what: string, fires: readonly number[]) => {
      if (fires.join() === expected.join()) return;
      const show = (list: readonly number[]) => list.map((fire) => new Date(fire).toISOString()).join(' ');
      counts.wrong.push(
        `${what}: ${reading.cron.text} ${timezone} ${dst} after ${after} up to ${upTo}: ${show(fires)}, not ${show(expected)}`,
      );
    };
    counts.fires += expected.length;
    says('preview', previewed);
    says('fired', firedBy(schedule, { after, end, random }));
    says('backwards', backwards(schedule, after, end));
    const first = nextFire(schedule, after);
    if (expected.length > 0 && first !== expected[0]) says('next', first === null ? [] : [first]);
  }
}

/** What a cursor fires that is moved by a clock which jumps ahead and steps back. */
function firedBy(
  schedule: ScheduleTimes,
  { after, end, random }: { after: number; end: number; random: Random },
): number[] {
  const fired: number[] = [];
  let cursor = after;
  let now = after;
  while (now < end) {
    now = Math.min(end, now + Math.floor((random.next() * 1.2 - 0.2) * 10 * HOUR_MS) + 1);
    const due = firesBetween(schedule, { after: cursor, upTo: now, limit: Number.POSITIVE_INFINITY });
    fired.push(...due);
    cursor = due.at(-1) ?? cursor;
  }
  return fired;
}

function backwards(schedule: ScheduleTimes, after: number, end: number): number[] {
  const fires: number[] = [];
  let at = previousFire(schedule, end + 1);
  while (at !== null && at > after) {
    fires.unshift(at);
    at = previousFire(schedule, at);
  }
  return fires;
}
