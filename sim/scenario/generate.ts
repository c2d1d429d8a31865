/** Makes a scenario of a seed. */
import type { Abilities } from './abilities.ts';
import { drawBackfills } from './backfill-draws.ts';
import { type Chance, createChance } from './chance.ts';
import { drawFaults } from './faults.ts';
import { drawOperations } from './operations.ts';
import { drawPlacement } from './placement.ts';
import type { Scenario, TaskGroupSpec, WorkerSpec } from './scenario.ts';
import { drawSchedules } from './schedule-draws.ts';
import { drawTellings } from './telling-draws.ts';
import { drawTriggers } from './trigger-draws.ts';
import { drawWorkflows } from './workflows.ts';

/** Nothing is done to the world after this. */
const BUSY_MS = 240_000;

export function generateScenario(seed: number, abilities: Abilities): Scenario {
  const chance = createChance(seed);
  const workers = drawWorkers(chance);
  const groups = abilities.taskGroups && chance.happens(0.4) ? drawGroups(chance) : [];
  const workflows = drawWorkflows(chance, { abilities, workers, groups });
  const servers = chance.weighed([
    [4, 1],
    [4, 2],
    [2, 3],
  ]);
  const operations = drawOperations(chance, { abilities, workflows, groups, servers, untilMs: BUSY_MS });
  const faults = chance.happens(0.1) ? [] : drawFaults(chance, { workers, servers, untilMs: BUSY_MS });
  const calmAt =
    [...operations, ...faults].reduce((latest, { at, ...rest }) => Math.max(latest, at + lastsFor(rest)), 0) + 1;
  // In the end somebody tries again what was set aside.
  const refused = faults.some(({ what }) => what === 'refused');
  const scenario: Scenario = {
    seed,
    servers,
    workers,
    groups,
    workerGroups: [],
    workflows,
    channels: [],
    alertGroups: [],
    listeners: [],
    schedules: [],
    calendars: [],
    backfills: [],
    triggers: [],
    operations: [...operations, ...(refused ? [{ at: calmAt + 5_000, do: 'retry_aside' as const }] : [])],
    faults,
    storeDelayMs: chance.oneOf([0, 2, 20, 200]),
    storeIsFar: chance.happens(0.25),
    lineDelayMs: chance.oneOf([0, 2, 50, 500]),
    calmAt,
  };
  // From a source of its own, so that the rest of a world is what it is without it.
  const placed = abilities.placement ? drawPlacement(createChance(seed * 2 + 1_000_003), scenario, BUSY_MS) : scenario;
  const told = abilities.tellings ? drawTellings(createChance(seed * 3 + 2_000_003), placed, BUSY_MS) : placed;
  const scheduled = abilities.schedules ? drawSchedules(createChance(seed * 5 + 3_000_017), told, BUSY_MS) : told;
  const filled = abilities.backfills
    ? drawBackfills(createChance(seed * 7 + 4_000_037), scheduled, BUSY_MS)
    : scheduled;
  return abilities.triggers ? drawTriggers(createChance(seed * 11 + 5_000_011), filled, BUSY_MS) : filled;
}

function lastsFor(thing: object): number {
  const { forMs, downMs } = thing as { forMs?: number; downMs?: number };
  return forMs ?? downMs ?? 0;
}

function drawWorkers(chance: Chance): WorkerSpec[] {
  const count = chance.weighed([
    [3, 1],
    [4, 2],
    [3, 3],
    [1, 5],
  ]);
  return Array.from({ length: count }, (_, index) => ({
    name: `w${index + 1}`,
    // The first is of the default group: without any worker nothing would ever end.
    group: index === 0 || chance.happens(0.7) ? 'default' : 'other',
    slots: chance.between(1, 4),
    sessionTimeoutMs: chance.oneOf([10_000, 30_000]),
    stutters: chance.happens(0.3),
    labels: {},
    weight: 1,
  }));
}

function drawGroups(chance: Chance): TaskGroupSpec[] {
  return Array.from({ length: chance.between(1, 2) }, (_, index) => ({
    name: `group-${index + 1}`,
    size: chance.between(1, 2),
  }));
}
