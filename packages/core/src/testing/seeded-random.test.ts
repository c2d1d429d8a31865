import { describe, expect, it } from 'vitest';
import { createSeededRandom } from './seeded-random.ts';

const draw = (seed: number, count: number): number[] => {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('createSeededRandom', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    expect(draw(42, 20)).toEqual(draw(42, 20));
    const seeds = [0, 1, 2, -1, 2 ** 32, 2 ** 33, 2 ** 40 + 1];
    expect(new Set(seeds.map((seed) => draw(seed, 4).join())).size).toBe(seeds.length);
  });

  it('stays in [0, 1) and covers it evenly', () => {
    const values = draw(7, 10_000);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const tenths = Array.from({ length: 10 }, (_, i) => values.filter((value) => Math.floor(value * 10) === i).length);
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('gives as many bytes as asked, of every value', () => {
    const bytes = createSeededRandom(1).bytes(20_000);
    expect(bytes).toHaveLength(20_000);
    expect(new Set(bytes).size).toBe(256);
  });
});
