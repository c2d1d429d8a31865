/** Verbs of the projects aggregate. */
import { AppError, type ProjectId } from '@vaquita/core';
import type { ProjectRow, ProjectStore } from '../ports/api.ts';
import type { SqlDriver, SqlValue } from '../ports/driver.ts';
import { many, one, refuse, statement, writeOr } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { PROJECTS } from '../sql/tables.ts';

const SELECT = `select ${PROJECTS.columns} from projects`;
const UPDATE = `update projects set name = coalesce(?, name), description = coalesce(?, description),
  params = coalesce(?, params), updated_at = ? where id = ?`;
const DELETE = 'delete from projects where id = ? and not exists (select 1 from workflows where project_id = ?)';

export function createProjectVerbs(driver: SqlDriver): ProjectStore {
  const nameInUse = (name: string) =>
    refuse('name_in_use', `A project named "${name}" exists already. Choose another name.`);

  async function byId(id: string): Promise<ProjectRow | undefined> {
    const row = await one(driver, `${SELECT} where id = ?`, [id]);
    return row && PROJECTS.read(row);
  }

  const notFound = (id: string) => new AppError('not_found', `There is no project ${id}.`);

  return {
    async create(row) {
      await writeOr(driver, [statement(PROJECTS.insert, PROJECTS.args(row))], nameInUse(row.name));
    },
    async find(idOrName) {
      const found = await byId(idOrName);
      if (found !== undefined) return found;
      const row = await one(driver, `${SELECT} where name = ?`, [idOrName]);
      return row && PROJECTS.read(row);
    },
    async list(page) {
      const limit = checkLimit(page.limit);
      const after = decodeCursor(page, 'text');
      const where = after === null ? '' : 'where name > ?';
      const args: SqlValue[] = after === null ? [limit + 1] : [after, limit + 1];
      const rows = await many(driver, `${SELECT} ${where} order by name limit ?`, args);
      return toPage(rows.map(PROJECTS.read), limit, (row) => row.name);
    },
    async update(id: ProjectId, { name, description, params, at }) {
      const texts = [name ?? null, description ?? null, params === undefined ? null : JSON.stringify(params)];
      const unit = [statement(UPDATE, [...texts, at, id])];
      const [result] = await writeOr(driver, unit, nameInUse(name ?? ''));
      if (result!.changes === 0) throw notFound(id);
    },
    async delete(id) {
      await writeOr(driver, [statement(DELETE, [id, id], 1)], async () =>
        (await byId(id)) === undefined
          ? notFound(id)
          : new AppError('conflict', 'The project still holds workflows. Delete them first.'),
      );
    },
  };
}
