import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALL_ROWS, rowsInView } from './rows-in-view.ts';

it('draws all rows of a short table', () => {
  expect(rowsInView({ count: ALL_ROWS, height: 36, top: 900, room: 400 })).toEqual({ first: 0, last: ALL_ROWS });
});

it('draws what is in view and little else, wherever one has scrolled to', () => {
  const view = fc.record({
    count: fc.integer({ min: ALL_ROWS + 1, max: 100_000 }),
    height: fc.integer({ min: 20, max: 50 }),
    top: fc.integer({ min: -2_000, max: 5_000_000 }),
    room: fc.integer({ min: 0, max: 3_000 }),
  });
  fc.assert(
    fc.property(view, ({ count, height, top, room }) => {
      const { first, last } = rowsInView({ count, height, top, room });
      expect(first).toBeGreaterThanOrEqual(0);
      expect(last).toBeLessThanOrEqual(count);
      expect(last - first).toBeLessThanOrEqual(Math.ceil((room || 900) / height) + 24);
      const reached = Math.min(Math.max(0, top), Math.max(0, count * height - room));
      expect(first * height).toBeLessThanOrEqual(reached);
      expect(last * height).toBeGreaterThanOrEqual(Math.min(count * height, reached + room));
    }),
  );
});
