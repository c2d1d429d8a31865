import { describe, expect, it } from 'vitest';
import { mustParseCron } from '../testing/must-parse-cron.ts';
import { actAt } from './jitter.ts';
import {
  type FixedInterval,
  firesBetween,
  nextFire,
  previousFire,
  type ScheduleTimes,
  usualDstPolicy,
} from './schedule-times.ts';
import type { DstPolicy } from './zoned-search.ts';

const OPEN = { from: null, to: null };
const at = (text: string) => Date.parse(text);
const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString().slice(0, 19));

function cron(text: string, timezone = 'UTC', dst: DstPolicy = 'run_once'): ScheduleTimes {
  return { times: { kind: 'cron', cron: mustParseCron(text), timezone, dst }, window: OPEN };
}

function fires(schedule: ScheduleTimes, from: string, to: string): (string | null)[] {
  return firesBetween(schedule, { after: at(from), upTo: at(to), limit: 100 }).map(iso);
}

describe('when clocks jump over a time (Berlin, 29 March 2026, 02:00 to 03:00)', () => {
  const day = ['2026-03-29T00:00:00Z', '2026-03-29T03:00:00Z'] as const;
  it.each([
    ['30 2 * * *', 'skip', []],
    ['30 2 * * *', 'run_once', ['2026-03-29T01:30:00']],
    ['30 2 * * *', 'run_both', ['2026-03-29T01:30:00']],
    // Clocks show 03:30 then: the same instant is one fire time.
    ['30 2,3 * * *', 'run_both', ['2026-03-29T01:30:00']],
    ['15,45 2 * * *', 'run_once', ['2026-03-29T01:15:00', '2026-03-29T01:45:00']],
    ['0 3 * * *', 'skip', ['2026-03-29T01:00:00']],
  ] as const)('%s under %s', (text, dst, expected) => {
    expect(fires(cron(text, 'Europe/Berlin', dst), ...day)).toEqual(expected);
  });
});

describe('when clocks show a time twice (Berlin, 25 October 2026, 03:00 to 02:00)', () => {
  const day = ['2026-10-24T23:00:00Z', '2026-10-25T02:00:00Z'] as const;
  it.each([
    ['30 2 * * *', 'skip', ['2026-10-25T00:30:00']],
    ['30 2 * * *', 'run_once', ['2026-10-25T00:30:00']],
    ['30 2 * * *', 'run_both', ['2026-10-25T00:30:00', '2026-10-25T01:30:00']],
    ['*/30 2 * * *', 'run_both', ['00:00', '00:30', '01:00', '01:30'].map((time) => `2026-10-25T${time}:00`)],
    ['0 3 * * *', 'skip', ['2026-10-25T02:00:00']],
  ] as const)('%s under %s', (text, dst, expected) => {
    expect(fires(cron(text, 'Europe/Berlin', dst), ...day)).toEqual(expected);
  });

  it('is meant to go on in both hours when it fires in every hour', () => {
    expect(usualDstPolicy({ cron: mustParseCron('*/15 * * * *') })).toBe('run_both');
    expect(usualDstPolicy({ cron: mustParseCron('30 2 * * *') })).toBe('run_once');
  });
});

describe('unusual clocks', () => {
  it('makes up for the day that Samoa did not have, where the next one begins', () => {
    const day = ['2011-12-30T00:00:00Z', '2012-01-01T00:00:00Z'] as const;
    expect(fires(cron('0 9 30 12 *', 'Pacific/Apia'), ...day)).toEqual(['2011-12-30T19:00:00']);
    expect(fires(cron('0 9 30 12 *', 'Pacific/Apia', 'skip'), ...day)).toEqual([]);
  });

  it('knows the half hour by which Lord Howe Island moves', () => {
    const day = ['2026-10-03T14:00:00Z', '2026-10-03T17:00:00Z'] as const;
    expect(fires(cron('15 2 * * *', 'Australia/Lord_Howe'), ...day)).toEqual(['2026-10-03T15:45:00']);
  });
});

