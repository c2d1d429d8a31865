import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { createSeededRandom } from '../testing/seeded-random.ts';
import { createIdSource, firstIdAt, isId, timeOfId } from './ids.ts';

describe('createIdSource', () => {
  it('makes ids of 26 characters that isId accepts', () => {
    const source = createIdSource(createManualClock(Date.UTC(2026, 0, 1)), createSeededRandom(1));
    const id = source.next<'worker'>();
    expect(id).toHaveLength(26);
    expect(isId(id)).toBe(true);
  });

  it('tells when an id was made', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (now) => {
        expect(timeOfId(createIdSource({ now: () => now }, createSeededRandom(1)).next())).toBe(now);
      }),
    );
  });

  it('sorts as text in order of creation, whatever the clock does', () => {
    const start = Date.UTC(2026, 0, 1);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100_000, max: 100_000 }), { maxLength: 60 }), fc.nat(), (steps, seed) => {
        const clock = createManualClock(start);
        const source = createIdSource(clock, createSeededRandom(seed));
        let last = source.next();
        for (const step of steps) {
          clock.set(clock.now() + step);
          const id = source.next();
          expect(id > last).toBe(true);
          last = id;
        }
      }),
    );
  });

  it('carries on past a carry and past the end of the random part', () => {
    const random = { next: () => 0, bytes: (length: number) => new Uint8Array(length).fill(255) };
    const source = createIdSource({ now: () => 1_000 }, random);
    const ids = Array.from({ length: 3 }, () => source.next() as string);
    expect(ids[0]).toBe('00000000z8fzzzzzzzzzzzzzzz');
    expect(ids[1]).toBe('00000000z8g000000000000000');
    expect([...ids].sort()).toEqual(ids);
    const full = { next: () => 0, bytes: (length: number) => new Uint8Array(length).fill(0) };
    expect(createIdSource({ now: () => 0 }, full).next()).toBe('0'.repeat(26));
  });

  it('is unique across sources that share a millisecond', () => {
    const ids = new Set<string>();
    for (let seed = 0; seed < 100; seed++) {
      const source = createIdSource({ now: () => 1 }, createSeededRandom(seed));
      for (let i = 0; i < 100; i++) ids.add(source.next());
    }
    expect(ids.size).toBe(10_000);
  });
});

describe('firstIdAt', () => {
  it.each([0, 1_000, Date.UTC(2026, 10, 21)])('stands between the ids of before %d and those from then on', (time) => {
    const random = createSeededRandom(7);
    const at = (now: number) => createIdSource({ now: () => now }, random).next() as string;
    expect(firstIdAt(time) <= at(time)).toBe(true);
    if (time > 0) expect(firstIdAt(time) > at(time - 1)).toBe(true);
    expect(timeOfId(firstIdAt(time))).toBe(time);
  });
});

describe('isId', () => {
  it.each(['', 'daily-report', '0'.repeat(25), '0'.repeat(27), 'U'.repeat(26), `${'0'.repeat(25)}l`])(
    'refuses %j',
    (text) => {
      expect(isId(text)).toBe(false);
    },
  );
});
