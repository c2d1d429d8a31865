/** Rows in memory that are of one project or of all. */
import type { EnvironmentRow, ProjectId } from '@vaquita/core';
import type { PageRequest } from '../../ports/api.ts';
import type { ScopedName } from '../../ports/environments.ts';
import { checkLimit, toPage } from '../../sql/page.ts';
import { decodeScopedCursor, refusedScoped, scopedCursor } from '../../verbs/environments/scoped-rows.ts';
import { compare, type Tables, type Transaction } from './tables.ts';

type Kind = 'environment' | 'secret' | 'data source';
export type Scoped = Pick<EnvironmentRow, 'name' | 'projectId'> & { readonly id: string };

export const keyOf = (kind: Kind, { projectId, name }: Pick<Scoped, 'name' | 'projectId'>) =>
  `${kind}:${projectId ?? ''}:${name}`;

export const byName = (a: Scoped, b: Scoped) => compare(a.name, b.name) || compare(a.id, b.id);

export function claim(tables: Tables, tx: Transaction, kind: Kind, row: Scoped): void {
  const isThere = row.projectId === null || tables.projects.has(row.projectId);
  if (!isThere || tables.unique.has(keyOf(kind, row))) throw refusedScoped(kind, row, isThere);
  tx.claim(keyOf(kind, row), row.id);
}

export function reader<Row extends Scoped>(tables: Tables, kind: Kind, rows: ReadonlyMap<string, Row>) {
  function named(projectId: ProjectId | null, name: string): Row | undefined {
    const own = projectId === null ? undefined : tables.unique.get(keyOf(kind, { projectId, name }));
    return rows.get(own ?? tables.unique.get(keyOf(kind, { projectId: null, name })) ?? '');
  }

  return {
    named,
    find: async ({ projectId, idOrName }: ScopedName) => rows.get(idOrName) ?? named(projectId, idOrName),
    async list(filter: { readonly projectId?: ProjectId }, page: PageRequest) {
      const limit = checkLimit(page.limit);
      const after = decodeScopedCursor(page);
      const listed = [...rows.values()]
        .filter(({ projectId }) => filter.projectId === undefined || [null, filter.projectId].includes(projectId))
        .sort(byName)
        .filter(
          ({ name, id }) => after === null || compare(name, after[0]) > 0 || (name === after[0] && id > after[1]),
        );
      return toPage(listed.slice(0, limit + 1), limit, scopedCursor);
    },
  };
}

/** Whether a thing of the project means this row by its name. */
export function meansIt(tables: Tables, kind: Kind, { name, projectId }: Pick<Scoped, 'name' | 'projectId'>) {
  return (project: ProjectId | null): boolean =>
    project === projectId || (projectId === null && !tables.unique.has(keyOf(kind, { projectId: project, name })));
}

/** Workflows whose newest version has a task that names it, by project and name. */
export function workflowsNaming(
  { workflows, versions, projects }: Tables,
  names: (tasks: unknown) => boolean,
  means: (project: ProjectId) => boolean,
) {
  return [...workflows.values()]
    .filter((row) => means(row.projectId) && names(versions.get(row.id)?.at(-1)?.document.tasks))
    .map((row) => ({ project: projects.get(row.projectId)?.name ?? '', workflow: row.name }))
    .sort((a, b) => compare(a.project, b.project) || compare(a.workflow, b.workflow));
}

export function tasksName(key: 'environment' | 'dataSource', name: string): (tasks: unknown) => boolean {
  return (tasks) => Array.isArray(tasks) && tasks.some((task: Readonly<Record<string, unknown>>) => task[key] === name);
}