describe('clocks moved for a short time', () => {
  it('sees the one week of summer time that Recife had in 2000', () => {
    expect(fires(cron('30 12 * * *', 'America/Recife'), '2000-10-07T00:00:00Z', '2000-10-17T00:00:00Z')).toEqual([
      '2000-10-07T15:30:00',
      ...['08', '09', '10', '11', '12', '13', '14'].map((day) => `2000-10-${day}T14:30:00`),
      '2000-10-15T15:30:00',
      '2000-10-16T15:30:00',
    ]);
  });

  it('sees the month that Morocco takes back for Ramadan', () => {
    const days = fires(cron('0 12 * * *', 'Africa/Casablanca'), '2026-02-14T00:00:00Z', '2026-03-24T00:00:00Z');
    expect(days.filter((day) => day!.endsWith('T12:00:00'))).toHaveLength(35);
    expect(days).toHaveLength(38);
  });
});

describe('far away', () => {
  it('finds leap days, also over 2100', () => {
    expect(iso(nextFire(cron('0 0 29 2 *', 'Europe/Berlin'), at('2096-03-01T00:00:00Z')))).toBe('2104-02-28T23:00:00');
    expect(iso(previousFire(cron('0 0 29 2 *', 'Europe/Berlin'), at('2104-02-28T00:00:00Z')))).toBe(
      '2096-02-28T23:00:00',
    );
  });

  it('ends where the years end', () => {
    const once = cron('0 0 0 1 1 ? 2030', 'Asia/Shanghai');
    expect(iso(nextFire(once, at('1970-01-01T00:00:00Z')))).toBe('2029-12-31T16:00:00');
    expect(nextFire(once, at('2029-12-31T16:00:00Z'))).toBeNull();
    expect(previousFire(once, at('2029-12-31T16:00:00Z'))).toBeNull();
    expect(iso(previousFire(once, at('2190-01-01T00:00:00Z')))).toBe('2029-12-31T16:00:00');
    expect(nextFire(cron('* * * * *'), at('2200-01-01T00:00:00Z'))).toBeNull();
    expect(previousFire(cron('* * * * *'), at('1969-12-01T00:00:00Z'))).toBeNull();
  });
});

describe('a fixed interval', () => {
  const everyQuarter: FixedInterval = { kind: 'interval', everyMs: 900_000, anchorAt: at('2026-03-29T00:05:00Z') };
  const schedule: ScheduleTimes = { times: everyQuarter, window: OPEN };

  it('begins with its anchor and counts elapsed time', () => {
    expect(iso(nextFire(schedule, 0))).toBe('2026-03-29T00:05:00');
    expect(iso(nextFire(schedule, at('2026-03-29T00:05:00Z')))).toBe('2026-03-29T00:20:00');
    expect(iso(previousFire(schedule, at('2026-03-29T00:20:00Z')))).toBe('2026-03-29T00:05:00');
    expect(previousFire(schedule, everyQuarter.anchorAt)).toBeNull();
  });
});

describe('the window', () => {
  const window = { from: at('2026-01-02T00:00:00Z'), to: at('2026-01-04T00:00:00Z') };
  const schedule: ScheduleTimes = { ...cron('0 0 * * *'), window };

  it('has its begin in it and its end not (F3)', () => {
    expect(fires(schedule, '2025-01-01T00:00:00Z', '2027-01-01T00:00:00Z')).toEqual([
      '2026-01-02T00:00:00',
      '2026-01-03T00:00:00',
    ]);
    expect(iso(previousFire(schedule, at('2027-01-01T00:00:00Z')))).toBe('2026-01-03T00:00:00');
    expect(previousFire(schedule, at('2026-01-02T00:00:00Z'))).toBeNull();
  });
});

describe('jitter', () => {
  it('is the same wherever it is asked for, and in its bounds (F4)', () => {
    const moments = Array.from(
      { length: 1_000 },
      (_, index) => actAt('schedule', index * 60_000, 30_000) - index * 60_000,
    );
    expect(Math.min(...moments)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...moments)).toBeLessThan(30_000);
    expect(new Set(moments.map((moment) => Math.floor(moment / 3_000))).size).toBe(10);
    expect(actAt('schedule', 60_000, 30_000)).toBe(actAt('schedule', 60_000, 30_000));
    expect(actAt('schedule', 60_000, 0)).toBe(60_000);
  });

  it('pulls schedules of the same fire time apart', () => {
    const moments = Array.from({ length: 100 }, (_, index) => actAt(`schedule-${index}`, 0, 60_000));
    expect(new Set(moments.map((moment) => Math.floor(moment / 6_000))).size).toBe(10);
  });
});
