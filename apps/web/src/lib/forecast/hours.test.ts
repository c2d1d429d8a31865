import { describe, expect, it } from 'vitest';
import { dayRows, hoursOf, levelOf, slotText, sumOf } from './hours.ts';

const flat = (length: number) => ({
  runs: Array.from({ length }, () => 1),
  slotSeconds: Array.from({ length }, () => 1_800),
});

describe('dayRows', () => {
  it('begins in the middle of a day and cuts at midnight of the zone', () => {
    const rows = dayRows(hoursOf(flat(5), Date.parse('2026-06-01T20:00Z'), 'Europe/Berlin'));
    expect(rows.map(({ day }) => day)).toEqual(['2026-06-01', '2026-06-02']);
    expect(rows[0]?.hours.map(({ length }) => length).lastIndexOf(1)).toBe(23);
    expect(rows[1]?.hours[0]?.[0]).toMatchObject({ hour: 0, runs: 1, slots: 0.5 });
  });

  it('has two hours of one number where clocks go back, and none where they jump', () => {
    const [back] = dayRows(hoursOf(flat(25), Date.parse('2026-10-24T22:00Z'), 'Europe/Berlin'));
    expect(back?.hours[2]).toHaveLength(2);
    expect(sumOf(back?.hours[2] ?? [])).toEqual({ runs: 2, slots: 0.5 });
    const [forward] = dayRows(hoursOf(flat(23), Date.parse('2026-03-28T23:00Z'), 'Europe/Berlin'));
    expect(forward?.hours[2]).toEqual([]);
  });
});

it('shades by the share of the most; anything is more than nothing', () => {
  expect([levelOf(0, 4), levelOf(0.01, 4), levelOf(2, 4), levelOf(4, 4), levelOf(0, 0)]).toEqual([0, 1, 3, 5, 0]);
});

it('writes slots in a few characters', () => {
  expect([0.01, 0.44, 3, 12.6].map((slots) => slotText(slots, 'en'))).toEqual(['<0.1', '0.4', '3', '13']);
});
