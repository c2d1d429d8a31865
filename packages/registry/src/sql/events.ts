/** The record of changes and the cursors of those who read it. */
import type { SqlDriver, SqlRow } from '@vaquita/store';
import { sessionExpired } from '../refusals.ts';
import type { ChangeType, ClientId, EventTable, RegistryEvent } from '../registry-store.ts';
import { alive } from './texts.ts';

export const EVENT_COLUMNS = 'id, type, key, value, client_id, created_at';
const PURGE_AT_ONCE = 1_000;

export function createSqlEvents(driver: SqlDriver, now: string): EventTable {
  const head = 'select coalesce(max(id), 0) as head from registry_events';
  const subscribe = `insert into registry_subscribers (client_id, path, name, last_event_id, updated_at)
    select ?1, ?3, ?4, min(coalesce(?5, newest.head), newest.head), ${now} from (${head}) as newest
    where ${alive(now, '?1', '?2')}
    on conflict (client_id, path, name) do update
      set last_event_id = case when ?5 is null then registry_subscribers.last_event_id else excluded.last_event_id end,
        updated_at = excluded.updated_at
    returning last_event_id`;
  const unsubscribe = `delete from registry_subscribers where client_id = ?1 and path = ?3 and name = ?4
    and exists (select 1 from registry_clients where id = ?1 and session = ?2)`;
  // Events dated later than now are of a clock that was turned back: for as long as they may be young they count as young.
  const firstYoung = (age: string) =>
    `(select id from registry_events where created_at between ${now} - ${age} and ${now} + ${age} order by id limit 1)`;
  const bounds = `select (select max(id) from registry_events) as newest,
    (select min(last_event_id) from registry_subscribers) as slowest, ${firstYoung('?1')} as kept, ${firstYoung('?2')} as kept_at_most`;
  const purge = `delete from registry_events where id in (
    select id from registry_events where id <= ? order by id limit ${PURGE_AT_ONCE})`;

  return {
    async after(id, limit) {
      const sql = `select ${EVENT_COLUMNS} from registry_events where id > ? order by id limit ?`;
      return (await driver.query({ sql, args: [id, limit] })).map(toEvent);
    },
    async head() {
      return Number((await driver.query({ sql: head, args: [] }))[0]!.head);
    },
    async subscribe(actor, { path, name }, from) {
      const args = [actor.id, actor.session, path, name, from];
      const [made] = await driver.write([{ sql: subscribe, args }]);
      const row = made!.rows[0];
      if (!row) throw sessionExpired(actor);
      return Number(row.last_event_id);
    },
    async unsubscribe(actor, { path, name }) {
      await driver.write([{ sql: unsubscribe, args: [actor.id, actor.session, path, name] }]);
    },
    async purge({ keepMs, keepAtMostMs }) {
      const [row] = await driver.query({ sql: bounds, args: [keepMs, keepAtMostMs] });
      const upTo = purgeBound(row!);
      let purged = 0;
      for (let changes = PURGE_AT_ONCE; changes === PURGE_AT_ONCE; purged += changes) {
        changes = (await driver.write([{ sql: purge, args: [upTo] }]))[0]!.changes;
      }
      return purged;
    },
  };
}

/** The last event that may go. Only from the oldest on, so that no gap comes of it (T3), and never the newest. */
function purgeBound(row: SqlRow): number {
  if (row.newest === null) return 0;
  const last = Number(row.newest) - 1;
  const before = (column: string) => (row[column] === null ? last : Number(row[column]) - 1);
  const slowest = row.slowest === null ? last : Number(row.slowest);
  return Math.min(last, Math.max(Math.min(before('kept'), slowest), before('kept_at_most')));
}

export function toEvent(row: SqlRow): RegistryEvent {
  return {
    id: Number(row.id),
    type: row.type as ChangeType,
    key: String(row.key),
    value: String(row.value),
    clientId: row.client_id as ClientId | null,
    at: Number(row.created_at),
  };
}
