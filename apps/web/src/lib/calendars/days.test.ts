import type { CalendarEntryView } from '@vaquita/client';
import { type CalendarEntry, type CalendarRow, calendarHolds, checkCalendarEntries } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { daysOn, daysShown, entriesOf, holds, markOf, monthsOn, readMonth, toggleDay } from './days.ts';

const entry = (from: string, to = from, yearly = false): CalendarEntryView => ({ title: 'Feast', from, to, yearly });

describe('daysShown', () => {
  it('begins on a Monday and holds the whole month', () => {
    const days = daysShown('2026-02');
    expect(days).toHaveLength(42);
    expect(days[0]).toBe('2026-01-26');
    expect(days).toContain('2026-02-28');
  });
});

it('goes from month to month over years, and takes no month that is none', () => {
  expect(monthsOn('2026-12', 1)).toBe('2027-01');
  expect(monthsOn('2026-01', -1)).toBe('2025-12');
  expect([readMonth('2026-12'), readMonth('2026-13'), readMonth('soon'), readMonth(null)]).toEqual([
    '2026-12',
    null,
    null,
    null,
  ]);
});

describe('markOf', () => {
  it('tells whole days from times of a day and from days of the week', () => {
    const entries = [entry('2026-12-24', '2026-12-26'), entry('2026-12-25T18:00', '2026-12-27T00:00')];
    expect(markOf('2026-12-25', entries, [5])).toEqual({ titles: ['Feast'], partly: ['Feast'], weekday: true });
    expect(markOf('2026-12-27', entries, [5])).toEqual({ titles: [], partly: [], weekday: false });
  });
});

describe('toggleDay', () => {
  const toggled = (entries: CalendarEntryView[], day: string) =>
    toggleDay(entries, day, 'Feast').entries.map(({ from, to }) => [from, to]);

  it.each([
    ['puts in a day that is not there', [], '2026-12-24', [['2026-12-24', '2026-12-24']]],
    ['takes out a day that is an entry', [entry('2026-12-24')], '2026-12-24', []],
    ['shortens at the begin', [entry('2026-12-24', '2026-12-26')], '2026-12-24', [['2026-12-25', '2026-12-26']]],
    ['shortens at the end', [entry('2026-12-24', '2026-12-26')], '2026-12-26', [['2026-12-24', '2026-12-25']]],
    [
      'leaves two in the middle',
      [entry('2026-12-24', '2026-12-26')],
      '2026-12-25',
      [
        ['2026-12-24', '2026-12-24'],
        ['2026-12-26', '2026-12-26'],
      ],
    ],
    [
      'takes a day of another year out of a yearly one that goes over the new year',
      [entry('2020-12-30', '2021-01-02', true)],
      '2030-01-01',
      [
        ['2020-12-30', '2020-12-31'],
        ['2021-01-02', '2021-01-02'],
      ],
    ],
    [
      'takes 29 February out of a yearly one that was written in another year',
      [entry('2026-02-27', '2026-03-02', true)],
      '2028-02-29',
      [
        ['2026-02-27', '2026-02-28'],
        ['2026-03-01', '2026-03-02'],
      ],
    ],
  ])('%s', (_, entries, day, left) => {
    expect(toggled(entries, day)).toEqual(left);
  });

  it('leaves entries of times alone', () => {
    const timed = entry('2026-12-24T10:00', '2026-12-24T12:00');
    expect(toggleDay([timed], '2026-12-24', 'Feast')).toEqual({
      entries: [timed, { title: 'Feast', from: '2026-12-24', to: '2026-12-24', yearly: false }],
      put: true,
    });
  });

  it('agrees with the engine about each day of two years, and leaves entries that can be kept', () => {
    let entries: readonly CalendarEntryView[] = [
      entry('2027-12-20', '2028-03-10', true),
      entry('2028-06-01', '2028-09-01'),
    ];
    for (let day = '2028-01-01'; day < '2029-12-31'; day = daysOn(day, 3)) {
      const before = markOf(day, entries, []).titles.length > 0;
      expect(engineHolds(entries, day)).toBe(before);
      const after = toggleDay(entries, day, 'Feast');
      expect(engineHolds(after.entries, day)).toBe(!before);
      expect(checkCalendarEntries(after.entries)).toEqual([]);
      entries = after.entries;
    }
  });
});

describe('entriesOf', () => {
  it('has those of which something lies in the year, in their order', () => {
    const entries = [entry('2030-05-01'), entry('2020-01-01', '2020-01-01', true), entry('2029-12-31', '2030-01-02')];
    expect(entriesOf(entries, 2030).map(({ from }) => from)).toEqual(['2029-12-31', '2020-01-01', '2030-05-01']);
    expect(holds(entries[1]!, '2030-01-01')).toBe(true);
  });
});

function engineHolds(entries: readonly CalendarEntry[], day: string): boolean {
  return (
    calendarHolds({ entries, weekdays: [] } as unknown as CalendarRow, Date.parse(`${day}T12:00Z`), 'UTC') !== undefined
  );
}
