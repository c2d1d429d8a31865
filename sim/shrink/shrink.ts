/** Finds a small scenario that still breaks the same rule, by leaving out what is not needed for it. */
import type { Breakage } from '../breaks/breakage.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Outcome, simulate } from '../world/simulate.ts';
import { smallerScenarios } from './smaller.ts';

export interface Shrunken {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  /** Scenarios tried on the way. */
  readonly tries: number;
}

export interface ShrinkOptions {
  readonly breakage?: Breakage | undefined;
  readonly maxTries: number;
}

export async function shrink(
  scenario: Scenario,
  first: Outcome,
  { breakage, maxTries }: ShrinkOptions,
): Promise<Shrunken> {
  let best = { scenario, outcome: first };
  // A smaller one that needs much longer to fail is no help.
  const maxSteps = first.steps * 3 + 1_000;
  let tries = 0;

  async function breaksToo(candidate: Scenario): Promise<Outcome | undefined> {
    tries += 1;
    const outcome = await simulate(candidate, { breakage, maxSteps }).catch(() => undefined);
    return outcome && sameness(outcome) === sameness(first) ? outcome : undefined;
  }

  for (let smaller = true; smaller && tries < maxTries; ) {
    smaller = false;
    for (const candidate of smallerScenarios(best.scenario)) {
      if (tries >= maxTries) break;
      const outcome = await breaksToo(candidate);
      if (!outcome) continue;
      best = { scenario: candidate, outcome };
      smaller = true;
      break;
    }
  }
  return { ...best, tries };
}

/** Failures are alike when they break the same rule in the same words, whatever the names. */
function sameness({ violation }: Outcome): string {
  return `${violation?.rule} ${violation?.text.replace(/[\w.-]*\d[\w.-]*/g, '*')}`;
}
