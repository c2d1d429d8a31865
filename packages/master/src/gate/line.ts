/** Things that wait, kept in their order. Finding one costs O(log n); its order must not change while it is in line. */
export interface Line<T> {
  add(item: T): void;
  /** @returns whether it was in line. */
  remove(item: T): boolean;
  /** The one at a place, from 0. */
  at(index: number): T | undefined;
  /** How many come before it, whether or not it is in line itself. */
  before(item: T): number;
  [Symbol.iterator](): IterableIterator<T>;
  readonly size: number;
}

/** `compare` must tell any two items apart. */
export function createLine<T>(compare: (a: T, b: T) => number): Line<T> {
  const items: T[] = [];

  function before(item: T): number {
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(items[middle]!, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(item) {
      const index = before(item);
      if (items[index] !== item) items.splice(index, 0, item);
    },
    remove(item) {
      const index = before(item);
      if (items[index] !== item) return false;
      items.splice(index, 1);
      return true;
    },
    at: (index) => items[index],
    before,
    [Symbol.iterator]: () => items[Symbol.iterator](),
    get size() {
      return items.length;
    },
  };
}
