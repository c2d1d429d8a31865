/** Draws who may do what: labels, policies and weights, workers in groups that they do not name, workers that are drained. */
import { BALANCING_POLICIES } from '@vaquita/core';
import type { Chance } from './chance.ts';
import type { Operation, Scenario, TaskSpec, WorkerGroupSpec, WorkerSpec } from './scenario.ts';

/** The scenario with its workers told apart. Whatever is asked for, some worker has it. */
export function drawPlacement(chance: Chance, scenario: Scenario, untilMs: number): Scenario {
  const workers = chance.happens(0.5) ? scenario.workers.map((worker) => drawTraits(chance, worker)) : scenario.workers;
  const workerGroups = chance.happens(0.5) ? drawGroups(chance, workers) : [];
  const workflows = scenario.workflows.map((workflow) => ({
    ...workflow,
    tasks: workflow.tasks.map((task) => drawDemand(chance, task, { workers, workerGroups })),
  }));
  const drains = chance.happens(0.3) ? drawDrains(chance, workers, untilMs) : [];
  return { ...scenario, workers, workerGroups, workflows, operations: [...scenario.operations, ...drains] };
}

function drawTraits(chance: Chance, worker: WorkerSpec): WorkerSpec {
  const labels = { zone: chance.oneOf(['north', 'south']), ...(chance.happens(0.5) ? { gpu: 'yes' } : {}) };
  return { ...worker, labels, weight: chance.oneOf([0.5, 1, 4]) };
}

function drawGroups(chance: Chance, workers: readonly WorkerSpec[]): WorkerGroupSpec[] {
  const names = chance.happens(0.5) ? ['default', 'night'] : ['default'];
  return names.map((name) => ({
    name,
    policy: chance.oneOf(BALANCING_POLICIES),
    // Nobody names this group itself.
    workers: name === 'night' ? [chance.oneOf(workers).name] : [],
  }));
}

function drawDemand(
  chance: Chance,
  task: TaskSpec,
  { workers, workerGroups }: Pick<Scenario, 'workers' | 'workerGroups'>,
): TaskSpec {
  if (task.kind.type !== 'work') return task;
  const night = workerGroups.some(({ name }) => name === 'night') && chance.happens(0.2);
  const workerGroup = night ? 'night' : task.workerGroup;
  const there = workers.filter((worker) => isIn(worker, workerGroup, workerGroups));
  if (there.length === 0 || !chance.happens(0.3)) return { ...task, workerGroup };
  const wanted = chance.some(Object.entries(chance.oneOf(there).labels), 0.7);
  return { ...task, workerGroup, workerLabels: Object.fromEntries(wanted) };
}

function drawDrains(chance: Chance, workers: readonly WorkerSpec[], untilMs: number): Operation[] {
  const worker = chance.oneOf(workers).name;
  const at = chance.between(0, untilMs / 2);
  return [
    { at, do: 'drain', worker, draining: true },
    { at: chance.between(at, untilMs), do: 'drain', worker, draining: false },
  ];
}

/** It names the group, or was put into it. */
export function isIn({ name, group }: WorkerSpec, wanted: string, groups: readonly WorkerGroupSpec[]): boolean {
  return group === wanted || groups.some((one) => one.name === wanted && one.workers.includes(name));
}

export function hasLabels(worker: WorkerSpec, { workerLabels }: TaskSpec): boolean {
  return Object.entries(workerLabels).every(([name, value]) => worker.labels[name] === value);
}
