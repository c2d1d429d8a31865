/**
 * Branches of switch and conditions tasks: which of the tasks behind them go on. A task behind them that no branch names
 * goes on whatever is chosen.
 */
import * as z from 'zod';
import type { Problem } from '../../errors/app-error.ts';
import type { TaskPlace } from './task-type.ts';

/** One name, or a list of names. */
export const branch = z.union([z.string(), z.array(z.string())], {
  error: 'Must be the name of a task, or a list of names.',
});

export type Branch = z.output<typeof branch>;

export function branchNames(written: Branch | undefined): readonly string[] {
  return typeof written === 'string' ? [written] : (written ?? []);
}

/** Targets that cannot be chosen. A path ends in an index where the branch was written as a list. */
export function checkBranch(written: Branch | undefined, path: string, place: TaskPlace): Problem[] {
  const seen = new Set<string>();
  return branchNames(written).flatMap((name, index) => {
    const at = typeof written === 'string' ? path : `${path}[${index}]`;
    const message = seen.has(name)
      ? `"${name}" is named twice in this branch. Remove one.`
      : targetProblem(name, place);
    seen.add(name);
    return message === undefined ? [] : [{ path: at, message }];
  });
}

function targetProblem(name: string, { task, tasks, after, suggest }: TaskPlace): string | undefined {
  if (after.has(name)) return undefined;
  if (!tasks.has(name)) return `There is no task named "${name}" in this workflow.${suggest(name)}`;
  if (name === task) return 'A task cannot be a branch of itself. Name a task that depends on it.';
  return `"${name}" does not depend on this task, so it cannot be a branch of it. Add "${task}" to its dependsOn.`;
}
