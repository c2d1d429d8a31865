/** Whether a workflow can be started as somebody wants to: the same answer for a person now and for a schedule in a year. */
import type { Scope, WorkflowDefinition } from '../definition/definition.ts';
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { checkStartParams } from '../params/start-params.ts';

export interface WantedStart {
  readonly params: Readonly<Record<string, string>>;
  readonly startTasks: readonly string[];
  readonly scope: Scope;
}

export interface StartCheck {
  /** The start parameters, as the run gets them. */
  readonly values: Readonly<Record<string, string>>;
  /** What is wrong with the tasks it is to start with, and with its parameters. Without either it can be started. */
  readonly taskProblems: readonly Problem[];
  readonly paramProblems: readonly Problem[];
  /** Nothing is wrong but that parameters without a default have no value. */
  readonly onlyMissing: boolean;
}

export function checkStart(definition: WorkflowDefinition, { params, startTasks, scope }: WantedStart): StartCheck {
  const taskProblems: Problem[] = [];
  const names = new Set(definition.tasks.map((task) => task.name));
  for (const [index, name] of startTasks.entries()) {
    if (names.has(name)) continue;
    const message = `There is no task named "${name}" in this workflow.${didYouMean(name, names)}`;
    taskProblems.push({ path: `startTasks[${index}]`, message });
  }
  if (scope !== 'all' && startTasks.length === 0) {
    taskProblems.push({
      path: 'startTasks',
      message: `The scope "${scope}" is seen from start tasks; name at least one`,
    });
  }
  const { values, problems: paramProblems } = checkStartParams(definition, params);
  const missing = definition.params.filter(({ name, value }) => value === undefined && !Object.hasOwn(params, name));
  const onlyMissing = taskProblems.length === 0 && missing.length > 0 && paramProblems.length === missing.length;
  return { values, taskProblems, paramProblems, onlyMissing };
}
