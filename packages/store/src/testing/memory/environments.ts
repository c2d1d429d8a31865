/** Environments and secrets in memory. */
import { type EnvironmentRow, isWorkflowTerminal, type ProjectId, type SecretRow } from '@vaquita/core';
import type { PageRequest } from '../../ports/api.ts';
import type { EnvironmentReader, EnvironmentStore, ScopedName, SecretStore } from '../../ports/environments.ts';
import { checkLimit, toPage } from '../../sql/page.ts';
import { changedMeanwhile, noEnvironment } from '../../verbs/environments/environments.ts';
import { decodeScopedCursor, refusedScoped, scopedCursor } from '../../verbs/environments/scoped-rows.ts';
import { noSecret, secretInUse, TOLD_ENVIRONMENTS } from '../../verbs/environments/secrets.ts';
import { compare, type Memory, type Tables, type Transaction } from './tables.ts';

type Kind = 'environment' | 'secret';
type Scoped = Pick<EnvironmentRow, 'name' | 'projectId'> & { readonly id: string };

const keyOf = (kind: Kind, { projectId, name }: Pick<Scoped, 'name' | 'projectId'>) =>
  `${kind}:${projectId ?? ''}:${name}`;

const byName = (a: Scoped, b: Scoped) => compare(a.name, b.name) || compare(a.id, b.id);

function claim(tables: Tables, tx: Transaction, kind: Kind, row: Scoped): void {
  const isThere = row.projectId === null || tables.projects.has(row.projectId);
  if (!isThere || tables.unique.has(keyOf(kind, row))) throw refusedScoped(kind, row, isThere);
  tx.claim(keyOf(kind, row), row.id);
}

function reader<Row extends Scoped>(tables: Tables, kind: Kind, rows: ReadonlyMap<string, Row>) {
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

export function createMemoryEnvironments({ tables, unit }: Memory): EnvironmentStore {
  const { environments, projects, workflows, versions, schedules, triggers, backfills, instances } = tables;
  const { find, list } = reader(tables, 'environment', environments);

  return {
    find,
    list,
    async create(row) {
      unit((tx) => {
        claim(tables, tx, 'environment', row);
        tx.put(environments, row.id, row);
      });
    },
    async update({ id, revision }, { name, description, variables, by, at }) {
      unit((tx) => {
        const row = environments.get(id);
        if (row === undefined) throw noEnvironment(id);
        if (row.revision !== revision) throw changedMeanwhile();
        const changed: EnvironmentRow = {
          ...row,
          name: name ?? row.name,
          description: description ?? row.description,
          variables: variables ?? row.variables,
          revision: revision + 1,
          updatedBy: by,
          updatedAt: at,
        };
        if (changed.name !== row.name) {
          claim(tables, tx, 'environment', changed);
          tx.release(keyOf('environment', row));
        }
        tx.put(environments, id, changed);
      });
    },
    async delete(id) {
      unit((tx) => {
        const row = environments.get(id);
        if (row === undefined) throw noEnvironment(id);
        tx.release(keyOf('environment', row));
        tx.drop(environments, id);
      });
    },
    async uses({ name, projectId }, limit) {
      const means = (project: ProjectId) =>
        project === projectId ||
        (projectId === null && !tables.unique.has(keyOf('environment', { projectId: project, name })));
      const place = (project: ProjectId, workflow: string) => ({
        project: projects.get(project)?.name ?? '',
        workflow: workflows.get(workflow)?.name ?? '',
      });
      const starters = <Row extends { readonly name: string; readonly project: string; readonly workflow: string }>(
        rows: readonly Row[],
      ) =>
        rows
          .toSorted(
            (a, b) => compare(a.project, b.project) || compare(a.workflow, b.workflow) || compare(a.name, b.name),
          )
          .slice(0, limit);
      const starts = (row: {
        readonly projectId: ProjectId;
        readonly start: { readonly environment?: string | null };
      }) => row.start.environment === name && means(row.projectId);
      return {
        workflows: [...workflows.values()]
          .filter((row) => means(row.projectId) && namesIt(versions.get(row.id)?.at(-1)?.document.tasks, name))
          .map((row) => place(row.projectId, row.id))
          .sort((a, b) => compare(a.project, b.project) || compare(a.workflow, b.workflow))
          .slice(0, limit),
        schedules: starters(
          [...schedules.values()]
            .filter(starts)
            .map((row) => ({ ...place(row.projectId, row.workflowId), id: row.id, name: row.name })),
        ),
        triggers: starters(
          [...triggers.values()]
            .filter(starts)
            .map((row) => ({ ...place(row.projectId, row.workflowId), id: row.id, name: row.name })),
        ),
        backfills: [...backfills.values()].filter(
          (row) => (row.state === 'running' || row.state === 'paused') && starts(row),
        ).length,
        runs: [...instances.values()].filter(
          (run) => run.environment === name && means(run.projectId) && !isWorkflowTerminal(run.state),
        ).length,
      };
    },
  };
}

function namesIt(tasks: unknown, name: string): boolean {
  return Array.isArray(tasks) && tasks.some((task: { environment?: string }) => task.environment === name);
}

export function createMemorySecrets({ tables, unit }: Memory): SecretStore {
  const { secrets, environments } = tables;
  const { find, list } = reader(tables, 'secret', secrets);

  function usersOf({ name, projectId }: SecretRow): readonly EnvironmentRow[] {
    return [...environments.values()]
      .filter(
        (row) =>
          row.variables.some(({ secret }) => secret === name) &&
          (row.projectId === projectId ||
            (projectId === null && !tables.unique.has(keyOf('secret', { projectId: row.projectId, name })))),
      )
      .sort(byName);
  }

  return {
    find,
    list,
    async create(row) {
      unit((tx) => {
        claim(tables, tx, 'secret', row);
        tx.put(secrets, row.id, row);
      });
    },
    async update(id, { description, sealed, by, at }) {
      unit((tx) => {
        const row = secrets.get(id);
        if (row === undefined) throw noSecret(id);
        tx.put(secrets, id, {
          ...row,
          description: description ?? row.description,
          sealed: sealed ?? row.sealed,
          updatedBy: by,
          updatedAt: at,
        });
      });
    },
    async delete(id) {
      unit((tx) => {
        const row = secrets.get(id);
        if (row === undefined) throw noSecret(id);
        const users = usersOf(row);
        if (users.length > 0) throw secretInUse(users.slice(0, TOLD_ENVIRONMENTS));
        tx.release(keyOf('secret', row));
        tx.drop(secrets, id);
      });
    },
    async usedBy(id, limit) {
      const row = secrets.get(id);
      const users = row === undefined ? [] : usersOf(row);
      return users.slice(0, limit).map(({ id, name, projectId }) => ({ id, name, projectId }));
    },
  };
}

export function createMemoryEnvironmentReader({ tables }: Memory): EnvironmentReader {
  const environments = reader(tables, 'environment', tables.environments);
  const secrets = reader(tables, 'secret', tables.secrets);
  return {
    async read(projectId, name) {
      const environment = environments.named(projectId, name);
      if (environment === undefined) return undefined;
      const named = environment.variables.flatMap(({ secret }) => {
        const row = secret === null ? undefined : secrets.named(environment.projectId, secret);
        return row === undefined ? [] : [[row.name, { id: row.id, sealed: row.sealed }] as const];
      });
      return { environment, secrets: new Map(named) };
    },
  };
}
