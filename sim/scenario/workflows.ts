/** Draws workflows: random graphs without cycles, and what becomes of each attempt of each task. */
import { EXECUTION_TYPES, PRIORITIES } from '@vaquita/core';
import type { Abilities } from './abilities.ts';
import type { Chance } from './chance.ts';
import { drawLogicTask } from './logic-tasks.ts';
import type { Attempt, TaskGroupSpec, TaskSpec, WorkerSpec, WorkflowSpec } from './scenario.ts';

export interface WorkflowSources {
  readonly abilities: Abilities;
  readonly workers: readonly WorkerSpec[];
  readonly groups: readonly TaskGroupSpec[];
}

export function drawWorkflows(chance: Chance, sources: WorkflowSources): WorkflowSpec[] {
  const count = chance.weighed([
    [5, 1],
    [3, 2],
    [1, 3],
  ]);
  const made: WorkflowSpec[] = [];
  for (let index = 0; index < count; index++)
    made.push(drawWorkflow(chance, sources, { name: `f${index + 1}`, others: made }));
  return made;
}

function drawWorkflow(
  chance: Chance,
  sources: WorkflowSources,
  { name, others }: { readonly name: string; readonly others: readonly WorkflowSpec[] },
): WorkflowSpec {
  const size = chance.weighed([
    [6, chance.between(1, 5)],
    [5, chance.between(4, 10)],
    [2, chance.between(10, 15)],
    [chance.happens(0.3) ? 1 : 0, 40],
  ]);
  const density = chance.oneOf([0.1, 0.3, 0.6]);
  const tasks: TaskSpec[] = [];
  const { kinds } = sources.abilities;
  const logicShare = kinds.length > 1 && chance.happens(0.6) ? 0.3 : 0;
  for (let index = 0; index < size; index++) {
    const reach = tasks.slice(-6);
    const before = chance.some(reach, density).map((task) => task.name);
    const task = drawTask(chance, sources, { name: `${name}-t${index + 1}`, dependsOn: before });
    tasks.push(task);
  }
  // Kinds are drawn when the graph is known: branches name what comes after them.
  const kinded = tasks.map((task) =>
    chance.happens(logicShare) ? drawLogicTask(chance, task, { tasks, kinds, others }) : task,
  );
  const execution =
    sources.abilities.executionTypes && chance.happens(0.4) ? chance.oneOf(EXECUTION_TYPES) : 'parallel';
  return {
    name,
    execution,
    maxParallelRuns:
      sources.abilities.executionTypes && execution === 'parallel' && chance.happens(0.3) ? chance.between(1, 2) : null,
    failureStrategy: chance.happens(0.3) ? 'end' : 'continue',
    timeoutMs: chance.happens(0.1) ? chance.between(20, 120) * 1_000 : null,
    alerts: null,
    tasks: kinded,
  };
}

function drawTask(
  chance: Chance,
  { workers, groups }: WorkflowSources,
  { name, dependsOn }: { readonly name: string; readonly dependsOn: readonly string[] },
): TaskSpec {
  const attempts = Array.from({ length: chance.between(1, 4) }, () => drawAttempt(chance));
  const timed = chance.happens(0.2);
  return {
    name,
    dependsOn,
    enabled: !chance.happens(0.07),
    retry: chance.happens(0.4)
      ? { times: chance.between(1, 3), intervalMs: chance.oneOf([0, 1_000, 20_000]) }
      : { times: 0, intervalMs: 0 },
    timeout: timed
      ? { afterMs: chance.between(1, 30) * 1_000, strategy: chance.oneOf(['fail', 'warn', 'warn_and_fail']) }
      : null,
    delayMs: chance.happens(0.1) ? chance.between(1, 20) * 1_000 : 0,
    priority: chance.oneOf(PRIORITIES),
    workerGroup: workers.some(({ group }) => group === 'other') && chance.happens(0.2) ? 'other' : 'default',
    workerLabels: {},
    taskGroup: groups.length > 0 && chance.happens(0.4) ? chance.oneOf(groups).name : null,
    kind: { type: 'work' },
    attempts,
  };
}

function drawAttempt(chance: Chance): Attempt {
  const hangs = chance.happens(0.05);
  return {
    end: chance.weighed([
      [70, 'success'],
      [18, 'failure'],
      [4, 'killed'],
      [4, 'lost'],
      [4, 'interrupted'],
    ]),
    startMs: chance.skewed(0, 500),
    runMs: hangs ? 120_000 : chance.skewed(0, 30_000),
    stubborn: hangs || chance.happens(0.1),
  };
}
