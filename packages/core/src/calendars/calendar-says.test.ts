import { expect, test } from 'vitest';
import { calendarHolds, calendarSays } from './calendar-says.ts';
import type { CalendarEntry, CalendarId, CalendarRow } from './rows.ts';

const BERLIN = 'Europe/Berlin';

const entry = (from: string, to = from, more: Partial<CalendarEntry> = {}): CalendarEntry => ({
  title: 'Closed',
  from,
  to,
  yearly: false,
  ...more,
});

function calendar(name: string, entries: readonly CalendarEntry[], weekdays: readonly number[] = []): CalendarRow {
  const times = { createdBy: 'ada', createdAt: 0, updatedAt: 0, revision: 1 };
  return { id: name as CalendarId, name, description: '', entries, weekdays, ...times };
}

const at = (text: string) => Date.parse(text);
const holds = (row: CalendarRow, time: string, timezone = BERLIN) =>
  calendarHolds(row, at(time), timezone) !== undefined;

test('a day is that of the zone of whoever asks, and its last is in it', () => {
  const row = calendar('holidays', [entry('2026-12-24', '2026-12-25')]);
  expect(holds(row, '2026-12-23T22:59:59Z')).toBe(false);
  expect(holds(row, '2026-12-23T23:00:00Z')).toBe(true);
  expect(holds(row, '2026-12-25T22:59:59Z')).toBe(true);
  expect(holds(row, '2026-12-25T23:00:00Z')).toBe(false);
  expect(holds(row, '2026-12-25T23:00:00Z', 'America/New_York')).toBe(true);
});

test('the end of a span of times is not in it', () => {
  const row = calendar('release', [entry('2026-05-04T18:00', '2026-05-05T06:00')]);
  expect(holds(row, '2026-05-04T15:59:59Z')).toBe(false);
  expect(holds(row, '2026-05-04T16:00:00Z')).toBe(true);
  expect(holds(row, '2026-05-05T03:59:59Z')).toBe(true);
  expect(holds(row, '2026-05-05T04:00:00Z')).toBe(false);
});

test('spans hold what clocks show where clocks are moved', () => {
  const night = calendar('night', [entry('2026-10-25T02:15', '2026-10-25T02:45')]);
  // Clocks show 02:30 twice.
  expect(holds(night, '2026-10-25T00:30:00Z')).toBe(true);
  expect(holds(night, '2026-10-25T00:50:00Z')).toBe(false);
  expect(holds(night, '2026-10-25T01:30:00Z')).toBe(true);
  const gap = calendar('gap', [entry('2026-03-29T02:00', '2026-03-29T03:00')]);
  // 01:59:59 is followed by 03:00:00.
  expect(holds(gap, '2026-03-29T00:59:59Z')).toBe(false);
  expect(holds(gap, '2026-03-29T01:00:00Z')).toBe(false);
  const over = calendar('over', [entry('2026-03-29T01:00', '2026-03-29T04:00')]);
  expect(holds(over, '2026-03-29T00:30:00Z')).toBe(true);
  expect(holds(over, '2026-03-29T01:30:00Z')).toBe(true);
  expect(holds(over, '2026-03-29T02:00:00Z')).toBe(false);
});

test('the year of a yearly entry does not count, and it may go over the end of the year', () => {
  for (const to of ['2021-01-02', '2020-01-02']) {
    const row = calendar('turn of the year', [entry('2020-12-24', to, { yearly: true })]);
    expect(holds(row, '2031-12-23T12:00:00Z')).toBe(false);
    expect(holds(row, '2031-12-24T12:00:00Z')).toBe(true);
    expect(holds(row, '2031-12-31T22:59:59Z')).toBe(true);
    expect(holds(row, '2031-12-31T23:00:00Z')).toBe(true);
    expect(holds(row, '2032-01-02T22:59:59Z')).toBe(true);
    expect(holds(row, '2032-01-02T23:00:00Z')).toBe(false);
  }
});

