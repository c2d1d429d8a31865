/** A run that nobody starts by hand: of a schedule, a backfill or a trigger. */
import type { WorkflowDefinition } from '../definition/definition.ts';
import type { Problem } from '../errors/app-error.ts';
import type { IdSource, ProjectId, WorkflowId } from '../identity/ids.ts';
import { checkStart } from './check-start.ts';
import { type NewRun, newRun } from './new-run.ts';
import type { RunOrigin } from './origin.ts';
import type { StartChoices } from './start-choices.ts';

export interface StartTarget {
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly version: number;
  readonly definition: WorkflowDefinition;
}

export interface StartOccasion {
  readonly origin: RunOrigin;
  /** The moment that time expressions of the run are evaluated against, epoch milliseconds, and their zone. */
  readonly businessTime: number;
  readonly timezone: string | null;
  /** Who is answerable for it, such as `schedule nightly`. */
  readonly createdBy: string;
  /** Before those of the choices: what the occasion itself brings. */
  readonly params?: Readonly<Record<string, string>>;
}

/**
 * @param ids `derivedIds` of what makes the occasion unique, where a second try must file the same run
 * @returns what is to be filed, or why the workflow cannot be started like this (any more).
 */
export function automaticRun(
  { definition, ...target }: StartTarget,
  choices: StartChoices,
  { params = {}, ...occasion }: StartOccasion,
  ids: IdSource,
  now: number,
): { readonly run: NewRun } | { readonly problems: readonly Problem[] } {
  const { startTasks, scope, priority, workerGroup, alertOn, alertGroup, dryRun, timeoutMs } = choices;
  const environment = choices.environment ?? null;
  const wanted = { params: { ...choices.params, ...params }, startTasks, scope };
  const { values, taskProblems, paramProblems } = checkStart(definition, wanted);
  const problems = [...taskProblems, ...paramProblems];
  if (problems.length > 0) return { problems };
  const failureStrategy = choices.failureStrategy ?? definition.failureStrategy;
  const settings = {
    startTasks,
    scope,
    failureStrategy,
    priority,
    workerGroup,
    environment,
    alertOn,
    alertGroup,
    dryRun,
    timeoutMs,
  };
  return {
    run: newRun({ ...target, ...settings, ...occasion, params: values, parent: null }, ids, now),
  };
}
