/** The simulator can fail: each known defect is found, within far fewer seeds than are simulated for a change. */
import { describe, expect, test } from 'vitest';
import { ABILITIES } from '../scenario/abilities.ts';
import { generateScenario } from '../scenario/generate.ts';
import { simulate } from '../world/simulate.ts';
import { BREAKAGES, findBreakage, MENDED_BREAKAGES } from './breakages.ts';

const SEEDS = 600;

async function seedsToDetection(name: string): Promise<{ seeds: number; rule: string } | undefined> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const scenario = generateScenario(seed, ABILITIES);
    const { violation } = await simulate(scenario, { breakage: findBreakage(name), keepTrace: false });
    // It has to be this defect that breaks a rule.
    if (violation && !(await simulate(scenario, { keepTrace: false })).violation)
      return { seeds: seed, rule: violation.rule };
  }
  return undefined;
}

describe('a known defect is found', () => {
  test.each(BREAKAGES.map((make) => make().name))(
    '%s',
    async (name) => {
      const found = await seedsToDetection(name);
      expect(found, `${name} was not found in ${SEEDS} seeds`).toBeDefined();
    },
    120_000,
  );
});

describe('a leak that the reconciler mends', () => {
  test.each(MENDED_BREAKAGES.map((make) => make()))(
    '$name',
    async ({ name, mendedBy }) => {
      if (!mendedBy) {
        expect(await seedsToDetection(name)).toMatchObject({ rule: 'rest' });
        return;
      }
      for (let seed = 1; seed <= 100; seed++) {
        const scenario = generateScenario(seed, ABILITIES);
        const { violation } = await simulate(scenario, { breakage: findBreakage(name), keepTrace: false });
        // A task whose worker nobody waited for may have been done again, beside what is in its slot; nothing stands still.
        expect([undefined, 'outcome', 'twice', 'slots'], `seed ${seed}: ${violation?.text}`).toContain(violation?.rule);
      }
    },
    120_000,
  );
});

test('a defect that nobody knows is refused, with the names of those that are known', () => {
  expect(() => findBreakage('nothing')).toThrow(/no-fence/);
});
