/** Writes who is told of alerts, past the verbs that people use for it. */
import type { SqlDriver } from '../ports/driver.ts';
import { statement } from '../sql/access.ts';
import { ALERT_CHANNELS } from '../sql/tables.ts';
import type { AlertTargets } from './memory-store.ts';

const GROUP =
  'insert into alert_groups (id, name, description, kinds, created_at, updated_at) values (?, ?, ?, ?, ?, ?)';
const MEMBER = 'insert into alert_group_channels (group_id, channel_id) values (?, ?)';

export async function putAlertTargets(driver: SqlDriver, { channels = [], groups = [] }: AlertTargets): Promise<void> {
  await driver.write([
    ...channels.map((row) => statement(ALERT_CHANNELS.insert, ALERT_CHANNELS.args(row))),
    ...groups.flatMap(({ id, name, description, kinds, channels: members, createdAt, updatedAt }) => [
      statement(GROUP, [id, name, description, JSON.stringify(kinds), createdAt, updatedAt]),
      ...members.map((channel) => statement(MEMBER, [id, channel])),
    ]),
  ]);
}
