import { expect, test } from 'vitest';
import { checkCalendarEntries, inCalendarOrder, MAX_CALENDAR_ENTRIES } from './check-calendar.ts';

const entry = (from: string, to: string, yearly = false) => ({ title: 'x', from, to, yearly });

test.each([
  ['2026-12-24', '2026-12-24', false],
  ['2024-02-29', '2024-02-29', true],
  ['2026-12-24', '2027-01-02', true],
  ['2026-12-24', '2026-01-02', true],
  ['2026-12-24T18:00', '2026-12-24T18:01', false],
])('%s to %s is an entry', (from, to, yearly) => {
  expect(checkCalendarEntries([entry(from, to, yearly)])).toEqual([]);
});

test.each([
  ['2026-02-30', '2026-03-01', false, 'from', '2026-02 has 28 days; there is no day 30'],
  ['2026-13-01', '2026-13-01', false, 'from', 'There is no month 13'],
  ['1969-12-31', '2026-01-01', false, 'from', 'Years from 1970 to 2199 are known'],
  ['24.12.2026', '2026-12-24', false, 'from', 'Write a day such as 2026-12-24, or a time such as 2026-12-24T18:00'],
  ['2026-12-24T18:00', '2026-12-24T24:00', false, 'to', 'Times go from 00:00 to 23:59'],
  ['2026-12-24', '2026-12-24T18:00', false, 'to', '`from` is a day, so `to` must be one too, such as 2026-12-24'],
  ['2026-12-25', '2026-12-24', false, 'to', 'It ends before it begins'],
  ['2026-12-24T18:00', '2026-12-24T18:00', false, 'to', expect.stringContaining('It ends when it begins')],
  ['2026-12-24', '2027-12-24', true, 'to', expect.stringContaining('shorter than a year')],
  ['2026-12-24', '2028-01-02', true, 'to', expect.stringContaining('shorter than a year')],
  ['2026-12-24T18:00', '2025-12-24T18:00', true, 'to', expect.stringContaining('shorter than a year')],
])('%s to %s is refused with its place', (from, to, yearly, field, message) => {
  expect(checkCalendarEntries([entry(from, to, yearly)])).toContainEqual({ path: `entries[0].${field}`, message });
});

test('too many entries are refused with the number and the limit', () => {
  const many = Array.from({ length: MAX_CALENDAR_ENTRIES + 1 }, () => entry('2026-01-01', '2026-01-01'));
  expect(checkCalendarEntries(many)).toEqual([
    { path: 'entries', message: 'There are 5001 entries; a calendar has at most 5000. Make it two calendars' },
  ]);
});

test('entries are kept in order of their begin', () => {
  const entries = [entry('2026-03-01', '2026-03-01'), entry('2026-01-01T10:00', '2026-01-01T11:00')];
  expect(inCalendarOrder(entries).map(({ from }) => from)).toEqual(['2026-01-01T10:00', '2026-03-01']);
});
