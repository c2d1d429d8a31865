import { BALANCING_POLICIES, type BalancingPolicy } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBalancer } from './balancer.ts';
import type { Load } from './load.ts';

const IDLE: Load = { weight: 1, slots: 4, slotsUsed: 0, cpu: 0, memory: 0 };

/** A group of workers that never get full, by name. */
function groupOf(policy: BalancingPolicy, loads: Readonly<Record<string, Partial<Load>>>, seed = 1) {
  const figures = new Map(Object.entries(loads).map(([name, load]) => [name, { ...IDLE, ...load }]));
  const balancer = createBalancer<string>(policy, createSeededRandom(seed), (name) => figures.get(name)!);
  const set = balancer.openSet();
  const join = (name: string, load: Partial<Load> = {}) => {
    figures.set(name, { ...IDLE, ...load });
    balancer.join(name);
    set.add(name);
  };
  for (const [name, load] of figures) join(name, load);
  return {
    balancer,
    set,
    join,
    choose: (times: number) => Array.from({ length: times }, () => set.choose()!),
    change(name: string, load: Partial<Load>) {
      figures.set(name, { ...figures.get(name)!, ...load });
      balancer.changed(name);
    },
    leave(name: string) {
      set.remove(name);
      balancer.leave(name);
    },
  };
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Counts as close to the shares of the weights as whole turns can be: each is off by its own turn and a part of a round. */
function expectShares(chosen: readonly string[], weights: Readonly<Record<string, number>>): void {
  const counts = countsOf(chosen);
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const slack = Object.keys(weights).length + 1;
  for (const [name, weight] of Object.entries(weights)) {
    expect(Math.abs((counts[name] ?? 0) - (chosen.length * weight) / total), name).toBeLessThanOrEqual(slack);
  }
}

const weightsOf = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.integer({ min: 1, max: 50 }), {
  minKeys: 1,
  maxKeys: 12,
});

describe('every policy', () => {
  test.each(BALANCING_POLICIES)('%s chooses nobody from an empty set, and only who is in it', (policy) => {
    const group = groupOf(policy, { a: {}, b: {}, c: {} });
    group.set.remove('b');
    expect(new Set(group.choose(50))).toEqual(new Set(['a', 'c']));
    group.leave('a');
    group.leave('c');
    expect(group.set.choose()).toBeUndefined();
  });

  test.each(BALANCING_POLICIES)('%s chooses the same again from the same random source', (policy) => {
    const loads = { a: { weight: 2 }, b: { cpu: 0.5 }, c: {} };
    expect(groupOf(policy, loads, 7).choose(100)).toEqual(groupOf(policy, loads, 7).choose(100));
  });
});

test('in turns: nobody is chosen twice while another waits, whatever kinds of tasks there are', () => {
  const group = groupOf('round_robin', { a: {}, b: {}, c: {} });
  const others = group.balancer.openSet();
  for (const name of ['a', 'b', 'c']) others.add(name);
  expect([group.set.choose(), others.choose(), group.set.choose(), others.choose()]).toEqual(['a', 'b', 'c', 'a']);
});

test('in turns: who joins stands at the end of the line', () => {
  const group = groupOf('round_robin', { a: {}, b: {} });
  group.choose(1);
  group.join('c');
  expect(group.choose(4)).toEqual(['b', 'a', 'c', 'b']);
});

test('at random: everybody has the same chance', () => {
  const counts = countsOf(groupOf('random', { a: {}, b: {}, c: {} }, 3).choose(9_000));
  for (const name of ['a', 'b', 'c']) {
    expect(counts[name]).toBeGreaterThan(2_850);
    expect(counts[name]).toBeLessThan(3_150);
  }
});

test('the least loaded: by the share of slots in use, equal ones in turns', () => {
  const group = groupOf('least_loaded', {
    a: { slots: 2, slotsUsed: 1 },
    b: { slots: 8, slotsUsed: 3 },
    c: { slotsUsed: 2 },
  });
  expect(group.set.choose()).toBe('b');
  group.change('b', { slotsUsed: 4 });
  expect(group.choose(4)).toEqual(['a', 'c', 'b', 'a']);
});

describe('by fixed weights', () => {
  test('everybody is chosen in proportion to its weight, over any stretch', () => {
    fc.assert(
      fc.property(weightsOf, fc.integer({ min: 1, max: 400 }), (weights, times) => {
        const group = groupOf(
          'fixed_weighted',
          Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, { weight }])),
        );
        group.choose(17);
        expectShares(group.choose(times), weights);
      }),
    );
  });

  test('also when workers have come and gone, and weights have changed', () => {
    const step = fc.record({
      what: fc.constantFrom('choose', 'join', 'leave', 'weigh'),
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      weight: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const weights: Record<string, number> = { z: 5 };
        const group = groupOf('fixed_weighted', { z: { weight: 5 } });
        for (const { what, name, weight } of steps) {
          if (what === 'choose') group.choose(3);
          else if (what === 'join' && !(name in weights)) {
            weights[name] = weight;
            group.join(name, { weight });
          } else if (what === 'leave' && name in weights) {
            delete weights[name];
            group.leave(name);
          } else if (what === 'weigh' && name in weights) {
            weights[name] = weight;
            group.change(name, { weight });
          }
        }
        expectShares(group.choose(500), weights);
      }),
    );
  });

  test('who was full meanwhile does not catch up, and who was chosen for other tasks is not passed over for long', () => {
    const group = groupOf('fixed_weighted', { a: {}, b: {} });
    const onlyA = group.balancer.openSet();
    onlyA.add('a');
    for (let i = 0; i < 1_000; i++) onlyA.choose();
    expectShares(group.choose(20), { a: 1, b: 1 });
    group.set.remove('a');
    group.choose(1_000);
    group.set.add('a');
    expectShares(group.choose(20), { a: 1, b: 1 });
  });

  test('a million choices later the shares are what they were', () => {
    const weights = { a: 1, b: 2.5, c: 7 };
    const group = groupOf('fixed_weighted', { a: { weight: 1 }, b: { weight: 2.5 }, c: { weight: 7 } });
    for (let i = 0; i < 1_000_000; i++) group.set.choose();
    expectShares(group.choose(1_000), weights);
  });
});

test('by dynamic weights: a busy machine gets less, and each heartbeat counts without taking a turn away', () => {
  const group = groupOf('dynamic_weighted', { a: { weight: 2 }, b: {}, c: {} });
  const chosen: string[] = [];
  for (let i = 0; i < 600; i++) {
    group.change('c', { cpu: 1, memory: 1, slotsUsed: 4 - (i % 2) });
    chosen.push(...group.choose(1));
  }
  const counts = countsOf(chosen);
  expect(counts.a! / counts.b!).toBeCloseTo(2, 1);
  expect(counts.c! / counts.b!).toBeCloseTo(0.68, 1);
});
