/** Environments and secrets in memory. */
import { type EnvironmentRow, isWorkflowTerminal, type ProjectId, type SecretRow } from '@vaquita/core';
import type { EnvironmentReader, EnvironmentStore, SecretStore } from '../../ports/environments.ts';
import { noEnvironment } from '../../verbs/environments/environments.ts';
import { changedMeanwhile } from '../../verbs/environments/scoped-rows.ts';
import { noSecret, secretInUse, TOLD_USERS } from '../../verbs/environments/secrets.ts';
import { byName, claim, keyOf, meansIt, reader, type Scoped, tasksName, workflowsNaming } from './scoped-rows.ts';
import { compare, type Memory, type Tables } from './tables.ts';

export function createMemoryEnvironments({ tables, unit }: Memory): EnvironmentStore {
  const { environments, projects, workflows, schedules, triggers, backfills, instances } = tables;
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
        if (row.revision !== revision) throw changedMeanwhile('environment');
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
      const means = meansIt(tables, 'environment', { name, projectId });
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
        workflows: workflowsNaming(tables, tasksName('environment', name), means).slice(0, limit),
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

export function createMemorySecrets({ tables, unit }: Memory): SecretStore {
  const { secrets, environments, dataSources } = tables;
  const { find, list } = reader(tables, 'secret', secrets);

  function usesOf(row: SecretRow, limit: number) {
    const means = meansIt(tables, 'secret', row);
    const listed = <Row extends Scoped>(
      rows: ReadonlyMap<string, Row>,
      names: (row: Row) => readonly (string | null)[],
    ) =>
      [...rows.values()]
        .filter((user) => names(user).includes(row.name) && means(user.projectId))
        .sort(byName)
        .slice(0, limit)
        .map(({ id, name, projectId }): Pick<Row, 'id' | 'name' | 'projectId'> => ({ id, name, projectId }));
    return {
      environments: listed(environments, ({ variables }) => variables.map(({ secret }) => secret)),
      dataSources: listed(dataSources, (source) => Object.values(source.secrets)),
    };
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
        const uses = usesOf(row, TOLD_USERS);
        if (Object.values(uses).some((users) => users.length > 0)) throw secretInUse(uses);
        tx.release(keyOf('secret', row));
        tx.drop(secrets, id);
      });
    },
    async usedBy(id, limit) {
      const row = secrets.get(id);
      return row === undefined ? { environments: [], dataSources: [] } : usesOf(row, limit);
    },
  };
}

export function createMemoryEnvironmentReader({ tables }: Memory): EnvironmentReader {
  const environments = reader(tables, 'environment', tables.environments);
  return {
    async read(projectId, name) {
      const environment = environments.named(projectId, name);
      if (environment === undefined) return undefined;
      const names = environment.variables.flatMap(({ secret }) => (secret === null ? [] : [secret]));
      return { environment, secrets: secretsNamed(tables, names, environment.projectId) };
    },
  };
}

/** Those that are there. */
export function secretsNamed(tables: Tables, names: readonly string[], projectId: ProjectId | null) {
  const { named } = reader(tables, 'secret', tables.secrets);
  const found = names.flatMap((name) => named(projectId, name) ?? []);
  return new Map(found.map(({ id, name, sealed }) => [name, { id, sealed }]));
}
