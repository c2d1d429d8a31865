import { expect, test } from 'vitest';
import { checkAgainstCroner } from '../testing/check-croner.ts';
import { checkFireTimes } from '../testing/check-fire-times.ts';
import { createSeededRandom } from '../testing/seeded-random.ts';

test('in every IANA zone, fire times are what the definition says: previewed, fired, forward and back', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const random = createSeededRandom(6);
  const counts = checkFireTimes({ zones, random, windowsPerZone: 1 });
  expect(counts.wrong).toEqual([]);
  expect(counts.zones).toBeGreaterThan(400);
  // Otherwise nothing was looked at.
  expect(counts.changes).toBeGreaterThan(200);
  expect(counts.fires).toBeGreaterThan(10_000);
});

test('next fire times are those of another implementation where both mean the same', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const counts = checkAgainstCroner({ zones, random: createSeededRandom(11), expressions: 500 });
  expect(counts.wrong).toEqual([]);
  expect(counts.compared).toBeGreaterThan(1_000);
});
