import { expect, it } from 'vitest';
import { placesOf } from './places.ts';

it('counts slots and the queue from one, and those let go on without a slot in neither', () => {
  expect(
    placesOf([
      { slot: 0, forced: false },
      { slot: null, forced: true },
      { slot: null, forced: false },
      { slot: null, forced: false },
    ]),
  ).toEqual([{ kind: 'slot', at: 1 }, { kind: 'forced' }, { kind: 'waits', at: 1 }, { kind: 'waits', at: 2 }]);
});
