/** Settings of `dependent` tasks. */
import * as z from 'zod';
import type { Problem } from '../../errors/app-error.ts';
import {
  DEPENDENCY_CYCLES,
  type DependencyCycle,
  type DependencyItem,
  type DependentConfig,
} from '../../logic/configs.ts';
import { DEPENDENCY_RANGES } from '../../logic/dependent-ranges.ts';
import { durationMs, positiveDuration } from '../duration-schema.ts';
import { logicType, reference } from './logic-type.ts';
import { compileTree, leavesOf, MAX_ITEMS, relationTree } from './relation-tree.ts';
import type { TaskPlace } from './task-type.ts';

const DEFAULT_INTERVAL_MS = 30_000;
const DEFAULT_FAILURE_WAIT_MS = 1_800_000;

const item = z.strictObject({
  workflow: reference.meta({ description: 'The workflow whose runs are asked about: name or id.' }),
  project: reference.optional().meta({ description: 'Its project. Left out: the project of this workflow.' }),
  task: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'One of its tasks, or "*" for every task. Left out: the run as a whole.' }),
  cycle: z.enum(DEPENDENCY_CYCLES).optional().meta({ description: 'Left out: the one that the range belongs to.' }),
  range: z
    .enum(DEPENDENCY_CYCLES.flatMap((cycle) => DEPENDENCY_RANGES[cycle]))
    .meta({ description: 'Which runs, by their business time.' }),
  passOutputs: z.boolean().optional().meta({ description: 'Hand on the outputs of what was waited for.' }),
});

type Item = z.output<typeof item>;

const schema = z.strictObject({
  on: relationTree(
    item,
    'Must be an item such as {workflow: orders, range: today}, or all or any with a list of items.',
  ).meta({ description: 'What must have succeeded, joined by all and any. A list is short for all.' }),
  interval: positiveDuration
    .optional()
    .meta({ description: 'How often to look besides being told, 30s when left out.' }),
  onFailure: z.enum(['fail', 'wait']).optional().meta({
    description: 'What to do when a dependency has failed: fail, the default, or wait for it to be mended.',
  }),
  failureWait: positiveDuration.optional().meta({ description: 'How long to wait for that, 30m when left out.' }),
});

/** No two cycles share the name of a range. */
function cycleOfRange(range: string): DependencyCycle {
  return DEPENDENCY_CYCLES.find((cycle) => DEPENDENCY_RANGES[cycle].includes(range))!;
}

type Settings = z.output<typeof schema>;

function checkItem(item: Item, path: string, { workflow, tasks, suggest }: TaskPlace): Problem[] {
  const problems: Problem[] = [];
  const { cycle, range, task } = item;
  if (cycle !== undefined && cycleOfRange(range) !== cycle) {
    const allowed = DEPENDENCY_RANGES[cycle].join(', ');
    const message = `"${range}" is not a range of the cycle ${cycle}. Allowed: ${allowed}. Or leave cycle out.`;
    problems.push({ path: `${path}.range`, message });
  }
  const isOwn = item.project === undefined && item.workflow === workflow;
  if (isOwn && task !== undefined && task !== '*' && !tasks.has(task)) {
    const message = `There is no task named "${task}" in this workflow.${suggest(task)}`;
    problems.push({ path: `${path}.task`, message });
  }
  return problems;
}

function check(settings: Settings, place: TaskPlace): Problem[] {
  const leaves = leavesOf(settings.on, 'on');
  if (leaves.length > MAX_ITEMS)
    return [{ path: 'on', message: `Holds ${leaves.length} items; at most ${MAX_ITEMS} are allowed.` }];
  const problems = leaves.flatMap(({ item, path }) => checkItem(item, path, place));
  if (settings.failureWait !== undefined && settings.onFailure !== 'wait') {
    const message = 'Only counts with onFailure: wait. Add that, or remove this key.';
    problems.push({ path: 'failureWait', message });
  }
  return problems;
}

function compileItem({ workflow, project, task, range, passOutputs }: Item): DependencyItem {
  return {
    project: project ?? null,
    workflow,
    task: task ?? null,
    cycle: cycleOfRange(range),
    range,
    passOutputs: passOutputs ?? false,
  };
}

export const dependentType = logicType({
  name: 'dependent',
  description: 'Waits until runs of other workflows, or tasks of them, have succeeded.',
  schema,
  checkPlace: check,
  compile: ({ on, interval, onFailure, failureWait }): DependentConfig => ({
    on: compileTree(on, compileItem),
    checkIntervalMs: durationMs(interval, DEFAULT_INTERVAL_MS),
    onFailure: onFailure ?? 'fail',
    failureWaitMs: durationMs(failureWait, DEFAULT_FAILURE_WAIT_MS),
  }),
});
