/** Things without an order, any of which may be drawn with the same chance. Every operation costs O(1). */
import type { Random } from '@vaquita/core';

export interface Bag<T> {
  add(item: T): void;
  remove(item: T): void;
  draw(): T | undefined;
  readonly size: number;
}

export function createBag<T>(random: Random): Bag<T> {
  const items: T[] = [];
  const places = new Map<T, number>();

  return {
    add(item) {
      if (places.has(item)) return;
      places.set(item, items.length);
      items.push(item);
    },
    remove(item) {
      const at = places.get(item);
      if (at === undefined) return;
      places.delete(item);
      const last = items.pop()!;
      if (last === item) return;
      items[at] = last;
      places.set(last, at);
    },
    draw: () => items[Math.floor(random.next() * items.length)],
    get size() {
      return items.length;
    },
  };
}
