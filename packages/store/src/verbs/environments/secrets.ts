/** Verbs on secrets, and what an environment comes to with them. A value is only ever here as it is sealed. */
import { AppError, type DataSourceRow, type EnvironmentRow, type ProjectId, type SecretRow } from '@vaquita/core';
import type { SqlDriver, SqlValue } from '../../ports/driver.ts';
import type { EnvironmentReader, SecretStore, SecretUses } from '../../ports/environments.ts';
import { many, one, statement, writeOr } from '../../sql/access.ts';
import { ENVIRONMENTS, SECRETS } from '../../sql/tables.ts';
import { readScopedRows, refusedScoped, type ScopedTable } from './scoped-rows.ts';

const UPDATE = `update secrets set description = coalesce(?, description), sealed = coalesce(?, sealed),
  updated_by = ?, updated_at = ? where id = ?`;
/** What is of a project means a secret of the project, where it has one of that name. */
const usesSql = (table: ScopedTable, names: string) => `from ${table} u where exists (select 1 from ${names})
  and (u.project_id is s.project_id or (s.project_id is null and not exists (
    select 1 from secrets own where own.project_id = u.project_id and own.name = s.name)))`;
const ENVIRONMENTS_OF = usesSql(
  'environments',
  "json_each(u.variables) v where json_extract(v.value, '$.secret') = s.name",
);
const DATA_SOURCES_OF = usesSql('data_sources', 'json_each(u.secrets) v where v.value = s.name');
const DELETE = `delete from secrets as s where id = ? and not exists (select 1 ${ENVIRONMENTS_OF})
  and not exists (select 1 ${DATA_SOURCES_OF})`;
const usedBySql = (table: ScopedTable, uses: string) => `select t.id, t.name, t.project_id
  from secrets s cross join (select 1) cross join ${table} t on t.id in (select u.id ${uses})
  where s.id = ? order by t.name, t.id limit ?`;
const USED_BY_ENVIRONMENTS = usedBySql('environments', ENVIRONMENTS_OF);
const USED_BY_DATA_SOURCES = usedBySql('data_sources', DATA_SOURCES_OF);
/** Those of the project come last: of two of one name they are the ones that count. */
const NAMED = `select id, name, sealed from secrets
  where name in (select value from json_each(?)) and (project_id is null or project_id = ?) order by project_id`;
const PROJECT = 'select 1 from projects where id = ?';
/** So many names of a kind are told of those that use a secret. */
export const TOLD_USERS = 10;

export function createSecretVerbs(driver: SqlDriver): SecretStore {
  const rows = readScopedRows(driver, 'secrets', SECRETS);

  async function users<Id>(query: string, args: readonly SqlValue[]) {
    return (await many(driver, query, args)).map((row) => ({
      id: String(row.id) as Id,
      name: String(row.name),
      projectId: row.project_id as ProjectId | null,
    }));
  }

  async function usedBy(id: string, limit: number): Promise<SecretUses> {
    return {
      environments: await users<EnvironmentRow['id']>(USED_BY_ENVIRONMENTS, [id, limit]),
      dataSources: await users<DataSourceRow['id']>(USED_BY_DATA_SOURCES, [id, limit]),
    };
  }

  return {
    async create(row) {
      await writeOr(driver, [statement(SECRETS.insert, SECRETS.args(row))], async () => {
        const isThere = row.projectId === null || (await one(driver, PROJECT, [row.projectId])) !== undefined;
        return refusedScoped('secret', row, isThere);
      });
    },
    find: rows.find,
    list: rows.list,
    async update(id, { description, sealed, by, at }) {
      const args: SqlValue[] = [description ?? null, sealed ?? null, by, at, id];
      const [result] = await driver.write([statement(UPDATE, args)]);
      if (result!.changes === 0) throw noSecret(id);
    },
    async delete(id) {
      await writeOr(driver, [statement(DELETE, [id], 1)], async () => {
        const uses = await usedBy(id, TOLD_USERS);
        return Object.values(uses).every((users) => users.length === 0) ? noSecret(id) : secretInUse(uses);
      });
    },
    usedBy,
  };
}

export function createEnvironmentReader(driver: SqlDriver): EnvironmentReader {
  const environments = readScopedRows(driver, 'environments', ENVIRONMENTS);
  return {
    async read(projectId, name) {
      const environment = await environments.named(projectId, name);
      if (environment === undefined) return undefined;
      const names = environment.variables.flatMap(({ secret }) => (secret === null ? [] : [secret]));
      const secrets = await secretsNamed(driver, names, environment.projectId);
      return { environment, secrets };
    },
  };
}

/** Those that are there. */
export async function secretsNamed(driver: SqlDriver, names: readonly string[], projectId: ProjectId | null) {
  const found = names.length === 0 ? [] : await many(driver, NAMED, [JSON.stringify(names), projectId]);
  return new Map(
    found.map((row): [string, Pick<SecretRow, 'id' | 'sealed'>] => [
      String(row.name),
      { id: String(row.id) as SecretRow['id'], sealed: String(row.sealed) },
    ]),
  );
}

export function noSecret(id: string): AppError {
  return new AppError('not_found', `There is no secret ${id}.`);
}

/** @param uses at most `TOLD_USERS` of each */
export function secretInUse({ environments, dataSources }: SecretUses): AppError {
  const told = [listed('environment', environments), listed('data source', dataSources)];
  return new AppError(
    'conflict',
    `The secret is used by ${told.filter(Boolean).join(', and by ')}. Take it out of them first.`,
  );
}

function listed(what: string, users: readonly { readonly name: string }[]): string {
  if (users.length === 0) return '';
  const more = users.length === TOLD_USERS ? ' and maybe others' : '';
  return `the ${what}${users.length === 1 ? '' : 's'} ${users.map(({ name }) => `"${name}"`).join(', ')}${more}`;
}
