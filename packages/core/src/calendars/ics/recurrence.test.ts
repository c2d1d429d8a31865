/** The examples of RFC 5545, section 3.8.5.3, and rules that must not hold up whoever reads them. */
import { expect, test } from 'vitest';
import { type Recurrence, readRecurrence, recurrences } from './recurrence.ts';

const DAY_MS = 86_400_000;

function days(rule: string, start: string, { count = 8, first = start, effort = 100_000 } = {}): readonly string[] {
  const read = readRecurrence(rule, (value) => ({ wall: Date.parse(value), allDay: true }));
  if (typeof read === 'string') throw new Error(read);
  const span = { first: Date.parse(first), last: Date.parse(start) + 40 * 366 * DAY_MS, effort: { left: effort } };
  const found: string[] = [];
  for (const wall of recurrences(Date.parse(start), read, span)) {
    found.push(new Date(wall).toISOString().slice(0, 10));
    if (found.length === count) break;
  }
  return found;
}

test.each([
  ['FREQ=DAILY;COUNT=3', '1997-09-02', ['1997-09-02', '1997-09-03', '1997-09-04']],
  ['FREQ=DAILY;UNTIL=1997-09-04', '1997-09-02', ['1997-09-02', '1997-09-03', '1997-09-04']],
  [
    'FREQ=DAILY;INTERVAL=10;COUNT=5',
    '1997-09-02',
    ['1997-09-02', '1997-09-12', '1997-09-22', '1997-10-02', '1997-10-12'],
  ],
  ['FREQ=DAILY;BYMONTH=1;COUNT=2', '1998-01-31', ['1998-01-31', '1999-01-01']],
  ['FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=3', '1997-09-02', ['1997-09-02', '1997-09-16', '1997-09-30']],
  ['FREQ=WEEKLY;COUNT=4;WKST=SU;BYDAY=TU,TH', '1997-09-02', ['1997-09-02', '1997-09-04', '1997-09-09', '1997-09-11']],
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
    '1997-08-05',
    ['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24'],
  ],
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
    '1997-08-05',
    ['1997-08-05', '1997-08-17', '1997-08-19', '1997-08-31'],
  ],
  ['FREQ=MONTHLY;COUNT=3;BYDAY=1FR', '1997-09-05', ['1997-09-05', '1997-10-03', '1997-11-07']],
  [
    'FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU',
    '1997-09-07',
    ['1997-09-07', '1997-09-28', '1997-11-02', '1997-11-30'],
  ],
  ['FREQ=MONTHLY;COUNT=3;BYDAY=-2MO', '1997-09-22', ['1997-09-22', '1997-10-20', '1997-11-17']],
  ['FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=3', '1997-09-28', ['1997-09-28', '1997-10-29', '1997-11-28']],
  ['FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1', '1997-09-30', ['1997-09-30', '1997-10-01', '1997-10-31', '1997-11-01']],
  ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3', '1997-09-02', ['1998-02-13', '1998-03-13', '1998-11-13']],
  ['FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3', '1997-09-04', ['1997-09-04', '1997-10-07', '1997-11-06']],
  [
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=4',
    '1997-09-29',
    ['1997-09-29', '1997-10-30', '1997-11-27', '1997-12-30'],
  ],
  ['FREQ=MONTHLY;COUNT=4', '1997-08-31', ['1997-08-31', '1997-10-31', '1997-12-31', '1998-01-31']],
  ['FREQ=MONTHLY;BYDAY=5MO;COUNT=2', '2020-01-01', ['2020-03-30', '2020-06-29']],
  [
    'FREQ=YEARLY;INTERVAL=2;COUNT=4;BYMONTH=1,2',
    '1997-01-10',
    ['1997-01-10', '1997-02-10', '1999-01-10', '1999-02-10'],
  ],
  ['FREQ=YEARLY;BYDAY=20MO;COUNT=3', '1997-05-19', ['1997-05-19', '1998-05-18', '1999-05-17']],
  ['FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=4', '1997-03-13', ['1997-03-13', '1997-03-20', '1997-03-27', '1998-03-05']],
  [
    'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3',
    '1996-11-05',
    ['1996-11-05', '2000-11-07', '2004-11-02'],
  ],
  ['FREQ=YEARLY;COUNT=3', '2024-02-29', ['2024-02-29', '2028-02-29', '2032-02-29']],
  ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2', '2020-01-01', ['2020-11-26', '2021-11-25']],
  ['FREQ=YEARLY;BYDAY=-1SU;COUNT=2', '2020-01-01', ['2020-12-27', '2021-12-26']],
])('%s from %s', (rule, start, expected) => {
  expect(days(rule, start)).toEqual(expected);
});

test('what lies before is passed, however long ago it began, unless it is counted', () => {
  expect(days('FREQ=DAILY', '1970-01-01', { first: '2009-06-01', count: 2, effort: 20 })).toEqual([
    '2009-06-01',
    '2009-06-02',
  ]);
  expect(days('FREQ=YEARLY;INTERVAL=3', '1970-05-01', { first: '2001-01-01', count: 1, effort: 20 })).toEqual([
    '2003-05-01',
  ]);
  expect(days('FREQ=WEEKLY;INTERVAL=2', '1970-01-01', { first: '1971-01-01', count: 1 })).toEqual(['1971-01-14']);
  expect(days('FREQ=DAILY;COUNT=5', '1970-01-01', { first: '1970-01-04' })).toEqual(['1970-01-04', '1970-01-05']);
});

test.each([
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31',
  'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30',
])('%s ends, having found nothing', (rule) => {
  expect(days(rule, '2020-01-01')).toEqual([]);
});

test('each day that is looked at counts, and what a rule says twice counts once', () => {
  const long = Array.from({ length: 50 }, (_, i) => `${i + 10}MO`).join(',');
  expect(days(`FREQ=MONTHLY;BYDAY=${long}`, '2020-01-01', { effort: 31 * 50 * 3 })).toEqual([]);
  const effort = { left: 31 * 3 };
  const rule = readRecurrence(`FREQ=MONTHLY;BYDAY=${'1MO,'.repeat(10_000)}1MO`, () => '') as Recurrence;
  const span = { first: 0, last: 40 * 366 * DAY_MS, effort };
  expect(Array.from(recurrences(0, rule, span), (wall) => wall / DAY_MS)).toEqual([4, 32, 60]);
  expect(effort.left).toBe(0);
});

test.each([
  ['FREQ=SECONDLY', 'SECONDLY'],
  ['COUNT=3', 'without FREQ'],
  ['FREQ=YEARLY;BYWEEKNO=20', 'BYWEEKNO'],
  ['FREQ=DAILY;INTERVAL=0', 'INTERVAL'],
  ['FREQ=DAILY;COUNT=-1', 'COUNT'],
  ['FREQ=WEEKLY;BYDAY=2MO', 'cannot be read'],
  ['FREQ=MONTHLY;BYMONTHDAY=0', 'cannot be read'],
  ['FREQ=MONTHLY;BYMONTHDAY=32', 'cannot be read'],
])('%s is refused', (rule, reason) => {
  expect(readRecurrence(rule, () => ({ wall: 0, allDay: true }))).toContain(reason);
});
