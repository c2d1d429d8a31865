/** The registry's tables in the database of the server. Fixed texts; one unit a call. */
import type { ServerId } from '@vaquita/core';
import type { SqlDriver, SqlStatement, SqlValue } from '@vaquita/store';
import type { LockHolder, RegistryClient, RegistryStore } from './registry-store.ts';

/** Milliseconds since the epoch by the database's clock. */
const NOW = `cast(unixepoch('subsec') * 1000 as integer)`;

const DEAD = `select id from registry_clients where expires_at < ${NOW}`;
const RELEASE_OF_DEAD = `update registry_locks set client_id = null, updated_at = ${NOW} where client_id in (${DEAD})`;
const BURY_DEAD = `delete from registry_clients where expires_at < ${NOW}`;
const RELEASE_OF_CLIENT = `update registry_locks set client_id = null, updated_at = ${NOW} where client_id = ?`;
const FORGET_CLIENT = 'delete from registry_clients where id = ?';
const ADD_CLIENT = `insert into registry_clients
  (id, name, kind, heartbeat_interval_ms, session_timeout_ms, connection_config, last_heartbeat_at, expires_at, created_at)
  values (?, ?, ?, ?, ?, '{}', ${NOW}, ${NOW} + ?, ${NOW})`;
const BEAT = `update registry_clients set last_heartbeat_at = ${NOW}, expires_at = ${NOW} + session_timeout_ms where id = ?`;
/** The row of a lock stays for ever, because its epoch must only grow. */
const ADD_LOCK = `insert into registry_locks (key, client_id, owner, epoch, acquired_at, updated_at)
  values (?, null, '', 0, ${NOW}, ${NOW}) on conflict (key) do nothing`;
const TAKE_LOCK = `update registry_locks
  set client_id = ?1, owner = (select name from registry_clients where id = ?1), epoch = epoch + 1, acquired_at = ${NOW}, updated_at = ${NOW}
  where key = ?2 and (client_id is null or client_id = ?1) and exists (select 1 from registry_clients where id = ?1)
  returning epoch`;
const HOLDER = `select l.client_id as client_id, c.name as name, l.epoch as epoch
  from registry_locks l join registry_clients c on c.id = l.client_id
  where l.key = ? and c.expires_at >= ${NOW}`;

export function createSqlRegistryStore(driver: SqlDriver): RegistryStore {
  return {
    async register(client) {
      await driver.write([...forget(client.id), add(client)]);
    },
    async beat(id) {
      const [result] = await driver.write([statement(BEAT, id)]);
      return result!.changes === 1;
    },
    async deregister(id) {
      await driver.write(forget(id));
    },
    async tryLock(key, id) {
      const results = await driver.write([
        statement(RELEASE_OF_DEAD),
        statement(BURY_DEAD),
        statement(ADD_LOCK, key),
        statement(TAKE_LOCK, id, key),
      ]);
      const taken = results.at(-1)!.rows[0];
      return taken ? Number(taken.epoch) : null;
    },
    async releaseLocks(id) {
      await driver.write([statement(RELEASE_OF_CLIENT, id)]);
    },
    async holder(key): Promise<LockHolder | null> {
      const [row] = await driver.query(statement(HOLDER, key));
      if (!row) return null;
      return { clientId: String(row.client_id) as ServerId, name: String(row.name), epoch: Number(row.epoch) };
    },
  };
}

function forget(id: ServerId): SqlStatement[] {
  return [statement(RELEASE_OF_CLIENT, id), statement(FORGET_CLIENT, id)];
}

function add({ id, name, kind, heartbeatIntervalMs, sessionTimeoutMs }: RegistryClient): SqlStatement {
  return statement(ADD_CLIENT, id, name, kind, heartbeatIntervalMs, sessionTimeoutMs, sessionTimeoutMs);
}

function statement(sql: string, ...args: SqlValue[]): SqlStatement {
  return { sql, args };
}
