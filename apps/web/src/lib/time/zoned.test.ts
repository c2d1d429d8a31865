import { describe, expect, it } from 'vitest';
import { formatFire, instantOf, isZone, wallAt } from './zoned.ts';

const at = (text: string) => Date.parse(text);

describe('instantOf', () => {
  it.each([
    ['a plain time', '2026-06-01T08:00', 'Europe/Berlin', '2026-06-01T06:00:00Z'],
    ['a time with seconds', '2026-01-01T00:00:30', 'Asia/Kolkata', '2025-12-31T18:30:30Z'],
    ['a time that clocks jump over, as much later', '2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
    ['the earlier of two', '2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    ['the minute after clocks jumped', '2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['half an hour of summer time', '2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00Z'],
  ])('finds %s', (_, wall, zone, instant) => {
    expect(new Date(instantOf(wall, zone) ?? Number.NaN).toISOString()).toBe(new Date(instant).toISOString());
  });

  it('takes no text that is no time', () => {
    expect(instantOf('', 'UTC')).toBeUndefined();
    expect(instantOf('soon', 'UTC')).toBeUndefined();
  });

  it('is the way back from what clocks show, each quarter of an hour of a year', () => {
    for (const zone of ['America/New_York', 'Asia/Kathmandu', 'Pacific/Apia']) {
      for (let moment = at('2026-01-01T00:00:00Z'); moment < at('2027-01-01T00:00:00Z'); moment += 900_000 * 7) {
        const back = instantOf(wallAt(moment, zone), zone);
        // Of two moments at which clocks show the same, it is the earlier.
        expect([moment, moment - 3_600_000]).toContain(back);
      }
    }
  });
});

describe('formatFire', () => {
  it('names the zone, and seconds only where there are any', () => {
    expect(formatFire(at('2026-03-29T00:30:00Z'), 'en', 'Europe/Berlin')).toBe('Sun, Mar 29, 2026, 01:30 GMT+1');
    expect(formatFire(at('2026-03-29T01:30:15Z'), 'en', 'Europe/Berlin')).toContain('03:30:15');
  });
});

it('knows zones from what is none', () => {
  expect(isZone('Asia/Tokyo')).toBe(true);
  expect(isZone('Mars/Base')).toBe(false);
});
