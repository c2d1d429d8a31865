/** Drawing from a seeded source, in words. */
import { createSeededRandom } from '@vaquita/core/testing';

export interface Chance {
  /** True in this share of cases. */
  happens(share: number): boolean;
  /** A whole number, both ends inside. */
  between(low: number, high: number): number;
  /** As `between`, with small ones more often: each magnitude is equally likely. */
  skewed(low: number, high: number): number;
  oneOf<T>(items: readonly T[]): T;
  /** By weight. */
  weighed<T>(items: readonly (readonly [number, T])[]): T;
  some<T>(items: readonly T[], share: number): T[];
}

export function createChance(seed: number): Chance {
  const random = createSeededRandom(seed);
  const chance: Chance = {
    happens: (share) => random.next() < share,
    between: (low, high) => low + Math.floor(random.next() * (high - low + 1)),
    skewed: (low, high) =>
      Math.round(Math.max(1, low) * (Math.max(1, high) / Math.max(1, low)) ** random.next()) - (low < 1 ? 1 - low : 0),
    oneOf: (items) => items[Math.floor(random.next() * items.length)]!,
    weighed(items) {
      let left = random.next() * items.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, item] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      return items.at(-1)![1];
    },
    some: (items, share) => items.filter(() => random.next() < share),
  };
  return chance;
}
