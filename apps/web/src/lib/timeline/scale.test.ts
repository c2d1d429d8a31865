import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panWindow, ticksOf, toTime, toX, windowOf, zoomWindow } from './scale.ts';

describe('scale', () => {
  it('is its own inverse', () => {
    const window = { from: 1000, to: 5000 };
    expect(toX(3000, window, 800)).toBe(400);
    expect(toTime(400, window, 800)).toBe(3000);
  });

  it('marks round distances from the start of the run, far enough apart', () => {
    const ticks = ticksOf({ from: 1_000_123, to: 1_360_123 }, 1000, 1_000_123);
    expect(ticks.map((tick) => (tick.at - 1_000_123) / 1000)).toEqual([0, 60, 120, 180, 240, 300, 360]);
  });

  it('keeps ticks apart and inside, whatever the window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 10, max: 1e10 }),
        fc.integer({ min: 50, max: 3000 }),
        (from, size, width) => {
          const ticks = ticksOf({ from, to: from + size }, width, from);

          for (const [i, tick] of ticks.entries()) {
            expect(tick.x).toBeLessThanOrEqual(width + 0.001);
            if (i > 0) expect(tick.x - ticks[i - 1]!.x).toBeGreaterThan(100);
          }
        },
      ),
    );
  });

  it('spans all bars and copes with none', () => {
    expect(
      windowOf([
        { from: 5, to: 10 },
        { from: 2, to: 102 },
      ]),
    ).toEqual({ from: 2, to: 114 });
    expect(windowOf([])).toEqual({ from: 0, to: 1000 });
  });

  it('zooms about the cursor and never leaves the bounds', () => {
    const bounds = { from: 0, to: 1000 };
    const window = zoomWindow(bounds, 2, 400, bounds);
    expect(window).toEqual({ from: 200, to: 700 });
    expect(zoomWindow(window, 0.01, 400, bounds)).toEqual(bounds);
    expect(panWindow(window, 5000, bounds)).toEqual({ from: 500, to: 1000 });
    expect(panWindow(window, -5000, bounds)).toEqual({ from: 0, to: 500 });
  });
});
