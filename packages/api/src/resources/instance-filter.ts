/** Which runs are meant: the same words in the list of runs and in bulk actions. */
import { AppError, type Problem, type RunOriginKind, type WorkflowState } from '@vaquita/core';
import type { InstanceFilter } from '@vaquita/store';
import type { ApiStore } from '../deps.ts';
import { requireInstance, requireProject, requireWorkflow } from './lookup.ts';

export interface InstanceWords {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  readonly states?: readonly WorkflowState[] | undefined;
  readonly parent?: string | undefined;
  readonly origin?: string | undefined;
  readonly originKind?: RunOriginKind | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly number?: number | undefined;
}

/** @throws AppError `bad_request`, `not_found`. */
export async function instanceFilter(store: ApiStore, words: InstanceWords): Promise<InstanceFilter> {
  checkWords(words);
  const { project, workflow, states, parent, origin, originKind, since, until, number } = words;
  return {
    ...(states === undefined || states.length === 0 ? {} : { states }),
    ...(parent === undefined ? {} : { parentId: (await requireInstance(store, parent)).id }),
    ...(origin === undefined ? {} : { origin: { id: origin } }),
    ...(originKind === undefined ? {} : { origin: { kind: originKind } }),
    ...(since === undefined ? {} : { from: Date.parse(since) }),
    ...(until === undefined ? {} : { to: Date.parse(until) }),
    ...(number === undefined ? {} : { number }),
    ...(await placeOf(store, project, workflow)),
  };
}

function checkWords({ project, workflow, origin, originKind, number }: InstanceWords): void {
  const problems: Problem[] = [];
  if (workflow !== undefined && project === undefined) {
    problems.push({ path: 'workflow', message: 'A workflow is named within a project; name the project too' });
  }
  if (number !== undefined && workflow === undefined) {
    problems.push({ path: 'number', message: 'Runs are numbered within their workflow; name the workflow too' });
  }
  if (origin !== undefined && originKind !== undefined) {
    problems.push({ path: 'originKind', message: 'One origin is of one kind; leave one of the two out' });
  }
  if (problems.length > 0) throw new AppError('bad_request', 'The filter is not valid.', { problems });
}

/** The project and the workflow that are meant. @throws AppError `bad_request`, `not_found`. */
export async function placeFilter(
  store: ApiStore,
  words: Pick<InstanceWords, 'project' | 'workflow'>,
): Promise<Pick<InstanceFilter, 'projectId' | 'workflowId'>> {
  checkWords(words);
  return await placeOf(store, words.project, words.workflow);
}

async function placeOf(
  store: ApiStore,
  project: string | undefined,
  workflow: string | undefined,
): Promise<Pick<InstanceFilter, 'projectId' | 'workflowId'>> {
  if (project === undefined) return {};
  if (workflow === undefined) return { projectId: (await requireProject(store, project)).id };
  const found = await requireWorkflow(store, { project, workflow });
  return { projectId: found.project.id, workflowId: found.workflow.id };
}