test('29 February of a yearly entry is there in leap years only (S3)', () => {
  const day = calendar('leap day', [entry('2024-02-29', '2024-02-29', { yearly: true })]);
  expect(holds(day, '2028-02-29T12:00:00Z')).toBe(true);
  expect(holds(day, '2027-02-28T12:00:00Z')).toBe(false);
  expect(holds(day, '2027-03-01T12:00:00Z')).toBe(false);
  const span = calendar('around it', [entry('2024-02-28', '2024-03-01', { yearly: true })]);
  for (const time of ['2027-02-28T12:00:00Z', '2027-03-01T12:00:00Z', '2028-02-29T12:00:00Z'])
    expect(holds(span, time)).toBe(true);
  expect(holds(span, '2027-03-02T12:00:00Z')).toBe(false);
});

test('yearly times go over the end of the year too', () => {
  const row = calendar('fireworks', [entry('2020-12-31T22:00', '2021-01-01T06:00', { yearly: true })]);
  expect(holds(row, '2026-12-31T20:59:59Z')).toBe(false);
  expect(holds(row, '2026-12-31T21:00:00Z')).toBe(true);
  expect(holds(row, '2027-01-01T04:59:59Z')).toBe(true);
  expect(holds(row, '2027-01-01T05:00:00Z')).toBe(false);
});

test('weekdays are in it whatever the entries say', () => {
  const row = calendar('weekend', [], [0, 6]);
  // A Friday evening in Berlin that is still Friday, and the Saturday it becomes.
  expect(holds(row, '2026-11-20T22:59:59Z')).toBe(false);
  expect(calendarHolds(row, at('2026-11-20T23:00:00Z'), BERLIN)).toBe('Saturday');
  expect(calendarHolds(row, at('2026-11-22T12:00:00Z'), BERLIN)).toBe('Sunday');
});

test('an entry is found among many that overlap', () => {
  const long = entry('2026-01-01', '2026-12-31', { title: 'The whole year' });
  const short = Array.from({ length: 300 }, (_, i) => {
    const day = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10);
    return entry(day, day, { title: `Day ${i}` });
  });
  const row = calendar('many', [...short, long]);
  for (let day = 0; day < 365; day++)
    expect(calendarHolds(row, Date.UTC(2026, 0, 1 + day, 12), 'UTC')).toBe('The whole year');
  const days = calendar('days', short);
  expect(calendarHolds(days, Date.UTC(2026, 0, 200, 12), 'UTC')).toBe('Day 199');
  expect(calendarHolds(days, Date.UTC(2026, 0, 301, 12), 'UTC')).toBe(undefined);
});

test('what is excluded is stronger than what is included, and the text names calendar and entry', () => {
  const work = calendar('work', [], [1, 2, 3, 4, 5]);
  const holidays = calendar('holidays', [entry('2026-12-25', '2026-12-25', { title: 'Christmas' })]);
  const rows = new Map([work, holidays].map((row) => [row.id, row]));
  const choice = { include: [work.id], exclude: [holidays.id] };
  const says = (time: string) => calendarSays(choice, rows, at(time), BERLIN)?.text ?? null;
  expect(says('2026-12-24T12:00:00Z')).toBe(null);
  expect(says('2026-12-25T12:00:00Z')).toBe('The calendar “holidays” leaves it out: Christmas.');
  expect(says('2026-12-26T12:00:00Z')).toBe('It is not in the calendar “work”.');
});

test('without calendars nothing is said, and one that is gone allows nothing', () => {
  const none = new Map<CalendarId, CalendarRow>();
  expect(calendarSays({ include: [], exclude: [] }, none, 0, BERLIN)).toBe(null);
  expect(calendarSays({ include: [], exclude: ['x' as CalendarId] }, none, 0, BERLIN)).toBe(null);
  const gone = calendarSays({ include: ['x' as CalendarId], exclude: [] }, none, 0, BERLIN);
  expect(gone).toEqual({ code: 'calendar', text: 'The calendars it is limited to are not there any more.' });
});
