import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutRange, parseMoment } from './times.ts';

const at = (text: string) => Date.parse(text);

test.each([
  ['2026-03-01T06:00:00Z', '2026-03-01T06:00:00Z'],
  ['2026-03-01T06:00+01:00', '2026-03-01T05:00:00Z'],
  ['2026-03-01', '2026-02-28T23:00:00Z'],
  ['2026-07-01T06:00', '2026-07-01T04:00:00Z'],
  ['2026-07-01T06:00:01.250', '2026-07-01T04:00:01.250Z'],
])('reads the moment %s', (text, expected) => {
  expect(parseMoment(text, 'Europe/Berlin')).toBe(at(expected));
});

test.each([
  '',
  'today',
  '2026-13-01',
  '2026-02-30',
  '2026-3-1',
  '2026-03-01T25:00',
  '2026-03-01 06:00',
  '1772323200000',
])('takes %j for no moment', (text) => expect(parseMoment(text, 'UTC')).toBeUndefined());

const cut = (every: string, from: string, to: string, timezone = 'UTC') => {
  const result = cutRange({ from: at(from), to: at(to), every, timezone }, 10_000);
  return 'times' in result ? result.times.map((time) => new Date(time).toISOString().slice(0, 16)) : result;
};

test('cuts a range into days by the clock, also where clocks are moved', () => {
  const days = cut('day', '2026-03-28T01:30:00Z', '2026-03-31T00:00:00Z', 'Europe/Berlin');
  expect(days).toEqual(['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30']);
});

test('cuts a range into hours that pass, weeks and months', () => {
  const hours = cut('hour', '2026-10-25T00:00:00+02:00', '2026-10-25T04:00:00+01:00', 'Europe/Berlin');
  expect(hours).toHaveLength(5);
  expect(cut('week', '2026-01-05T00:00:00Z', '2026-01-19T00:00:00Z')).toEqual(['2026-01-05T00:00', '2026-01-12T00:00']);
  const months = cut('month', '2026-01-31T00:00:00Z', '2026-04-01T00:00:00Z');
  expect(months).toEqual(['2026-01-31T00:00', '2026-02-28T00:00', '2026-03-31T00:00']);
  expect(cut('6h', '2026-01-01T00:00:00Z', '2026-01-01T12:00:01Z')).toHaveLength(3);
});

test('a zone without one of the days has one time less', () => {
  const days = cut('day', '2011-12-29T00:00:00-10:00', '2012-01-01T00:00:00+14:00', 'Pacific/Apia');
  expect(days).toEqual(['2011-12-29T10:00', '2011-12-30T10:00']);
});

test.each(['fortnight', '0s', '500ms', '1500ms', '-1h', ''])('refuses the interval %j', (every) => {
  expect(cut(every, '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z')).toMatchObject({ problem: { path: 'every' } });
});

test('refuses a range that is empty, and counts what is too many without making it', () => {
  expect(cut('day', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')).toMatchObject({ problem: { path: 'to' } });
  expect(cut('1s', '2026-01-01T00:00:00Z', '2026-01-12T13:46:40Z')).toEqual({ tooMany: 1_000_000 });
  expect(cut('day', '1000-01-01T00:00:00Z', '9000-01-01T00:00:00Z')).toEqual({ tooMany: 2_921_940 });
});

test('every cut begins with from, grows, and ends before to', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') }),
      fc.integer({ min: 1, max: 400 * 86_400_000 }),
      fc.constantFrom('day', 'week', 'month', 'hour', '45m'),
      fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'),
      (from, length, every, timezone) => {
        const result = cutRange({ from, to: from + length, every, timezone }, 100_000);
        if (!('times' in result)) throw new Error('refused');
        const { times } = result;
        expect(times[0]).toBe(from);
        for (const [n, time] of times.entries()) if (n > 0) expect(time).toBeGreaterThan(times[n - 1]!);
        expect(times.at(-1)).toBeLessThan(from + length);
      },
    ),
    { numRuns: 300 },
  );
});
