import type { ScheduleStep } from '@vaquita/store';
import { expect, test } from 'vitest';
import { unitsOf } from './units.ts';

/** Writes so many rows: its own, and records. */
const step = (rows: number) =>
  ({ fires: Array.from({ length: rows - 1 }), dequeued: [], runs: [], stops: [] }) as unknown as ScheduleStep;
const sizes = (steps: readonly ScheduleStep[], limits: { readonly steps: number; readonly rows: number }) =>
  unitsOf(steps, limits).map((unit) => unit.map(({ fires }) => fires.length + 1));

test('steps are written together, up to so many and so many rows', () => {
  const steps = [2, 2, 2, 2, 6, 2, 20, 1].map(step);
  expect(sizes(steps, { steps: 3, rows: 8 })).toEqual([[2, 2, 2], [2, 6], [2], [20], [1]]);
  expect(unitsOf(steps, { steps: 3, rows: 8 }).flat()).toEqual(steps);
  expect(sizes([], { steps: 3, rows: 8 })).toEqual([]);
});

test('runs and orders count, too', () => {
  const runs = { ...step(1), runs: [1, 2], stops: [1] } as unknown as ScheduleStep;
  expect(unitsOf([runs, runs], { steps: 9, rows: 15 })).toHaveLength(2);
  expect(unitsOf([runs, runs], { steps: 9, rows: 16 })).toHaveLength(1);
});
