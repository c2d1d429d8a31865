/** What an operator sees of the tables. Reads only; the repairs stand beside it. */
import type { SqlDriver, SqlRow } from '@vaquita/store';
import type { ClientState, Finding, FindingKind, LockState, RegistryInspection } from '../inspection.ts';
import { rangeUnder } from '../keys.ts';
import type { ClientId, ClientKind } from '../registry-store.ts';
import type { SqlRegistryOptions } from '../sql-registry-store.ts';
import { DATA_COLUMNS, toEntry } from './data.ts';
import { EVENT_COLUMNS, toEvent } from './events.ts';
import { createRepair } from './repair.ts';
import { DATABASE_NOW } from './texts.ts';

const EXAMPLES = 10;

/** Selects that name what is wrong, as `subject`. */
const WRONG: Readonly<Record<FindingKind, string>> = {
  data_without_client: `select key as subject from registry_data as d where kind = 'ephemeral'
    and not exists (select 1 from registry_clients as c where c.id = d.client_id) order by key`,
  lock_without_client: `select key as subject from registry_locks as l where client_id is not null
    and not exists (select 1 from registry_clients as c where c.id = l.client_id) order by key`,
  cursor_without_client: `select client_id || ' ' || path as subject from registry_subscribers as s
    where not exists (select 1 from registry_clients as c where c.id = s.client_id) order by client_id, path`,
  cursor_ahead: `select client_id || ' ' || path as subject from registry_subscribers
    where last_event_id > (select coalesce(max(id), 0) from registry_events) order by client_id, path`,
  event_gap: `select (before + 1) || '-' || (id - 1) as subject
    from (select id, lag(id) over (order by id) as before from registry_events) where id <> before + 1 order by id`,
};

export function createSqlInspection(
  driver: SqlDriver,
  { now = DATABASE_NOW }: SqlRegistryOptions = {},
): RegistryInspection {
  const clients = `select *, expires_at >= ${now} as online from registry_clients where id > ? order by id limit ?`;
  const locks = `select l.*, c.name as client_name
    from registry_locks as l left join registry_clients as c on c.id = l.client_id where l.key > ? order by l.key limit ?`;
  const atOrUnder = '(key = ?1 or (key >= ?2 and key < ?3))';
  const data = `select ${DATA_COLUMNS} from registry_data where key >= ?1 and key < ?3 and ${atOrUnder} and key > ?4
    order by key limit ?5`;
  const events = `select ${EVENT_COLUMNS} from registry_events where id < ?4 and ${atOrUnder} order by id desc limit ?5`;
  const figures = `select
    (select count(*) from registry_clients) as clients,
    (select count(*) from registry_clients where kind = 'server' and expires_at >= ${now}) as servers,
    (select count(*) from registry_clients where kind = 'worker' and expires_at >= ${now}) as workers,
    (select count(*) from registry_data) as data,
    (select count(*) from registry_locks) as locks,
    (select count(*) from registry_events) as events,
    (select count(*) from registry_subscribers) as subscribers,
    (select coalesce(max(id), 0) from registry_events) as head,
    (select min(last_event_id) from registry_subscribers) as slowest,
    (select ${now} - created_at from registry_events
      where id > (select min(last_event_id) from registry_subscribers) order by id limit 1) as lag_ms`;

  return {
    async clients({ after, limit }) {
      return (await driver.query({ sql: clients, args: [after ?? '', limit] })).map(toClientState);
    },
    async data(path, { after, limit }) {
      const args = [path, ...rangeUnder(path), after ?? '', limit];
      return (await driver.query({ sql: data, args })).map(toEntry);
    },
    async locks({ after, limit }) {
      return (await driver.query({ sql: locks, args: [after ?? '', limit] })).map(toLockState);
    },
    async events(path, { after, limit }) {
      const args = [path, ...rangeUnder(path), after ?? Number.MAX_SAFE_INTEGER, limit];
      return (await driver.query({ sql: events, args })).map(toEvent);
    },
    async figures() {
      const [row] = await driver.query({ sql: figures, args: [] });
      const at = (column: string) => Number(row![column] ?? 0);
      return {
        clients: { server: at('servers'), worker: at('workers') },
        rows: {
          clients: at('clients'),
          data: at('data'),
          locks: at('locks'),
          events: at('events'),
          subscribers: at('subscribers'),
        },
        lagIds: row!.slowest === null ? 0 : Math.max(0, at('head') - at('slowest')),
        lagMs: Math.max(0, at('lag_ms')),
      };
    },
    async findings() {
      const found: Finding[] = [];
      for (const [kind, wrong] of Object.entries(WRONG)) {
        const sql = `select subject, count(*) over () as total from (${wrong}) limit ${EXAMPLES}`;
        const rows = await driver.query({ sql, args: [] });
        if (rows.length === 0) continue;
        const examples = rows.map((row) => String(row.subject));
        found.push({ kind: kind as FindingKind, count: Number(rows[0]!.total), examples });
      }
      return found;
    },
    async repair() {
      await driver.write(createRepair(now));
    },
  };
}

function toClientState(row: SqlRow): ClientState {
  return {
    id: String(row.id) as ClientId,
    name: String(row.name),
    kind: row.kind as ClientKind,
    online: row.online === 1,
    heartbeatIntervalMs: Number(row.heartbeat_interval_ms),
    sessionTimeoutMs: Number(row.session_timeout_ms),
    config: JSON.parse(String(row.connection_config)),
    lastHeartbeatAt: Number(row.last_heartbeat_at),
    expiresAt: Number(row.expires_at),
    createdAt: Number(row.created_at),
  };
}

function toLockState(row: SqlRow): LockState {
  return {
    key: String(row.key),
    clientId: row.client_id as ClientId | null,
    clientName: row.client_name as string | null,
    owner: String(row.owner),
    epoch: Number(row.epoch),
    acquiredAt: Number(row.acquired_at),
  };
}
