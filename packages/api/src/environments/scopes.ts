/** Whose an environment, a secret or a data source is: of one project, or of all. */
import { AppError, type EnvironmentRow, type ProjectId } from '@vaquita/core';
import type { ApiStore } from '../deps.ts';
import { requireProject } from '../resources/lookup.ts';

interface Scoped {
  readonly name: string;
  readonly projectId: ProjectId | null;
}

/** @throws AppError `not_found` */
export async function scopeOf(store: ApiStore, project: string | null | undefined): Promise<ProjectId | null> {
  return project === null || project === undefined ? null : (await requireProject(store, project)).id;
}

/** Names of the projects whose these are. */
export async function projectNames(
  store: ApiStore,
  rows: readonly Pick<Scoped, 'projectId'>[],
): Promise<(id: ProjectId | null) => string | null> {
  const ids = new Set(rows.flatMap(({ projectId }) => (projectId === null ? [] : [projectId])));
  const found = await Promise.all([...ids].map((id) => store.projects.find(id)));
  const names = new Map(found.flatMap((row) => (row === undefined ? [] : [[row.id, row.name] as const])));
  return (id) => (id === null ? null : (names.get(id) ?? id));
}

/** As the audit log names it: with the project before it, where it is of one. */
export async function subjectOf(store: ApiStore, row: Scoped): Promise<string> {
  const project = (await projectNames(store, [row]))(row.projectId);
  return project === null ? row.name : `${project}/${row.name}`;
}

/** The name under which tasks of the project get it. Null: there is none that it can use. */
export async function usableEnvironment(
  store: ApiStore,
  projectId: ProjectId,
  idOrName: string,
): Promise<string | null> {
  const row: EnvironmentRow | undefined = await store.environments.find({ projectId, idOrName });
  return row === undefined || (row.projectId !== null && row.projectId !== projectId) ? null : row.name;
}

/** What to do about one that is not there. */
export function noEnvironmentFor(idOrName: string): string {
  return `There is no environment “${idOrName}” that this project can use. Make it first, or leave this out`;
}

/** Why a secret cannot be named by what is of this project, or of all; undefined when it can. */
export async function whyNoSecret(
  store: ApiStore,
  projectId: ProjectId | null,
  name: string,
): Promise<string | undefined> {
  const row = await store.secrets.find({ projectId, idOrName: name });
  if (row?.name === name && (row.projectId === null || row.projectId === projectId)) return undefined;
  const whose = projectId === null ? 'for all projects' : 'that this project can use';
  return `There is no secret named “${name}” ${whose}. Make it first`;
}

export function notFound(kind: 'environment' | 'secret' | 'data source', idOrName: string): AppError {
  return new AppError('not_found', `There is no ${kind} “${idOrName}”.`);
}
