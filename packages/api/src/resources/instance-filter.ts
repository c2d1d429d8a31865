/** Which runs are meant: the same words in the list of runs and in bulk actions. */
import { AppError, type WorkflowState } from '@vaquita/core';
import type { InstanceFilter } from '@vaquita/store';
import type { ApiStore } from '../deps.ts';
import { requireInstance, requireProject, requireWorkflow } from './lookup.ts';

export interface InstanceWords {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  readonly states?: readonly WorkflowState[] | undefined;
  readonly parent?: string | undefined;
}

/** @throws AppError `bad_request`, `not_found`. */
export async function instanceFilter(
  store: ApiStore,
  { project, workflow, states, parent }: InstanceWords,
): Promise<InstanceFilter> {
  if (workflow !== undefined && project === undefined) {
    throw new AppError('bad_request', 'The filter is not valid.', {
      problems: [{ path: 'workflow', message: 'A workflow is named within a project; name the project too' }],
    });
  }
  return {
    ...(states === undefined || states.length === 0 ? {} : { states }),
    ...(parent === undefined ? {} : { parentId: (await requireInstance(store, parent)).id }),
    ...(await placeOf(store, project, workflow)),
  };
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
