/** Installed listener plugins: their rows, and their code apart from them. */
import { AppError, type ListenerPluginRow } from '@vaquita/core';
import type { SqlDriver, SqlValue } from '../../ports/driver.ts';
import type { ListenerPluginStore } from '../../ports/listeners.ts';
import * as schema from '../../schema/index.ts';
import { many, one, refuse, statement, writeOr } from '../../sql/access.ts';
import { compileTable } from '../../sql/table.ts';

const PLUGINS = compileTable<ListenerPluginRow>(schema.listenerPlugins);
const SELECT = `select ${PLUGINS.columns} from listener_plugins`;
const ADD_CODE = 'insert into listener_code (plugin_id, code) values (?, ?)';
const UPDATE = `update listener_plugins set title = coalesce(?, title), version = coalesce(?, version),
  settings_schema = coalesce(?, settings_schema), digest = coalesce(?, digest), enabled = coalesce(?, enabled),
  updated_at = ? where id = ?`;
/** What blocks its instances may be over with this: it is tried now. */
const TRY_NOW = `update listener_instances set next_attempt_at = ? where blocked_seq is not null
  and plugin = (select name from listener_plugins where id = ?)`;
const SET_CODE = 'update listener_code set code = ? where plugin_id = ?';
const REMOVE_CODE = 'delete from listener_code where plugin_id = ?';
const REMOVE = `delete from listener_plugins where id = ? and not exists (
  select 1 from listener_instances i where i.plugin = listener_plugins.name)`;
const USES = `select i.name from listener_instances i join listener_plugins p on p.name = i.plugin
  where p.id = ? order by i.name limit 20`;

export function createListenerPluginVerbs(driver: SqlDriver): ListenerPluginStore {
  const notFound = (id: string) => new AppError('not_found', `There is no installed listener plugin ${id}.`);

  return {
    async list() {
      return (await many(driver, `${SELECT} order by name`)).map(PLUGINS.read);
    },
    async find(idOrName) {
      const row = await one(driver, `${SELECT} where id = ? or name = ? order by id = ? desc limit 1`, [
        ...[idOrName, idOrName, idOrName],
      ]);
      return row && PLUGINS.read(row);
    },
    async install(row, code) {
      await writeOr(
        driver,
        [statement(PLUGINS.insert, PLUGINS.args(row)), statement(ADD_CODE, [row.id, code])],
        refuse('name_in_use', `A listener plugin named "${row.name}" is installed already. Update it instead.`),
      );
    },
    async update(id, { title, version, settingsSchema, digest, enabled, code, at }) {
      const schemaText = settingsSchema === undefined ? null : JSON.stringify(settingsSchema);
      const isEnabled = enabled === undefined ? null : Number(enabled);
      const args: SqlValue[] = [title ?? null, version ?? null, schemaText, digest ?? null, isEnabled, at, id];
      const unit = [statement(UPDATE, args, 1), ...(code === undefined ? [] : [statement(SET_CODE, [code, id], 1)])];
      unit.push(statement(TRY_NOW, [at, id]));
      await writeOr(driver, unit, () => notFound(id));
    },
    async uninstall(id) {
      await writeOr(driver, [statement(REMOVE_CODE, [id]), statement(REMOVE, [id], 1)], async () => {
        const uses = (await many(driver, USES, [id])).map(({ name }) => String(name));
        return uses.length === 0 ? notFound(id) : inUse(uses);
      });
    },
  };
}

export function inUse(instances: readonly string[]): AppError {
  const names = instances.join(', ');
  return new AppError(
    'conflict',
    `Listener instances use the plugin: ${names}. Delete them or give them another first.`,
  );
}
