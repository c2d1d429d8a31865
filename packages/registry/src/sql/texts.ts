/** SQL that several parts of the registry share: the database's clock, who is alive, what goes with a client. */
import type { SqlStatement, SqlValue } from '@vaquita/store';

/** Milliseconds since the epoch by the database's clock. */
export const DATABASE_NOW = `cast(unixepoch('subsec') * 1000 as integer)`;

/** What the events of a lock carry. */
export const LOCK_VALUE = `json_object('owner', owner, 'epoch', epoch)`;

/** T1, T2: true while the client acts in its present session. */
export function alive(now: string, id: string, session: string): string {
  return `exists (select 1 from registry_clients where id = ${id} and session = ${session} and expires_at >= ${now})`;
}

/** T4 as statements. @param gone a select of ids, over `args`; it finds the same until the last statement has run. */
export function burial(now: string, gone: string, args: readonly SqlValue[]): readonly SqlStatement[] {
  const event = 'insert into registry_events (type, key, value, client_id, created_at)';
  return [
    `${event} select 'removed', key, value, client_id, ${now} from registry_data where client_id in (${gone}) order by key`,
    `delete from registry_data where client_id in (${gone})`,
    `${event} select 'removed', key, ${LOCK_VALUE}, client_id, ${now} from registry_locks where client_id in (${gone}) order by key`,
    `update registry_locks set client_id = null, updated_at = ${now} where client_id in (${gone})`,
    `delete from registry_subscribers where client_id in (${gone})`,
    `delete from registry_clients where id in (${gone})`,
  ].map((sql) => ({ sql, args }));
}
