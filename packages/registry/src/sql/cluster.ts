/** Who the servers are, with one query. */
import type { ServerId } from '@vaquita/core';
import type { SqlDriver } from '@vaquita/store';
import type { ClusterReader, ServerState } from '../cluster.ts';
import { LEADER_LOCK, rangeUnder } from '../keys.ts';
import { parseServerNode, SERVER_NODES } from '../server-node.ts';
import type { SqlRegistryOptions } from '../sql-registry-store.ts';
import { DATABASE_NOW } from './texts.ts';

/** More than anybody has; a bound all the same. */
const MAX_SERVERS = 200;

export function createSqlCluster(driver: SqlDriver, { now = DATABASE_NOW }: SqlRegistryOptions = {}): ClusterReader {
  const servers = `select c.id, d.value, c.expires_at - ${now} as expires_in,
      (select l.epoch from registry_locks as l where l.key = ?3 and l.client_id = c.id) as epoch
    from registry_data as d join registry_clients as c on c.id = d.client_id
    where d.key >= ?1 and d.key < ?2 order by d.key limit ${MAX_SERVERS}`;

  return {
    async servers() {
      const rows = await driver.query({ sql: servers, args: [...rangeUnder(SERVER_NODES), LEADER_LOCK] });
      return rows.flatMap((row): ServerState[] => {
        const node = parseServerNode(String(row.value));
        const expiresInMs = Number(row.expires_in);
        const epoch = row.epoch === null || expiresInMs < 0 ? null : Number(row.epoch);
        return node === undefined ? [] : [{ ...node, id: row.id as ServerId, expiresInMs, epoch }];
      });
    },
    now: async () => Number((await driver.query({ sql: `select ${now} as now`, args: [] }))[0]!.now),
  };
}
