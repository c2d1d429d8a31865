/** How runs of a workflow were started lately, each way once, and the sheet filled in that way. Pure. */
import type { InstanceView } from '@vaquita/client';
import type { Outline } from '../definition/document.ts';
import { defaultValues, type FurtherChoices, type StartChoices } from './start-choices.ts';

const MOST = 10;

/** What makes two starts the same, beside when and by whom. The version is none of it: it has moved on since. */
export type Configuration = Pick<
  InstanceView,
  | 'params'
  | 'startTasks'
  | 'scope'
  | 'failureStrategy'
  | 'priority'
  | 'workerGroup'
  | 'environment'
  | 'alertOn'
  | 'alertGroup'
  | 'dryRun'
  | 'timeout'
>;

export interface FilledIn {
  readonly choices: StartChoices;
  readonly further: FurtherChoices;
  /** Names of parameters and tasks that the workflow does not have any more. */
  readonly gone: readonly string[];
}

/** The newest run of each configuration, newest first. Runs that tasks of other runs started were not chosen by anybody. */
export function recentStarts<Run extends Configuration & Pick<InstanceView, 'parent'>>(
  runs: readonly Run[],
): readonly Run[] {
  const seen = new Map<string, Run>();
  for (const run of runs) {
    const key = keyOf(run);
    if (run.parent === null && !seen.has(key)) seen.set(key, run);
  }
  return [...seen.values()].slice(0, MOST);
}

export function filledIn(
  run: Configuration,
  { params, tasks, failureStrategy }: Pick<Outline, 'params' | 'tasks' | 'failureStrategy'>,
): FilledIn {
  const known = new Set(params.map(({ name }) => name));
  const enabled = new Set(tasks.flatMap(({ id, enabled: on }) => (on ? [id] : [])));
  const given = Object.entries(run.params);
  return {
    choices: {
      values: { ...defaultValues(params), ...Object.fromEntries(given.filter(([name]) => known.has(name))) },
      priority: run.priority,
      workerGroup: run.workerGroup ?? '',
      environment: run.environment ?? '',
      failureStrategy: run.failureStrategy === (failureStrategy ?? 'continue') ? '' : run.failureStrategy,
      alertOn: run.alertOn ?? '',
      alertGroup: run.alertGroup ?? '',
      startTasks: run.startTasks.filter((name) => enabled.has(name)),
      scope: run.scope === 'all' ? 'downstream' : run.scope,
    },
    further: { version: null, timeout: run.timeout ?? '', dryRun: run.dryRun },
    gone: [
      ...given.flatMap(([name]) => (known.has(name) ? [] : [name])),
      ...run.startTasks.filter((name) => !enabled.has(name)),
    ],
  };
}

function keyOf(run: Configuration): string {
  const params = Object.entries(run.params).sort(([a], [b]) => (a < b ? -1 : 1));
  const {
    startTasks,
    scope,
    failureStrategy,
    priority,
    workerGroup,
    environment,
    alertOn,
    alertGroup,
    dryRun,
    timeout,
  } = run;
  const options = [failureStrategy, priority, workerGroup, environment, alertOn, alertGroup, dryRun, timeout];
  return JSON.stringify([params, [...startTasks].sort(), scope, ...options]);
}
