/**
 * Things in an order that may change, the first of them at hand: a binary heap that knows where each thing stands.
 * Adding, removing and moving one thing costs O(log n) comparisons.
 */
export interface Ranking<T> {
  add(item: T): void;
  remove(item: T): void;
  has(item: T): boolean;
  /** The place of the item in the order may be another one now. */
  moved(item: T): void;
  /** The places of all may be. */
  reordered(): void;
  first(): T | undefined;
  readonly size: number;
}

export function createRanking<T>(before: (a: T, b: T) => boolean): Ranking<T> {
  const items: T[] = [];
  const places = new Map<T, number>();

  function put(item: T, at: number): void {
    items[at] = item;
    places.set(item, at);
  }

  function rise(item: T, from: number): number {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      put(items[parent]!, at);
      at = parent;
    }
    put(item, at);
    return at;
  }

  function sink(item: T, from: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child += 1;
      if (!before(items[child]!, item)) break;
      put(items[child]!, at);
      at = child;
    }
    put(item, at);
  }

  function settle(item: T, at: number): void {
    if (rise(item, at) === at) sink(item, at);
  }

  return {
    add(item) {
      if (places.has(item)) return;
      items.push(item);
      rise(item, items.length - 1);
    },
    remove(item) {
      const at = places.get(item);
      if (at === undefined) return;
      places.delete(item);
      const last = items.pop()!;
      if (last !== item) settle(last, at);
    },
    has: (item) => places.has(item),
    moved(item) {
      const at = places.get(item);
      if (at !== undefined) settle(item, at);
    },
    reordered() {
      for (let at = (items.length >> 1) - 1; at >= 0; at--) sink(items[at]!, at);
    },
    first: () => items[0],
    get size() {
      return items.length;
    },
  };
}
