/** What is told of a seed that breaks a rule: the smallest scenario found that still does, and what happens in it. */
import { findBreakage } from './breaks/breakages.ts';
import { ABILITIES } from './scenario/abilities.ts';
import { generateScenario } from './scenario/generate.ts';
import { shrink } from './shrink/shrink.ts';
import { simulate } from './world/simulate.ts';

const MAX_TRIES = 400;

export async function describeFailure(
  seed: number,
  {
    breakage: name,
    count,
    maxSteps,
  }: { readonly breakage: string | null; readonly count: number; readonly maxSteps?: number },
): Promise<readonly string[]> {
  const breakage = name === null ? undefined : findBreakage(name);
  const scenario = generateScenario(seed, ABILITIES);
  const outcome = await simulate(scenario, { breakage, ...(maxSteps === undefined ? {} : { maxSteps }) });
  const whole = [`Seed ${seed}, as it is:`, JSON.stringify(scenario), ...outcome.trace];
  if (!outcome.violation) return whole;
  const small = await shrink(scenario, outcome, { breakage, maxTries: MAX_TRIES });
  const size = ({ workflows, operations, faults }: typeof scenario) =>
    `${workflows.reduce((sum, { tasks }) => sum + tasks.length, 0)} tasks, ${operations.length} operations, ${faults.length} faults`;
  return [
    ...(count === 1 ? [...whole, ''] : []),
    `Seed ${seed} made smaller (${size(scenario)} → ${size(small.scenario)}, ${small.tries} tries):`,
    JSON.stringify(small.scenario, null, 1),
    ...small.outcome.trace,
    `Rule "${small.outcome.violation?.rule}": ${small.outcome.violation?.text}`,
    `Again, exactly: npm run sim -- --seed ${seed}${name === null ? '' : ` --break ${name}`}`,
  ];
}

/** What the worlds have met, the most frequent first. @param worlds by what it was: in how many worlds it happened */
export function describeMet(worlds: ReadonlyMap<string, number>, count: number): readonly string[] {
  if (worlds.size === 0) return [];
  const most = [...worlds].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return [`Met in ${count} worlds:`, ...most.map(([what, met]) => `  ${what.padEnd(16)}${String(met).padStart(7)}`)];
}
