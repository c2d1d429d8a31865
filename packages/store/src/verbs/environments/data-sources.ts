/** Verbs on data sources. */
import { AppError, type DataSourceRow } from '@vaquita/core';
import type { SqlDriver, SqlValue } from '../../ports/driver.ts';
import type { DataSourceReader, DataSourceStore } from '../../ports/environments.ts';
import { one, statement, writeOr } from '../../sql/access.ts';
import { DATA_SOURCES } from '../../sql/tables.ts';
import { openRunsNaming, workflowsNaming } from './named-by-tasks.ts';
import { changedMeanwhile, readScopedRows, refusedScoped } from './scoped-rows.ts';
import { secretsNamed } from './secrets.ts';

const UPDATE = `update data_sources set name = coalesce(?, name), description = coalesce(?, description),
  settings = coalesce(?, settings), secrets = coalesce(?, secrets), revision = revision + 1, updated_by = ?, updated_at = ?
  where id = ? and revision = ?`;
const DELETE = 'delete from data_sources where id = ?';
const PROJECT = 'select 1 from projects where id = ?';
const NAMED = { table: 'data_sources', key: 'dataSource' } as const;

export function createDataSourceVerbs(driver: SqlDriver): DataSourceStore {
  const rows = readScopedRows(driver, 'data_sources', DATA_SOURCES);

  async function refused(row: Pick<DataSourceRow, 'name' | 'projectId'>): Promise<AppError> {
    const isThere = row.projectId === null || (await one(driver, PROJECT, [row.projectId])) !== undefined;
    return refusedScoped('data source', row, isThere);
  }

  return {
    async create(row) {
      await writeOr(driver, [statement(DATA_SOURCES.insert, DATA_SOURCES.args(row))], () => refused(row));
    },
    find: rows.find,
    list: rows.list,
    async update({ id, revision }, { name, description, settings, secrets, by, at }) {
      const [ofSettings, ofSecrets] = [settings, secrets].map((one) =>
        one === undefined ? null : JSON.stringify(one),
      );
      const texts: SqlValue[] = [name ?? null, description ?? null, ofSettings!, ofSecrets!];
      await writeOr(driver, [statement(UPDATE, [...texts, by, at, id, revision], 1)], async () => {
        const row = await rows.byId(id);
        if (row === undefined) return noDataSource(id);
        return row.revision === revision
          ? refused({ ...row, name: name ?? row.name })
          : changedMeanwhile('data source');
      });
    },
    async delete(id) {
      const [result] = await driver.write([statement(DELETE, [id])]);
      if (result!.changes === 0) throw noDataSource(id);
    },
    async uses(row, limit) {
      return {
        workflows: await workflowsNaming(driver, NAMED, row, limit),
        runs: await openRunsNaming(driver, NAMED, row),
      };
    },
  };
}

export function createDataSourceReader(driver: SqlDriver): DataSourceReader {
  const rows = readScopedRows(driver, 'data_sources', DATA_SOURCES);
  return {
    async read(projectId, name) {
      const dataSource = await rows.named(projectId, name);
      if (dataSource === undefined) return undefined;
      const secrets = await secretsNamed(driver, Object.values(dataSource.secrets), dataSource.projectId);
      return { dataSource, secrets };
    },
  };
}

export function noDataSource(id: string): AppError {
  return new AppError('not_found', `There is no data source ${id}.`);
}
