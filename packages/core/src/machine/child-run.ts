/** The run that a task starts, filed in the parent's own commit. */
import { MAX_LINEAGE } from '../logic/limits.ts';
import { checkValue } from '../params/values.ts';
import type { ResolvedWorkflow } from './events.ts';
import type { Transition } from './ledger.ts';
import { type NewRun, newRun, type RunChoices } from './new-run.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { Run } from './run.ts';

/** Why the workflow cannot be run below this run with values for these parameters, if it cannot. */
export function whyNoChild(
  { instance }: Run,
  target: ResolvedWorkflow,
  given: ReadonlySet<string>,
): string | undefined {
  const above = [...instance.lineage, instance.workflowId];
  if (above.length >= MAX_LINEAGE)
    return `Runs may start runs ${MAX_LINEAGE} levels deep; this one is at the end of that. Look for workflows that start each other.`;
  if (target.execution !== 'parallel' && above.includes(target.workflowId)) {
    return `"${target.workflowName}" runs one at a time (${target.execution}), and the run that holds that place waits for this task. Make it parallel, or do not start it from below itself.`;
  }
  const missing = (target.needs ?? []).filter((name) => !given.has(name));
  if (missing.length > 0) {
    const which = missing.map((name) => `"${name}"`).join(', ');
    return `"${target.workflowName}" has no default for ${which}: add a value to the params of this task.`;
  }
  return undefined;
}

/** The first value that is not of the type which the workflow gives its parameter, in a sentence. */
export function wrongParam(target: ResolvedWorkflow, params: Readonly<Record<string, string>>): string | undefined {
  for (const [name, type] of Object.entries(target.types ?? {})) {
    const value = params[name];
    const wrong = value === undefined ? undefined : checkValue(type, value);
    if (wrong !== undefined)
      return `"${target.workflowName}" cannot be run with ${name} = ${JSON.stringify(value)}: ${wrong}`;
  }
  return undefined;
}

export interface ChildSpec {
  readonly row: TaskInstanceRow;
  readonly target: ResolvedWorkflow;
  readonly params: Readonly<Record<string, string>>;
  readonly index: number;
}

export function makeChildRun(t: Transition, { row, target, params, index }: ChildSpec): NewRun {
  const { instance } = t.run;
  const { failureStrategy, priority, workerGroup, environment, businessTime, createdBy } = instance;
  const { projectId, workflowId, workflowName, version } = target;
  const choices: RunChoices = {
    projectId,
    workflowId,
    workflowName,
    version,
    params,
    startTasks: [],
    scope: 'all',
    failureStrategy,
    priority,
    workerGroup,
    environment,
    dryRun: false,
    timeoutMs: null,
    alertOn: null,
    alertGroup: null,
    businessTime,
    createdBy,
    timezone: instance.timezone,
    parent: {
      parentInstanceId: instance.id,
      parentTask: row.name,
      parentTaskId: row.id,
      childIndex: index,
      lineage: [...instance.lineage, instance.workflowId],
    },
  };
  return newRun(choices, t.context.ids, t.context.now);
}
