/** Verbs on triggers as people keep them. */
import { AppError } from '@vaquita/core';
import type { SqlDriver, SqlValue } from '../../ports/driver.ts';
import type { TriggerFilter, TriggerStore } from '../../ports/triggers.ts';
import { many, one, refuse, statement, writeOr } from '../../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../../sql/page.ts';
import { TRIGGERS } from '../../sql/tables.ts';
import { fireOnce, fireStatements } from './fire.ts';
import { deleteWatching } from './watching.ts';

const SELECT = `select ${TRIGGERS.columns} from triggers`;
/** From here on a trigger notices what happens: never what was before it went online. */
const fromNow = (revision: string) => `case kind when 'after_workflow' then (select coalesce(max(seq), 0) from events)
    when 'file' then ${revision} else 0 end`;
const UPDATE = `update triggers set name = coalesce(?, name), description = coalesce(?, description),
    start = coalesce(?, start), secret = coalesce(?, secret), updated_by = ?, updated_at = ?, revision = revision + 1
  where id = ? and revision = ?`;
const NEW_CONFIG = `update triggers set config = ?, cursor = ${fromNow('revision')} where id = ?`;
const SET_ONLINE = `update triggers set online = ?1, updated_by = ?2, updated_at = ?3, revision = revision + 1,
    cursor = ${fromNow('revision + 1')}
  where id = ?4 and online <> ?1`;
const BEGIN = `update triggers set cursor = ${fromNow('revision')} where id = ?`;
const REVISION = 'select revision from triggers where id = ?';

export function createTriggerVerbs(driver: SqlDriver): TriggerStore {
  const notFound = (id: string) => new AppError('not_found', `There is no trigger ${id}.`);
  const nameInUse = (name: string) =>
    refuse('name_in_use', `The workflow has a trigger named "${name}" already. Choose another name.`)();

  async function find(id: string) {
    const row = await one(driver, `${SELECT} where id = ?`, [id]);
    return row && TRIGGERS.read(row);
  }

  return {
    find,
    async create(row) {
      const unit = [statement(TRIGGERS.insert, TRIGGERS.args(row)), statement(BEGIN, [row.id])];
      await writeOr(driver, unit, async () =>
        (await one(driver, 'select 1 from workflows where id = ?', [row.workflowId])) === undefined
          ? new AppError('not_found', `There is no workflow ${row.workflowId}.`)
          : nameInUse(row.name),
      );
    },
    async list(filter, page) {
      const limit = checkLimit(page.limit);
      const { where, args } = filtered(filter);
      const after = decodeCursor(page, 'text') ?? '';
      const rows = await many(driver, `${SELECT} where ${where} and id > ? order by id limit ?`, [
        ...args,
        after,
        limit + 1,
      ]);
      return toPage(rows.map(TRIGGERS.read), limit, ({ id }) => id);
    },
    async update({ id, revision }, { name, description, config, start, secret, by, at }) {
      const values = [name ?? null, description ?? null, start ? JSON.stringify(start) : null, secret ?? null];
      const unit = [
        statement(UPDATE, [...values, by, at, id, revision], 1),
        ...(config === undefined ? [] : [statement(NEW_CONFIG, [JSON.stringify(config), id])]),
      ];
      await writeOr(driver, unit, async () => {
        const row = await find(id);
        if (row === undefined) return notFound(id);
        if (row.revision === revision) return nameInUse(name ?? row.name);
        return new AppError('conflict', 'Somebody has changed the trigger meanwhile. Look at it, and change it then.');
      });
    },
    async setOnline(id, online, by, at) {
      const [set] = await driver.write([statement(SET_ONLINE, [online ? 1 : 0, by, at, id])]);
      if (set!.changes === 0 && (await one(driver, REVISION, [id])) === undefined) throw notFound(id);
      return set!.changes === 1;
    },
    async delete(id) {
      const unit = [...deleteWatching('id', id), statement('delete from triggers where id = ?', [id])];
      if ((await driver.write(unit)).at(-1)!.changes === 0) throw notFound(id);
    },
    fire: (fire) => fireOnce(driver, fire, fireStatements(fire)),
  };
}

function filtered({ projectId, workflowId, kind }: TriggerFilter): {
  readonly where: string;
  readonly args: readonly SqlValue[];
} {
  const parts: string[] = [];
  const args: SqlValue[] = [];
  function also(part: string, value: SqlValue | undefined): void {
    if (value === undefined) return;
    parts.push(part);
    args.push(value);
  }
  also('workflow_id = ?', workflowId);
  also('project_id = ?', projectId);
  also('+kind = ?', kind);
  return { where: parts.length === 0 ? '1' : parts.join(' and '), args };
}
