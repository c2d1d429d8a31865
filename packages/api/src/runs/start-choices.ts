/** What people choose once for the runs of a schedule, a backfill or a trigger: checked now as it will be checked at each start. */
import {
  checkStart,
  compileWorkflow,
  DEFAULT_WORKER_GROUP,
  didYouMean,
  formatDuration,
  type Priority,
  type Problem,
  parseDuration,
  type StartChoices,
} from '@vaquita/core';
import type { WorkflowRow } from '@vaquita/store';
import type * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import { noEnvironmentFor, usableEnvironment } from '../environments/scopes.ts';
import type { StartChoicesInput, StartChoicesView } from '../views/start-choices.ts';
import { readWorkers } from '../workers/effective-groups.ts';
import { paramTexts } from './param-texts.ts';

export interface ReadStartChoices {
  readonly choices: StartChoices;
  /** Paths begin with `start`. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/**
 * @param given.priority where none is chosen
 * @param given.brought parameters whose values each start brings with it
 */
export async function readStartChoices(
  deps: Pick<ApiDeps, 'store' | 'workers'>,
  workflow: WorkflowRow,
  given: {
    readonly start: z.output<typeof StartChoicesInput>;
    readonly priority: Priority;
    readonly brought?: readonly string[];
  },
): Promise<ReadStartChoices> {
  const { start } = given;
  const problems: Problem[] = [];
  const params = paramTexts(start.params, { path: 'params', problems });
  const timeoutMs = start.timeout === null ? null : parseDuration(start.timeout);
  if (timeoutMs === undefined || timeoutMs === 0) {
    problems.push({ path: 'timeout', message: 'This is not a duration greater than zero, such as 30s, 10m, 2h' });
  }
  const group = start.alertGroup === null ? undefined : await deps.store.alertGroups.find(start.alertGroup);
  if (start.alertGroup !== null && group === undefined) {
    const message = `There is no alert group "${start.alertGroup}". Make it first, or leave this out for that of the definition`;
    problems.push({ path: 'alertGroup', message });
  }
  const environment =
    start.environment === null ? null : await usableEnvironment(deps.store, workflow.projectId, start.environment);
  if (start.environment !== null && environment === null) {
    problems.push({ path: 'environment', message: noEnvironmentFor(start.environment) });
  }
  // A value that is known later is a template for now: it is there, and its type is not looked at.
  const brought = Object.fromEntries((given.brought ?? []).map((name) => [name, '${brought}']));
  problems.push(...(await definitionProblems(deps, workflow, { ...start, params: { ...params, ...brought } })));
  return {
    choices: {
      params,
      startTasks: start.startTasks,
      scope: start.scope,
      failureStrategy: start.failureStrategy,
      priority: start.priority ?? given.priority,
      workerGroup: start.workerGroup,
      environment,
      alertOn: start.alertOn,
      alertGroup: group?.name ?? null,
      dryRun: start.dryRun,
      timeoutMs: timeoutMs ?? null,
      version: start.version,
    },
    problems: problems.map(({ path, message }) => ({ path: `start.${path}`, message })),
    warnings: start.workerGroup === null ? [] : await workerGroupWarnings(deps, start.workerGroup),
  };
}

async function definitionProblems(
  { store }: Pick<ApiDeps, 'store'>,
  workflow: WorkflowRow,
  choices: Pick<StartChoices, 'params' | 'startTasks' | 'scope' | 'version'>,
): Promise<readonly Problem[]> {
  const version = await store.workflows.version(workflow.id, choices.version ?? workflow.version);
  if (version === undefined) {
    const message = `There is no version ${choices.version}; the newest is ${workflow.version}`;
    return [{ path: 'version', message }];
  }
  const { taskProblems, paramProblems } = checkStart(compileWorkflow(version.document), choices);
  return [...taskProblems, ...paramProblems];
}

/** A group may be named before anybody is in it. */
async function workerGroupWarnings(deps: Pick<ApiDeps, 'store' | 'workers'>, name: string): Promise<readonly string[]> {
  const [declared, workers] = await Promise.all([deps.store.workerGroups.all(), readWorkers(deps)]);
  const known = new Set([
    DEFAULT_WORKER_GROUP,
    ...declared.map((group) => group.name),
    ...workers.flatMap((worker) => worker.groups),
  ]);
  if (known.has(name)) return [];
  return [`There is no worker group "${name}": tasks will wait until a worker is in it.${didYouMean(name, known)}`];
}

export function toStartChoicesView({ timeoutMs, ...choices }: StartChoices): StartChoicesView {
  return {
    ...choices,
    environment: choices.environment ?? null,
    params: { ...choices.params },
    startTasks: [...choices.startTasks],
    timeout: timeoutMs === null ? null : formatDuration(timeoutMs),
  };
}
