/** Finds what a path names, or says clearly that it is not there. */
import { AppError, type BackfillRow, type TaskInstanceRow, type WorkflowInstanceRow } from '@vaquita/core';
import type { ProjectRow, WorkflowRow } from '@vaquita/store';
import type { ApiStore } from '../deps.ts';

export async function requireProject(store: ApiStore, idOrName: string): Promise<ProjectRow> {
  const project = await store.projects.find(idOrName);
  if (project) return project;
  throw new AppError('not_found', `There is no project “${idOrName}”.`);
}

export async function requireWorkflow(
  store: ApiStore,
  path: { readonly project: string; readonly workflow: string },
): Promise<{ readonly project: ProjectRow; readonly workflow: WorkflowRow }> {
  const project = await requireProject(store, path.project);
  const workflow = await store.workflows.find(project.id, path.workflow);
  if (workflow) return { project, workflow };
  throw new AppError('not_found', `There is no workflow “${path.workflow}” in the project “${project.name}”.`);
}

export async function requireInstance(store: ApiStore, id: string): Promise<WorkflowInstanceRow> {
  const instance = await store.instances.find(id);
  if (instance) return instance;
  throw new AppError('not_found', `There is no workflow instance with the id “${id}”.`);
}

export async function requireTask(store: ApiStore, id: string): Promise<TaskInstanceRow> {
  const task = await store.instances.task(id);
  if (task) return task;
  throw new AppError('not_found', `There is no task instance with the id “${id}”.`);
}

export async function requireBackfill(store: ApiStore, id: string): Promise<BackfillRow> {
  const backfill = await store.backfills.find(id);
  if (backfill) return backfill;
  throw new AppError('not_found', `There is no backfill with the id “${id}”.`);
}
