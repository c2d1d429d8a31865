import { describe, expect, it } from 'vitest';
import { asTable, figure, mean, percentile } from './figures.ts';

describe('percentile', () => {
  it('takes the value at the nearest rank, whatever the order', () => {
    const values = [5, 1, 4, 2, 3];
    expect([0, 1, 20, 21, 50, 99, 100].map((p) => percentile(values, p))).toEqual([1, 1, 1, 2, 3, 5, 5]);
    expect(percentile([7], 99)).toBe(7);
    expect(() => percentile([], 50)).toThrow(RangeError);
    expect(() => mean([])).toThrow(RangeError);
  });
});

describe('a figure', () => {
  const base = { name: 'x', metric: 'rate', unit: '1/s', runs: 3 };

  it('is set against its floor', () => {
    expect(figure({ ...base, value: 5_000, floor: 20_000 }).ratio).toBe(0.25);
    expect(figure({ ...base, value: 1.5, floor: 0.5 }).ratio).toBe(3);
  });

  it('has no ratio without a floor', () => {
    expect(figure({ ...base, value: 1, floor: null })).toMatchObject({ floor: null, ratio: null });
    expect(figure({ ...base, value: 1, floor: 0 }).ratio).toBeNull();
  });

  it('is a line of the table', () => {
    const [header, row] = asTable([figure({ ...base, value: 12_345.678, floor: null })]);
    expect(header).toBe('NAME  METRIC  VALUE  UNIT  FLOOR  RATIO  RUNS');
    expect(row).toBe('x     rate    12350  1/s       -      -     3');
  });
});
