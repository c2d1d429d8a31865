/** Data sources in memory. */
import { type DataSourceRow, isWorkflowTerminal } from '@vaquita/core';
import type { DataSourceReader, DataSourceStore } from '../../ports/environments.ts';
import { noDataSource } from '../../verbs/environments/data-sources.ts';
import { changedMeanwhile } from '../../verbs/environments/scoped-rows.ts';
import { secretsNamed } from './environments.ts';
import { claim, keyOf, meansIt, reader, tasksName, workflowsNaming } from './scoped-rows.ts';
import type { Memory } from './tables.ts';

export function createMemoryDataSources({ tables, unit }: Memory): DataSourceStore {
  const { dataSources, instances, versions } = tables;
  const { find, list } = reader(tables, 'data source', dataSources);

  return {
    find,
    list,
    async create(row) {
      unit((tx) => {
        claim(tables, tx, 'data source', row);
        tx.put(dataSources, row.id, row);
      });
    },
    async update({ id, revision }, { by, at, ...change }) {
      unit((tx) => {
        const row = dataSources.get(id);
        if (row === undefined) throw noDataSource(id);
        if (row.revision !== revision) throw changedMeanwhile('data source');
        const changed: DataSourceRow = { ...row, ...change, revision: revision + 1, updatedBy: by, updatedAt: at };
        if (changed.name !== row.name) {
          claim(tables, tx, 'data source', changed);
          tx.release(keyOf('data source', row));
        }
        tx.put(dataSources, id, changed);
      });
    },
    async delete(id) {
      unit((tx) => {
        const row = dataSources.get(id);
        if (row === undefined) throw noDataSource(id);
        tx.release(keyOf('data source', row));
        tx.drop(dataSources, id);
      });
    },
    async uses(row, limit) {
      const means = meansIt(tables, 'data source', row);
      const names = tasksName('dataSource', row.name);
      const versionOf = (id: string, version: number) => versions.get(id)?.find((one) => one.version === version);
      return {
        workflows: workflowsNaming(tables, names, means).slice(0, limit),
        runs: [...instances.values()].filter(
          (run) =>
            !isWorkflowTerminal(run.state) &&
            means(run.projectId) &&
            names(versionOf(run.workflowId, run.version)?.document.tasks),
        ).length,
      };
    },
  };
}

export function createMemoryDataSourceReader({ tables }: Memory): DataSourceReader {
  const { named } = reader(tables, 'data source', tables.dataSources);
  return {
    async read(projectId, name) {
      const dataSource = named(projectId, name);
      if (dataSource === undefined) return undefined;
      const secrets = secretsNamed(tables, Object.values(dataSource.secrets), dataSource.projectId);
      return { dataSource, secrets };
    },
  };
}
