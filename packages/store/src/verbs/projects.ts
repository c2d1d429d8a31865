/** Verbs of the projects aggregate. */
import { AppError, type ProjectId } from '@vaquita/core';
import type { ProjectStore } from '../ports/api.ts';
import type { SqlDriver } from '../ports/driver.ts';
import { one, refuse, statement, writeOr } from '../sql/access.ts';
import { PROJECTS } from '../sql/tables.ts';
import { readNamedRows } from './named-rows.ts';

const UPDATE = `update projects set name = coalesce(?, name), description = coalesce(?, description),
  params = coalesce(?, params), updated_at = ? where id = ?`;
const DELETE = `delete from projects where id = ? and not exists (select 1 from workflows where project_id = ?)
  and not exists (select 1 from environments where project_id = ?)
  and not exists (select 1 from secrets where project_id = ?)
  and not exists (select 1 from data_sources where project_id = ?)`;
const HOLDS_WORKFLOWS = 'select 1 from workflows where project_id = ? limit 1';

export function createProjectVerbs(driver: SqlDriver): ProjectStore {
  const nameInUse = (name: string) =>
    refuse('name_in_use', `A project named "${name}" exists already. Choose another name.`);

  const named = readNamedRows(driver, 'projects', PROJECTS);
  const notFound = (id: string) => new AppError('not_found', `There is no project ${id}.`);

  return {
    async create(row) {
      await writeOr(driver, [statement(PROJECTS.insert, PROJECTS.args(row))], nameInUse(row.name));
    },
    find: named.find,
    list: named.list,
    async update(id: ProjectId, { name, description, params, at }) {
      const texts = [name ?? null, description ?? null, params === undefined ? null : JSON.stringify(params)];
      const unit = [statement(UPDATE, [...texts, at, id])];
      const [result] = await writeOr(driver, unit, nameInUse(name ?? ''));
      if (result!.changes === 0) throw notFound(id);
    },
    async delete(id) {
      await writeOr(driver, [statement(DELETE, [id, id, id, id, id], 1)], async () => {
        if ((await named.byId(id)) === undefined) return notFound(id);
        return stillHolds((await one(driver, HOLDS_WORKFLOWS, [id])) !== undefined);
      });
    },
  };
}

export function stillHolds(workflows: boolean): AppError {
  const what = workflows ? 'workflows' : 'environments, secrets or data sources';
  return new AppError('conflict', `The project still holds ${what}. Delete them first.`);
}
