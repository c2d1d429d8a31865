import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, toWall, weekday } from '../params/wall-time.ts';
import { DEPENDENCY_CYCLES } from './configs.ts';
import vectors from './dependent.vectors.json' with { type: 'json' };
import { DEPENDENCY_RANGES, dependencyIntervals } from './dependent-ranges.ts';

/** Where the reference is wrong and we are not: its end of this month is the first day. */
const deviations: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'thisMonthEnd 2019-02-05 00:00:00': ['2019-02-28 00:00:00.000', '2019-02-28 23:59:59.999'],
};

const cycleOfRange = (range: string) => DEPENDENCY_CYCLES.find((cycle) => DEPENDENCY_RANGES[cycle].includes(range));
const HOUR_MS = 3_600_000;
const utc = (at: string): number => Date.parse(`${at.replace(' ', 'T')}Z`);

function intervals(range: string, at: number, timezone: string) {
  return dependencyIntervals(cycleOfRange(range)!, range, { businessTime: at, timezone });
}

/** The same clock readings in a zone eight hours ahead are eight hours earlier. */
const ZONES = [
  ['UTC', 0],
  ['Asia/Shanghai', 8 * HOUR_MS],
] as const;

describe.each(ZONES)('ranges against the recorded results of the reference, in %s', (timezone, ahead) => {
  it.each(vectors.asserted)('$range[$index] at $at', (vector) => {
    const found = intervals(vector.range, utc(vector.at) - ahead, timezone);
    expect(found[vector.index]).toEqual({ from: utc(vector.from) - ahead, to: utc(vector.to) - ahead });
    if (vector.size !== undefined) expect(found).toHaveLength(vector.size);
  });

  it.each(vectors.recorded)('$range at $at', ({ range, at, count, from, to }) => {
    const found = intervals(range, utc(at) - ahead, timezone);
    const [first, last] = deviations[`${range} ${at}`] ?? [from, to];
    expect(found).toHaveLength(count);
    expect([found[0]!.from, found.at(-1)!.to]).toEqual([utc(first) - ahead, utc(last) - ahead]);
    const length = (utc(to) + 1 - utc(from)) / count;
    for (const [i, interval] of found.entries()) {
      expect(interval.to + 1 - interval.from).toBe(length);
      if (i > 0) expect(interval.from).toBe(found[i - 1]!.to + 1);
    }
  });
});

describe('ranges', () => {
  it('has a recorded result for every deviation', () => {
    const known = new Set(vectors.recorded.map(({ range, at }) => `${range} ${at}`));
    for (const key of Object.keys(deviations)) expect(known).toContain(key);
  });

  it('has intervals for every range, each of one cycle, and for nothing else', () => {
    const all = DEPENDENCY_CYCLES.flatMap((cycle) => DEPENDENCY_RANGES[cycle]);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(25);
    const time = { businessTime: utc('2026-05-20 10:00:00'), timezone: 'UTC' };
    for (const cycle of DEPENDENCY_CYCLES) {
      for (const range of DEPENDENCY_RANGES[cycle]) expect(dependencyIntervals(cycle, range, time)).not.toEqual([]);
      for (const wrong of ['', 'constructor', '__proto__']) expect(dependencyIntervals(cycle, wrong, time)).toEqual([]);
    }
    expect(dependencyIntervals('day', 'currentHour', time)).toEqual([]);
    expect(dependencyIntervals('hour', 'today', time)).toEqual([]);
  });

  it('makes days of 23 and 25 hours where clocks are turned, also at midnight', () => {
    const hours = (at: string, zone: string) => {
      const [{ from, to } = { from: 0, to: 0 }] = intervals('today', Date.parse(at), zone);
      return (to + 1 - from) / HOUR_MS;
    };
    expect(hours('2026-03-29T12:00:00Z', 'Europe/Berlin')).toBe(23);
    expect(hours('2026-10-25T12:00:00Z', 'Europe/Berlin')).toBe(25);
    expect(hours('2026-03-08T16:00:00Z', 'America/Havana')).toBe(23); // no 00:00 on this day
    expect(hours('2026-11-01T16:00:00Z', 'America/Havana')).toBe(25); // 00:00 comes twice
  });

  it('counts hours that really pass: the hour that comes twice is two', () => {
    const second = Date.parse('2026-10-25T01:30:00Z'); // 02:30 in Berlin for the second time
    expect(intervals('last1Hour', second, 'Europe/Berlin')).toEqual([
      { from: Date.parse('2026-10-25T00:00:00Z'), to: Date.parse('2026-10-25T00:59:59.999Z') },
    ]);
    const half = Date.parse('2026-05-20T10:10:00Z'); // 15:40 in Kolkata
    expect(intervals('currentHour', half, 'Asia/Kolkata')[0]!.from).toBe(Date.parse('2026-05-20T09:30:00Z'));
  });

  it('lies in order, without gaps, in the days that its name says', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'America/Havana',
      'America/Sao_Paulo',
      'Asia/Beirut',
      'Australia/Lord_Howe',
      'Pacific/Chatham',
      'Asia/Kathmandu',
    );
    const moment = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2060, 0, 1) });
    const range = fc.constantFrom(...DEPENDENCY_CYCLES.flatMap((cycle) => DEPENDENCY_RANGES[cycle]));
    fc.assert(
      fc.property(range, moment, zone, (name, at, timezone) => {
        const found = intervals(name, at, timezone);
        for (const [i, { from, to }] of found.entries()) {
          expect(to).toBeGreaterThan(from);
          if (i > 0) expect(from).toBe(found[i - 1]!.to + 1);
        }
        if (cycleOfRange(name) === 'hour') return;
        const today = dayOf(toWall(at, timezone));
        for (const { from, to } of found) {
          const day = dayOf(toWall(from, timezone));
          expect(dayOf(toWall(to, timezone))).toBe(day);
          expect(dayOf(toWall(from - 1, timezone))).toBe(day - 1);
          expect(dayOf(toWall(to + 1, timezone))).toBe(day + 1);
          expect(isRightDay(name, day, today)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

const dayOf = (wall: number): number => Math.floor(wall / DAY_MS);

function isRightDay(range: string, day: number, today: number): boolean {
  const month = (of: number) => new Date(of * DAY_MS).getUTCFullYear() * 12 + new Date(of * DAY_MS).getUTCMonth();
  const sunday = today + 7 - weekday(today * DAY_MS);
  if (range === 'today') return day === today;
  if (/^last\dDays$/.test(range)) return day < today && day >= today - Number(range[4]);
  if (range === 'thisWeek') return day <= today && day > sunday - 7;
  if (range === 'lastWeek') return day <= sunday - 7 && day > sunday - 14;
  if (range === 'thisMonth') return day <= today && month(day) === month(today);
  if (range === 'lastMonth') return month(day) === month(today) - 1;
  if (range.endsWith('MonthBegin')) return new Date(day * DAY_MS).getUTCDate() === 1 && isIn(range, month, day, today);
  if (range.endsWith('MonthEnd'))
    return new Date((day + 1) * DAY_MS).getUTCDate() === 1 && isIn(range, month, day, today);
  const names = ['', 'lastMonday', 'lastTuesday', 'lastWednesday', 'lastThursday', 'lastFriday', 'lastSaturday'];
  return day <= sunday - 7 && day > sunday - 14 && (names[weekday(day * DAY_MS)] ?? 'lastSunday') === range;
}

function isIn(range: string, month: (day: number) => number, day: number, today: number): boolean {
  return month(day) === month(today) - (range.startsWith('last') ? 1 : 0);
}
