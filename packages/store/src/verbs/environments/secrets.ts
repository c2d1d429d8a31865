/** Verbs on secrets, and what an environment comes to with them. A value is only ever here as it is sealed. */
import { AppError, type EnvironmentRow, type ProjectId, type SecretRow } from '@vaquita/core';
import type { SqlDriver, SqlValue } from '../../ports/driver.ts';
import type { EnvironmentReader, SecretStore } from '../../ports/environments.ts';
import { many, one, statement, writeOr } from '../../sql/access.ts';
import { ENVIRONMENTS, SECRETS } from '../../sql/tables.ts';
import { readScopedRows, refusedScoped } from './scoped-rows.ts';

const UPDATE = `update secrets set description = coalesce(?, description), sealed = coalesce(?, sealed),
  updated_by = ?, updated_at = ? where id = ?`;
/** A variable of a project's environment means a secret of the project, where it has one of that name. */
const USES = `from environments e where exists (
    select 1 from json_each(e.variables) v where json_extract(v.value, '$.secret') = s.name)
  and (e.project_id is s.project_id or (s.project_id is null and not exists (
    select 1 from secrets own where own.project_id = e.project_id and own.name = s.name)))`;
const DELETE = `delete from secrets as s where id = ? and not exists (select 1 ${USES})`;
const USED_BY = `select e.id, e.name, e.project_id from secrets s cross join (select 1)
  cross join environments e on e.id in (select e.id ${USES}) where s.id = ? order by e.name, e.id limit ?`;
/** Those of the project come last: of two of one name they are the ones that count. */
const NAMED = `select id, name, sealed from secrets
  where name in (select value from json_each(?)) and (project_id is null or project_id = ?) order by project_id`;
const PROJECT = 'select 1 from projects where id = ?';
/** So many names are told of environments that use a secret. */
export const TOLD_ENVIRONMENTS = 10;

export function createSecretVerbs(driver: SqlDriver): SecretStore {
  const rows = readScopedRows(driver, 'secrets', SECRETS);

  async function usedBy(id: string, limit: number) {
    return (await many(driver, USED_BY, [id, limit])).map((row) => ({
      id: String(row.id) as EnvironmentRow['id'],
      name: String(row.name),
      projectId: row.project_id as ProjectId | null,
    }));
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
        const users = await usedBy(id, TOLD_ENVIRONMENTS);
        return users.length === 0 ? noSecret(id) : secretInUse(users);
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
      const found = names.length === 0 ? [] : await many(driver, NAMED, [JSON.stringify(names), environment.projectId]);
      const secrets = found.map((row): [string, Pick<SecretRow, 'id' | 'sealed'>] => [
        String(row.name),
        { id: String(row.id) as SecretRow['id'], sealed: String(row.sealed) },
      ]);
      return { environment, secrets: new Map(secrets) };
    },
  };
}

export function noSecret(id: string): AppError {
  return new AppError('not_found', `There is no secret ${id}.`);
}

/** @param users at most `TOLD_ENVIRONMENTS` of them */
export function secretInUse(users: readonly Pick<EnvironmentRow, 'name'>[]): AppError {
  const names = users.map(({ name }) => `"${name}"`).join(', ');
  const more = users.length === TOLD_ENVIRONMENTS ? ' and maybe others' : '';
  const plural = users.length === 1 ? '' : 's';
  return new AppError(
    'conflict',
    `The secret is used by the environment${plural} ${names}${more}. Take it out of them first.`,
  );
}
