/** Verbs of who is told: alert groups and channels, as people manage them. */
import { type AlertChannelRow, type AlertGroupRow, AppError } from '@vaquita/core';
import type { AlertChannelStore, AlertGroupStore } from '../ports/alerts.ts';
import type { SqlDriver, SqlRow, SqlStatement, SqlValue } from '../ports/driver.ts';
import { many, one, statement, writeOr } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { ALERT_CHANNELS, ALERT_GROUPS } from '../sql/tables.ts';
import { readNamedRows } from './named-rows.ts';

/** Whole groups: rows for `readGroup`. */
export const SELECT_GROUPS = `select ${ALERT_GROUPS.columns}, (select json_group_array(id) from (select c.id
    from alert_group_channels m join alert_channels c on c.id = m.channel_id where m.group_id = alert_groups.id
    order by c.name)) as channels from alert_groups`;
const UPDATE_GROUP = `update alert_groups set description = coalesce(?, description), kinds = coalesce(?, kinds),
  updated_at = ? where id = ?`;
const CLEAR_GROUP = 'delete from alert_group_channels where group_id = ?';
const ADD_CHANNEL = `insert into alert_group_channels (group_id, channel_id)
  select ?, id from alert_channels where id = ?`;
const DELETE_GROUP = 'delete from alert_groups where id = ?';
/** In this order of tables only newest versions are read. A document that does not hold the name at all is not taken apart. */
const NAMED_BY = `select p.name as project, w.name as workflow from projects p
  cross join workflows w on w.project_id = p.id
  cross join workflow_versions v on v.workflow_id = w.id and v.version = w.version
  where instr(v.document, ?) > 0 and json_extract(v.document, '$.alerts.group') = ?
  order by p.name, w.name limit ?`;

const UPDATE_CHANNEL = `update alert_channels set name = coalesce(?, name), enabled = coalesce(?, enabled),
  settings = coalesce(?, settings), updated_at = ? where id = ? and settings = ?`;
const DELETE_CHANNEL = `delete from alert_channels where id = ? and not exists (
    select 1 from alert_group_channels where channel_id = alert_channels.id)`;
const GROUPS_OF = `select g.name from alert_group_channels m indexed by alert_group_channels_channel
  join alert_groups g on g.id = m.group_id where m.channel_id = ? order by g.name`;

export function createAlertGroupVerbs(driver: SqlDriver): AlertGroupStore {
  async function by(column: 'id' | 'name', value: string): Promise<AlertGroupRow | undefined> {
    const row = await one(driver, `${SELECT_GROUPS} where ${column} = ?`, [value]);
    return row && readGroup(row);
  }

  return {
    async create(row) {
      const { channels, ...group } = row;
      const unit = [statement(ALERT_GROUPS.insert, ALERT_GROUPS.args(group)), ...membersOf(row.id, channels)];
      await writeOr(driver, unit, async () =>
        (await by('name', row.name)) === undefined ? channelGone() : nameInUse('group', row.name),
      );
    },
    find: async (idOrName) => (await by('id', idOrName)) ?? (await by('name', idOrName)),
    async list(page) {
      const limit = checkLimit(page.limit);
      const after = decodeCursor(page, 'text') ?? '';
      const rows = await many(driver, `${SELECT_GROUPS} where name > ? order by name limit ?`, [after, limit + 1]);
      return toPage(rows.map(readGroup), limit, (row) => row.name);
    },
    async update(id, { description, kinds, channels, at }) {
      const list = kinds === undefined ? null : JSON.stringify(kinds);
      const unit = [statement(UPDATE_GROUP, [description ?? null, list, at, id], 1)];
      if (channels !== undefined) unit.push(statement(CLEAR_GROUP, [id]), ...membersOf(id, channels));
      await writeOr(driver, unit, async () => ((await by('id', id)) === undefined ? noGroup(id) : channelGone()));
    },
    async delete(id) {
      const unit = [statement(CLEAR_GROUP, [id]), statement(DELETE_GROUP, [id], 1)];
      await writeOr(driver, unit, () => noGroup(id));
    },
    async namedBy(name, limit) {
      const rows = await many(driver, NAMED_BY, [JSON.stringify(name), name, limit]);
      return rows.map((row) => ({ project: String(row.project), workflow: String(row.workflow) }));
    },
  };
}

function membersOf(group: AlertGroupRow['id'], channels: AlertGroupRow['channels']): readonly SqlStatement[] {
  return [...new Set(channels)].map((channel) => statement(ADD_CHANNEL, [group, channel], 1));
}

export function readGroup(row: SqlRow): AlertGroupRow {
  return { ...ALERT_GROUPS.read(row), channels: JSON.parse(String(row.channels)) as AlertGroupRow['channels'] };
}

export function createAlertChannelVerbs(driver: SqlDriver): AlertChannelStore {
  const named = readNamedRows(driver, 'alert_channels', ALERT_CHANNELS);

  async function groupsOf(id: AlertChannelRow['id']): Promise<readonly string[]> {
    return (await many(driver, GROUPS_OF, [id])).map(({ name }) => String(name));
  }

  return {
    async create(row) {
      const unit = [statement(ALERT_CHANNELS.insert, ALERT_CHANNELS.args(row))];
      await writeOr(driver, unit, () => nameInUse('channel', row.name));
    },
    find: named.find,
    list: named.list,
    async update({ id, settings }, change) {
      const enabled = change.enabled === undefined ? null : Number(change.enabled);
      const args: SqlValue[] = [change.name ?? null, enabled, change.settings ?? null, change.at, id, settings];
      await writeOr(driver, [statement(UPDATE_CHANNEL, args, 1)], async () => {
        const row = await named.byId(id);
        if (row === undefined) return noChannel(id);
        return row.settings === settings ? nameInUse('channel', change.name ?? '') : changedMeanwhile();
      });
    },
    async delete(id) {
      await writeOr(driver, [statement(DELETE_CHANNEL, [id], 1)], async () => {
        const groups = await groupsOf(id);
        return groups.length === 0 ? noChannel(id) : channelInUse(groups);
      });
    },
    groupsOf,
  };
}

export function nameInUse(what: 'group' | 'channel', name: string): AppError {
  return new AppError('name_in_use', `An alert ${what} named "${name}" exists already. Choose another name.`);
}

export function noGroup(id: string): AppError {
  return new AppError('not_found', `There is no alert group ${id}.`);
}

export function noChannel(id: string): AppError {
  return new AppError('not_found', `There is no alert channel ${id}.`);
}

export function channelGone(): AppError {
  return new AppError('conflict', 'One of the channels was removed meanwhile. Look again at which there are.');
}

export function changedMeanwhile(): AppError {
  return new AppError('conflict', 'Somebody else has changed the channel meanwhile. Look at it again, then change it.');
}

export function channelInUse(groups: readonly string[]): AppError {
  const names = groups.map((name) => `"${name}"`).join(', ');
  return new AppError(
    'conflict',
    `The channel is used by the alert group${groups.length === 1 ? '' : 's'} ${names}. Take it out of them, or disable it.`,
  );
}
