import { createSeededRandom } from '@vaquita/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBag } from './bag.ts';
import { createRanking } from './ranking.ts';

test('the first is the least, whatever was added, removed and moved', () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'remove', 'move'),
    item: fc.integer({ min: 0, max: 15 }),
    key: fc.integer({ min: 0, max: 99 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.boolean(), (steps, allAtOnce) => {
      const keys = new Map<number, number>();
      const here = new Set<number>();
      const ranking = createRanking<number>((a, b) => keys.get(a)! * 100 + a < keys.get(b)! * 100 + b);
      for (const { what, item, key } of steps) {
        if (what === 'remove') {
          ranking.remove(item);
          here.delete(item);
        } else if (what === 'add' && !here.has(item)) {
          keys.set(item, key);
          ranking.add(item);
          here.add(item);
        } else if (what === 'move') {
          keys.set(item, key);
          if (allAtOnce) ranking.reordered();
          else ranking.moved(item);
        }
        const least = [...here].sort((a, b) => keys.get(a)! * 100 + a - (keys.get(b)! * 100 + b))[0];
        expect(ranking.first()).toBe(least);
        expect(ranking.size).toBe(here.size);
      }
    }),
  );
});

test('a bag holds what was put in and not taken out, each once', () => {
  const bag = createBag<string>(createSeededRandom(1));
  expect(bag.draw()).toBeUndefined();
  for (const item of ['a', 'b', 'c', 'a']) bag.add(item);
  bag.remove('a');
  bag.remove('x');
  expect(bag.size).toBe(2);
  expect(new Set(Array.from({ length: 40 }, () => bag.draw()))).toEqual(new Set(['b', 'c']));
});

test('with 2,000 things, a step costs some twenty comparisons', () => {
  const random = createSeededRandom(1);
  const keys = Array.from({ length: 2_000 }, () => random.next());
  let compared = 0;
  const ranking = createRanking<number>((a, b) => {
    compared += 1;
    return keys[a]! < keys[b]!;
  });
  for (const index of keys.keys()) ranking.add(index);
  for (let step = 0; step < 500; step++) {
    compared = 0;
    const first = ranking.first()!;
    keys[first] = random.next();
    ranking.moved(first);
    expect(compared).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(2_000)) + 1);
  }
});
