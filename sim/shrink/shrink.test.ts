import { expect, test } from 'vitest';
import { findBreakage } from '../breaks/breakages.ts';
import { ABILITIES } from '../scenario/abilities.ts';
import { generateScenario } from '../scenario/generate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { simulate } from '../world/simulate.ts';
import { shrink } from './shrink.ts';
import { smallerScenarios } from './smaller.ts';

const taskCount = ({ workflows }: Scenario) => workflows.reduce((sum, { tasks }) => sum + tasks.length, 0);

test('a failing scenario is made small, and fails in the same words', async () => {
  const breakage = findBreakage('early-dispatch');
  const scenario = generateScenario(1, ABILITIES);
  const outcome = await simulate(scenario, { breakage });
  const small = await shrink(scenario, outcome, { breakage, maxTries: 300 });
  expect(small.outcome.violation?.rule).toBe(outcome.violation?.rule);
  expect(taskCount(small.scenario)).toBeLessThan(4);
  expect(small.scenario.faults).toEqual([]);
  expect((await simulate(small.scenario, { breakage })).violation).toEqual(small.outcome.violation);
});

test('every smaller scenario is one that can come to rest', async () => {
  for (const smaller of [...smallerScenarios(generateScenario(11, ABILITIES))].slice(0, 40)) {
    expect((await simulate(smaller, { keepTrace: false })).violation).toBeNull();
  }
});
