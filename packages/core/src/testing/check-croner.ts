/**
 * Holds next fire times against croner, a cron library that others maintain. Only where both mean the same:
 *
 * - croner refuses ranges over the end (`22-2`), steps from a number (`3/5`), `L-3` and `L-3W`: none is asked for here.
 * - Where clocks jump over a time, croner fires at the moment of the jump, or not at all where the hour has several times; where
 *   clocks show a time twice, it decides by the form of the expression. Fire times within two days of a change are not compared.
 * - `*` + `/2` in both Unix day fields: croner joins them by "or", crontab(5) by "and". No steps in them here.
 */
import { Cron } from 'croner';
import { parseCron } from '../schedule/parse-cron.ts';
import { nextFire } from '../schedule/schedule-times.ts';
import type { Random } from '../time/random.ts';
import { printedOffset } from './fire-times.ts';

const DAY_MS = 86_400_000;

export interface CronerCounts {
  expressions: number;
  compared: number;
  /** Near a change of clocks. */
  leftOut: number;
  readonly wrong: string[];
}

export interface CronerCheck {
  readonly zones: readonly string[];
  readonly random: Random;
  readonly expressions: number;
}

export function checkAgainstCroner({ zones, random, expressions }: CronerCheck): CronerCounts {
  const counts: CronerCounts = { expressions: 0, compared: 0, leftOut: 0, wrong: [] };
  for (let index = 0; index < expressions; index++) {
    const text = randomExpression(random);
    const reading = parseCron(text);
    if (!reading.ok) continue;
    counts.expressions++;
    const timezone = zones[Math.floor(random.next() * zones.length)]!;
    const theirs = new Cron(text, { timezone, paused: true, alternativeWeekdays: reading.cron.dialect === 'quartz' });
    const times = { kind: 'cron', cron: reading.cron, timezone, dst: 'run_once' } as const;
    let at = Math.floor((random.next() * Date.UTC(2040, 0, 1)) / 1_000) * 1_000;
    for (let step = 0; step < 5; step++) {
      const ours = nextFire({ times, window: { from: null, to: null } }, at);
      const expected = theirs.nextRun(new Date(at))?.getTime() ?? null;
      if ([at, ours, expected].some((instant) => instant !== null && isNearChange(instant, timezone))) counts.leftOut++;
      else {
        counts.compared++;
        if (ours !== expected) counts.wrong.push(`${text} ${timezone} after ${at}: ${ours}, croner ${expected}`);
      }
      if (ours === null) break;
      at = ours;
    }
  }
  return counts;
}

function isNearChange(instant: number, timezone: string): boolean {
  return printedOffset(instant - 2 * DAY_MS, timezone) !== printedOffset(instant + 2 * DAY_MS, timezone);
}

function randomExpression(random: Random): string {
  const pick = (values: readonly string[]) => values[Math.floor(random.next() * values.length)]!;
  const upTo = (from: number, to: number) => from + Math.floor(random.next() * (to - from + 1));
  const range = (from: number, to: number) => {
    const start = upTo(from, to);
    return `${start}-${upTo(start, to)}`;
  };
  const numbers = (from: number, to: number) =>
    pick(['*', String(upTo(from, to)), `${upTo(from, to)},${upTo(from, to)}`, range(from, to), `*/${upTo(2, to)}`]);
  const month = pick(['*', '*', '*', numbers(1, 12)]);
  const time = `${numbers(0, 59)} ${numbers(0, 23)}`;
  if (random.next() < 0.4) {
    const dates = pick(['*', String(upTo(1, 31)), range(1, 31), 'L']);
    return `${time} ${dates} ${month} ${pick(['*', String(upTo(0, 6)), 'MON-FRI', 'SAT,SUN'])}`;
  }
  const dates = pick([numbers(1, 31), 'L', 'LW', `${upTo(1, 28)}W`]);
  const weekdays = pick([String(upTo(1, 7)), 'MON-FRI', `${upTo(1, 7)}L`, `${upTo(1, 7)}#${upTo(1, 5)}`]);
  const [date, weekday] = random.next() < 0.5 ? [dates, '?'] : ['?', weekdays];
  const year = pick(['', '', ' *', ` ${upTo(1990, 2040)}-2041`]);
  return `${pick(['0', '0', '30', '*/20'])} ${time} ${date} ${month} ${weekday}${year}`;
}
