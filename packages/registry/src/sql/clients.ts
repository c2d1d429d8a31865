/** The table of clients. */
import { AppError } from '@vaquita/core';
import type { SqlDriver, SqlStatement } from '@vaquita/store';
import { idInUse } from '../refusals.ts';
import {
  type Belongings,
  type ClientId,
  type ClientTable,
  LATE_AFTER_INTERVALS,
  type Look,
  type Pulse,
  type Registration,
  SETTLE_MS,
} from '../registry-store.ts';
import { burial } from './texts.ts';

/** What each column of the row is set to, from the parameters of `rowArgs`. */
const ROW: Readonly<Record<string, string>> = {
  id: '?1',
  session: '?2',
  name: '?3',
  kind: '?4',
  heartbeat_interval_ms: '?5',
  session_timeout_ms: '?6',
  connection_config: '?7',
};

function rowArgs({ id, session, name, kind, heartbeatIntervalMs, sessionTimeoutMs, config }: Registration) {
  return [id, session, name, kind, heartbeatIntervalMs, sessionTimeoutMs, JSON.stringify(config)];
}

export function createSqlClients(driver: SqlDriver, now: string): ClientTable {
  const columns = Object.keys(ROW);
  const add = `insert into registry_clients (${columns.join(', ')}, last_heartbeat_at, expires_at, created_at, settled_at)
    select ${Object.values(ROW).join(', ')}, ${now}, ${now} + ?6, ${now}, ${now} + ${SETTLE_MS}
    where not exists (select 1 from registry_clients where id = ?1)`;
  const resume = `update registry_clients
    set ${columns
      .slice(1)
      .map((name) => `${name} = ${ROW[name]}`)
      .join(', ')}, last_heartbeat_at = ${now}, expires_at = ${now} + ?6
    where id = ?1 and kind = ?4 and expires_at >= ${now}`;
  const beat = `update registry_clients
    set last_heartbeat_at = ${now}, expires_at = ${now} + session_timeout_ms,
      settled_at = case when ${now} > last_heartbeat_at + ${LATE_AFTER_INTERVALS} * heartbeat_interval_ms
        then ${now} + ${SETTLE_MS} else settled_at end
    from (select value ->> 0 as id, value ->> 1 as session from json_each(?1)) as beating
    where registry_clients.id = beating.id and registry_clients.session = beating.session and expires_at >= ${now}`;
  const moveCursors = `update registry_subscribers
    set last_event_id = moved.last_event_id, updated_at = ${now}
    from (
      select c.id, value ->> 2 as path, value ->> 3 as name, value ->> 4 as last_event_id
      from json_each(?1) join registry_clients as c on c.id = value ->> 0 and c.session = value ->> 1
    ) as moved
    where registry_subscribers.client_id = moved.id and registry_subscribers.path = moved.path
      and registry_subscribers.name = moved.name`;
  const missing = `select value ->> 0 as id,
      exists (select 1 from registry_clients as r where r.id = value ->> 0 and r.expires_at >= ${now}) as replaced
    from json_each(?1)
    where not exists (
      select 1 from registry_clients as c where c.id = value ->> 0 and c.session = value ->> 1 and c.expires_at >= ${now}
    )`;
  const look = `select ${now} as now,
    (select min(expires_at) from registry_clients) as first_expiry,
    (select max(expires_at) from registry_clients) as last_expiry,
    (select max(settled_at) from registry_clients) as unsettled_until,
    (select min(session_timeout_ms) from registry_clients) as shortest_timeout,
    (select max(session_timeout_ms) from registry_clients) as longest_timeout,
    (select count(*) from registry_clients where kind = 'server') as servers,
    (select coalesce(max(id), 0) from registry_events) as head`;
  const dead = 'select id from registry_clients where expires_at < ? order by expires_at limit ?';
  const stillDead = `select c.id from json_each(?1) join registry_clients as c on c.id = value where c.expires_at < ?2`;
  const restamp = `update registry_clients
    set last_heartbeat_at = ${now}, expires_at = ${now} + session_timeout_ms, settled_at = ${now} + ${SETTLE_MS}
    where expires_at > ${now} + session_timeout_ms
      and expires_at > ${now} + (select min(session_timeout_ms) from registry_clients)`;

  async function belongings(id: ClientId): Promise<Belongings> {
    const [data, locks] = await Promise.all([
      driver.query({ sql: 'select key, value from registry_data where client_id = ?', args: [id] }),
      driver.query({ sql: 'select key, owner, epoch from registry_locks where client_id = ?', args: [id] }),
    ]);
    return {
      data: data.map((row) => ({ key: String(row.key), value: String(row.value) })),
      locks: locks.map((row) => ({ key: String(row.key), owner: String(row.owner), epoch: Number(row.epoch) })),
    };
  }

  return {
    async register(registration, predecessor = null) {
      const { id, kind } = registration;
      const before = 'select id from registry_clients where id in (?1, ?2) and kind = ?3';
      try {
        await driver.write([
          ...burial(now, before, [id, predecessor, kind]),
          { sql: add, args: rowArgs(registration), expectChanges: 1 },
        ]);
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'conflict') throw idInUse(id);
        throw thrown;
      }
    },
    async resume(registration) {
      const [resumed] = await driver.write([{ sql: resume, args: rowArgs(registration) }]);
      return resumed!.changes === 0 ? null : belongings(registration.id);
    },
    async beat({ actors, cursors }: Pulse) {
      const beating = JSON.stringify(actors.map(({ id, session }) => [id, session]));
      const moved = cursors.map((c) => [c.actor.id, c.actor.session, c.path, c.name, c.lastEventId]);
      const unit: SqlStatement[] = [];
      if (actors.length > 0) unit.push({ sql: beat, args: [beating] });
      if (cursors.length > 0) unit.push({ sql: moveCursors, args: [JSON.stringify(moved)] });
      const [beaten] = await driver.write(unit);
      if (actors.length === 0 || beaten!.changes === actors.length) return [];
      const over = await driver.query({ sql: missing, args: [beating] });
      return over.map((row) => ({ id: String(row.id) as ClientId, replaced: row.replaced === 1 }));
    },
    async leave({ id, session }) {
      await driver.write(burial(now, 'select id from registry_clients where id = ?1 and session = ?2', [id, session]));
    },
    async look(): Promise<Look> {
      const [row] = await driver.query({ sql: look, args: [] });
      const moment = (column: string) => (row![column] === null ? null : Number(row![column]));
      return {
        now: Number(row!.now),
        firstExpiry: moment('first_expiry'),
        lastExpiry: moment('last_expiry'),
        unsettledUntil: moment('unsettled_until'),
        shortestTimeoutMs: moment('shortest_timeout'),
        longestTimeoutMs: moment('longest_timeout'),
        servers: Number(row!.servers),
        head: Number(row!.head),
      };
    },
    async bury(deadAt, limit) {
      const ids = (await driver.query({ sql: dead, args: [deadAt, limit] })).map((row) => String(row.id) as ClientId);
      // Who beats between the two has come too late (T1); but the clock may have been turned back for it.
      if (ids.length > 0) await driver.write(burial(now, stillDead, [JSON.stringify(ids), deadAt]));
      return ids;
    },
    async restamp() {
      await driver.write([{ sql: restamp, args: [] }]);
    },
  };
}
