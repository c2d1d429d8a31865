/** The table of data, and the events of their changes. */
import { AppError } from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlValue, WriteResult } from '@vaquita/store';
import { byKey, childSegment, rangeUnder } from '../keys.ts';
import { type ChangeFacts, refusalOf } from '../refusals.ts';
import type { Actor, ClientId, DataChange, DataEntry, DataKind, DataTable } from '../registry-store.ts';
import { alive } from './texts.ts';

export const DATA_COLUMNS = 'key, value, kind, client_id, version, created_at, updated_at';

export function createSqlData(driver: SqlDriver, now: string): DataTable {
  /** ?1 id, ?2 session, ?3 key, ?4 and ?5 the fence, ?6 the version that must be there. */
  const may = `${alive(now, '?1', '?2')}
    and (?4 is null or exists (select 1 from registry_locks where key = ?4 and epoch = ?5 and client_id = ?1))
    and (?6 is null or ?6 = coalesce((select version from registry_data where key = ?3), 0))`;
  /** The row belongs to nobody, to whom it was, or to somebody dead. */
  const ours = `(registry_data.kind = 'persistent' or registry_data.client_id = ?1 or not exists (
    select 1 from registry_clients as c where c.id = registry_data.client_id and c.expires_at >= ${now}))`;
  const put = `insert into registry_data (${DATA_COLUMNS})
    select ?3, ?7, ?8, case when ?8 = 'ephemeral' then ?1 end, 1, ${now}, ${now} where ${may}
    on conflict (key) do update
      set value = excluded.value, client_id = excluded.client_id, version = registry_data.version + 1, updated_at = excluded.updated_at
      where registry_data.kind = excluded.kind and ${ours}
    returning version`;
  const tellPut = `insert into registry_events (type, key, value, client_id, created_at)
    select case when version = 1 then 'added' else 'updated' end, key, value, ?1, ${now} from registry_data where key = ?3
    returning id`;
  const tellRemoved = `insert into registry_events (type, key, value, client_id, created_at)
    select 'removed', key, value, ?1, ${now} from registry_data where key = ?3 and ${may} and ${ours}
    returning id`;
  const remove = `delete from registry_data where key = ?3 and ${may} and ${ours}`;
  const facts = `select ${alive(now, '?1', '?2')} as alive,
    ?4 is null or exists (select 1 from registry_locks where key = ?4 and epoch = ?5 and client_id = ?1) as fence_holds,
    coalesce((select version from registry_data where key = ?3), 0) as version,
    (select kind from registry_data where key = ?3) as kind,
    (select c.name from registry_data as d join registry_clients as c on c.id = d.client_id
      where d.key = ?3 and d.client_id <> ?1 and c.expires_at >= ${now}) as owner`;
  const range = 'registry_data where key >= ?1 and key < ?2';

  function argsOf(actor: Actor, { key, fence, ifVersion }: DataChange): readonly SqlValue[] {
    return [actor.id, actor.session, key, fence?.key ?? null, fence?.epoch ?? null, ifVersion ?? null];
  }

  async function factsOf(actor: Actor, change: DataChange): Promise<ChangeFacts> {
    const [row] = await driver.query({ sql: facts, args: argsOf(actor, change).slice(0, 5) });
    return {
      alive: row!.alive === 1,
      fenceHolds: row!.fence_holds === 1,
      version: Number(row!.version),
      kind: row!.kind as DataKind | null,
      owner: row!.owner as string | null,
    };
  }

  return {
    async put(actor, datum) {
      const args = argsOf(actor, datum);
      try {
        const [stored, told] = await driver.write([
          { sql: put, args: [...args, datum.value, datum.kind], expectChanges: 1 },
          { sql: tellPut, args: args.slice(0, 3) },
        ]);
        return { version: Number(stored!.rows[0]!.version), eventId: eventId(told)! };
      } catch (thrown) {
        if (!(thrown instanceof AppError) || thrown.code !== 'conflict') throw thrown;
        throw refusalOf(actor, datum, await factsOf(actor, datum));
      }
    },
    async remove(actor, change) {
      const args = argsOf(actor, change);
      const [told] = await driver.write([
        { sql: tellRemoved, args },
        { sql: remove, args },
      ]);
      const id = eventId(told);
      if (id !== null) return id;
      const found = await factsOf(actor, change);
      const isAbsent = found.alive && found.fenceHolds && found.version === 0;
      if (isAbsent && (change.ifVersion ?? 0) === 0) return null;
      throw refusalOf(actor, change, found);
    },
    async get(key) {
      const [row] = await driver.query({ sql: `select ${DATA_COLUMNS} from registry_data where key = ?`, args: [key] });
      return row ? toEntry(row) : undefined;
    },
    async children(path) {
      const rows = await driver.query({ sql: `select key from ${range}`, args: rangeUnder(path) });
      return [...new Set(rows.map((row) => childSegment(path, String(row.key))))].sort();
    },
    async list(path) {
      const [from, before] = rangeUnder(path);
      // One statement, so that the entries and the event are of one moment.
      const rows = await driver.query({
        sql: `select newest.head, d.* from (select coalesce(max(id), 0) as head from registry_events) as newest
          left join (
            select ${DATA_COLUMNS} from registry_data where key = ?3
            union all select ${DATA_COLUMNS} from ${range}
          ) as d on true`,
        args: [from, before, path],
      });
      const entries = rows
        .filter((row) => row.key !== null)
        .map(toEntry)
        .sort(byKey);
      return { entries, eventId: Number(rows[0]!.head) };
    },
  };
}

function eventId(result: WriteResult | undefined): number | null {
  const row = result?.rows[0];
  return row ? Number(row.id) : null;
}

export function toEntry(row: SqlRow): DataEntry {
  return {
    key: String(row.key),
    value: String(row.value),
    kind: row.kind as DataKind,
    clientId: row.client_id as ClientId | null,
    version: Number(row.version),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}
