import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { addMonths, isTimezone, MOST_ZONES, toInstant, toWall, wallOf } from './wall-time.ts';

const instant = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2099, 0, 1) });
const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
);

describe('wall time', () => {
  it('comes back to the same wall time, and to the same instant unless the hour comes twice', () => {
    fc.assert(
      fc.property(instant, zone, (at, timezone) => {
        const wall = toWall(at, timezone);
        const back = toInstant(wall, timezone);
        expect(toWall(back, timezone)).toBe(wall);
        expect(back).toBeLessThanOrEqual(at);
      }),
    );
  });

  it('goes on by the jump where clocks jump over a time', () => {
    const at = toInstant(wallOf(2026, 3, 29) + 2.5 * 3_600_000, 'Europe/Berlin');
    expect(new Date(at).toISOString()).toBe('2026-03-29T01:30:00.000Z');
  });

  it('takes the first of two where clocks are turned back over a time', () => {
    const at = toInstant(wallOf(2026, 10, 25) + 2.5 * 3_600_000, 'Europe/Berlin');
    expect(new Date(at).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });

  it('keeps years below 100 apart from the nineteen hundreds', () => {
    expect(new Date(wallOf(99, 1, 1)).toISOString()).toBe('0099-01-01T00:00:00.000Z');
  });

  it('moves by months within the length of the month', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: -600, max: 600 }), (at, months) => {
        const before = new Date(at);
        const after = new Date(addMonths(at, months));
        const monthOf = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth();
        expect(monthOf(after)).toBe(monthOf(before) + months);
        expect(after.getUTCDate()).toBeLessThanOrEqual(before.getUTCDate());
        expect(after.toISOString().slice(11)).toBe(before.toISOString().slice(11));
      }),
    );
  });

  it('knows both sides of a change of the clock, in any order of asking', () => {
    const change = Date.UTC(2026, 2, 29, 1);
    const hour = 3_600_000;
    for (const [at, offset] of [
      [change - 1, hour],
      [change, 2 * hour],
      [change - 1, hour],
      [change + 999, 2 * hour],
    ] as const) {
      expect(toWall(at, 'Europe/Berlin')).toBe(at + offset);
      expect(toWall(at, 'UTC')).toBe(at);
    }
    expect(toWall(-1, 'UTC')).toBe(-1);
  });

  it('knows zones by name', () => {
    expect(['UTC', 'Europe/Berlin', 'Asia/Shanghai'].every(isTimezone)).toBe(true);
    expect(['', 'Mars/Olympus', '+02:00', 'local time', '../etc'].some(isTimezone)).toBe(false);
  });

  it('keeps no more zones than there are, however their names are written', () => {
    const name = 'america/argentina/buenos_aires';
    const written = (n: number) => Array.from(name, (char, i) => ((n >> i) & 1 ? char.toUpperCase() : char)).join('');
    const at = Date.UTC(2026, 0, 1);
    const before = toWall(at, 'Europe/Berlin');
    const made = vi.spyOn(Intl, 'DateTimeFormat');
    for (let n = 0; n < MOST_ZONES; n++) expect(isTimezone(written(n * 3))).toBe(true);
    made.mockClear();
    expect(toWall(at, 'Europe/Berlin')).toBe(before);
    expect(made).toHaveBeenCalledTimes(1);
    made.mockRestore();
  });
});
