/** Draws a chaos run of a seed. The same seed, length and number of servers make the same plan on every machine. */
import { type Chance, createChance } from '../../../sim/scenario/chance.ts';
import { drawFaults } from './faults.ts';
import type { ChaosPlan, StartPlan, Steering, WorkflowPlan } from './plan.ts';
import { drawWorkflows, GROUPS, LEAF, MENDABLE } from './workflows.ts';

export interface PlanOptions {
  readonly seed: number;
  readonly forMs: number;
  readonly servers: number;
}

const AGENTS = [
  { name: 'ada', slots: 4 },
  { name: 'bob', slots: 4 },
  { name: 'cyd', slots: 4 },
];
/** Between two starts. */
const PAUSE_MS = [150, 1_200] as const;

const STEERINGS: readonly (readonly [number, Steering])[] = [
  [4, 'pause, resume'],
  [2, 'stop'],
  [3, 'stop, resume'],
  [2, 'rerun'],
];

export function makePlan({ seed, forMs, servers }: PlanOptions): ChaosPlan {
  // One source each, so that a change of what is drawn for one leaves the others as they were.
  const [shapes, load, trouble] = [1, 2, 3].map((nth) => createChance(seed * 10 + nth)) as [Chance, Chance, Chance];
  const workflows = drawWorkflows(shapes);
  return {
    seed,
    forMs,
    servers,
    agents: AGENTS,
    groups: GROUPS,
    workflows,
    starts: drawStarts(load, workflows, forMs),
    faults: drawFaults(trouble, { forMs, servers, agents: AGENTS.map(({ name }) => name) }),
  };
}

function drawStarts(chance: Chance, workflows: readonly WorkflowPlan[], forMs: number): readonly StartPlan[] {
  const started = workflows.filter(({ name }) => name !== LEAF);
  const starts: StartPlan[] = [];
  for (let atMs = 0; atMs < forMs; atMs += chance.between(...PAUSE_MS)) {
    // Every shape once, then by chance.
    const { name } = started[starts.length] ?? chance.oneOf(started);
    const steering = drawSteering(chance, name);
    starts.push({ atMs, workflow: name, n: chance.between(0, 10), steering });
  }
  return starts;
}

function drawSteering(chance: Chance, workflow: string): StartPlan['steering'] {
  const times = { afterMs: chance.skewed(50, 4_000), restMs: chance.skewed(50, 3_000) };
  if (workflow === MENDABLE) return { what: 'recover-failed', ...times };
  return chance.happens(0.3) ? { what: chance.weighed(STEERINGS), ...times } : null;
}
