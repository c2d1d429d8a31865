/** Settings of `conditions` tasks. */
import * as z from 'zod';
import type { Problem } from '../../errors/app-error.ts';
import type { ConditionsConfig } from '../../logic/configs.ts';
import { branch, branchNames, checkBranch } from './branches.ts';
import { logicType } from './logic-type.ts';
import { compileTree, leavesOf, MAX_ITEMS, relationTree } from './relation-tree.ts';
import type { TaskPlace } from './task-type.ts';

const item = z.strictObject({ task: z.string(), is: z.enum(['success', 'failure']) });

const schema = z.strictObject({
  when: relationTree(item, 'Must be an item such as {task: a, is: success}, or all or any with a list of items.').meta({
    description: 'How tasks that this one depends on have ended, joined by all and any. A list is short for all.',
  }),
  then: branch.optional().meta({ description: 'The task or tasks behind this one that go on when it holds.' }),
  else: branch.optional().meta({ description: 'Those that go on when it does not hold.' }),
});

type Settings = z.output<typeof schema>;

function checkItems({ when }: Settings, { task, tasks, before, suggest }: TaskPlace): Problem[] {
  const leaves = leavesOf(when, 'when');
  if (leaves.length > MAX_ITEMS)
    return [{ path: 'when', message: `Holds ${leaves.length} items; at most ${MAX_ITEMS} are allowed.` }];
  return leaves.flatMap(({ item, path }) => {
    if (before.has(item.task)) return [];
    const message = !tasks.has(item.task)
      ? `There is no task named "${item.task}" in this workflow.${suggest(item.task, before) || suggest(item.task)}`
      : item.task === task
        ? 'A task cannot be a condition of itself. Name a task that it depends on.'
        : `This task does not depend on "${item.task}". Add "${item.task}" to the dependsOn of this task.`;
    return [{ path: `${path}.task`, message }];
  });
}

/** What is in both would go on whatever happens. */
function checkBoth({ then, else: otherwise }: Settings): Problem[] {
  const chosen = new Set(branchNames(then));
  return branchNames(otherwise).flatMap((name, index) =>
    chosen.has(name)
      ? [
          {
            path: typeof otherwise === 'string' ? 'else' : `else[${index}]`,
            message: `"${name}" is also in then, so nothing would be decided. Remove it from one of the two.`,
          },
        ]
      : [],
  );
}

export const conditionsType = logicType({
  name: 'conditions',
  description: 'Chooses which of the tasks behind it go on, by how the tasks before it have ended.',
  schema,
  checkPlace: (settings, place) => [
    ...checkItems(settings, place),
    ...checkBranch(settings.then, 'then', place),
    ...checkBranch(settings.else, 'else', place),
    ...checkBoth(settings),
  ],
  compile: (settings): ConditionsConfig => ({
    when: compileTree(settings.when, ({ task, is }) => ({ task, is })),
    then: branchNames(settings.then),
    else: branchNames(settings.else),
  }),
});
