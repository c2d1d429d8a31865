/** The table of locks. The row of a lock stays for ever, because its epoch must only grow (T5). */
import { AppError } from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlStatement, SqlValue } from '@vaquita/store';
import { sessionExpired } from '../refusals.ts';
import type { Actor, ClientId, LockClaim, LockHolder, LockTable } from '../registry-store.ts';
import { alive, LOCK_VALUE } from './texts.ts';

export function createSqlLocks(driver: SqlDriver, now: string): LockTable {
  const add = `insert into registry_locks (key, client_id, owner, epoch, acquired_at, updated_at)
    values (?1, null, '', 0, ${now}, ${now}) on conflict (key) do nothing`;
  const tellTaken = `insert into registry_events (type, key, value, client_id, created_at)
    select case when client_id is null then 'added' else 'updated' end, key,
      json_object('owner', ?4, 'epoch', epoch + 1), ?2, ${now}
    from registry_locks where key = ?1 returning id`;
  const take = `update registry_locks
    set client_id = ?2, owner = ?4, epoch = epoch + 1, acquired_at = ${now}, updated_at = ${now}
    where key = ?1 and ${alive(now, '?2', '?3')} and (client_id is null or client_id = ?2
      or not exists (select 1 from registry_clients as c where c.id = registry_locks.client_id and c.expires_at >= ${now}))
    returning epoch`;
  const held = `key = ?1 and client_id = ?2 and (?4 is null or epoch = ?4)
    and exists (select 1 from registry_clients where id = ?2 and session = ?3)`;
  const tellReleased = `insert into registry_events (type, key, value, client_id, created_at)
    select 'removed', key, ${LOCK_VALUE}, client_id, ${now} from registry_locks where ${held} returning id`;
  const release = `update registry_locks set client_id = null, updated_at = ${now} where ${held}`;
  const look = `select l.client_id, l.owner, l.epoch, c.name, c.expires_at - ${now} as left_ms
    from registry_locks as l join registry_clients as c on c.id = l.client_id where l.key = ? and c.expires_at >= ${now}`;
  const isAlive = `select ${alive(now, '?1', '?2')} as alive`;

  async function holderRow(key: string): Promise<SqlRow | undefined> {
    return (await driver.query({ sql: look, args: [key] }))[0];
  }

  async function refuse(actor: Actor, key: string): Promise<LockClaim> {
    const [row] = await driver.query({ sql: isAlive, args: [actor.id, actor.session] });
    if (Number(row!.alive) === 0) throw sessionExpired(actor);
    return refusal(await holderRow(key));
  }

  return {
    async take(actor, key, owner) {
      // Looking first spares whoever waits a write: most tries find the lock held.
      const before = await holderRow(key);
      if (before && before.client_id !== actor.id) return refusal(before);
      const args: readonly SqlValue[] = [key, actor.id, actor.session, owner];
      const unit: readonly SqlStatement[] = [
        { sql: add, args: [key] },
        { sql: tellTaken, args },
        { sql: take, args, expectChanges: 1 },
      ];
      try {
        const [, told, taken] = await driver.write(unit);
        return { taken: true, epoch: Number(taken!.rows[0]!.epoch), eventId: Number(told!.rows[0]!.id) };
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'conflict') return refuse(actor, key);
        throw thrown;
      }
    },
    async release(actor, key, epoch) {
      const args: readonly SqlValue[] = [key, actor.id, actor.session, epoch];
      const [told] = await driver.write([
        { sql: tellReleased, args },
        { sql: release, args },
      ]);
      const row = told!.rows[0];
      return row ? Number(row.id) : null;
    },
    async holder(key) {
      const row = await holderRow(key);
      return row ? toHolder(row) : null;
    },
  };
}

function refusal(row: SqlRow | undefined): LockClaim {
  if (!row) return { taken: false, holder: null, freeInMs: null };
  return { taken: false, holder: toHolder(row), freeInMs: Number(row.left_ms) + 1 };
}

function toHolder(row: SqlRow): LockHolder {
  return {
    clientId: String(row.client_id) as ClientId,
    name: String(row.name),
    owner: String(row.owner),
    epoch: Number(row.epoch),
  };
}
