/** A database file for one test, in a folder that goes with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import type { SqlDriver } from '../ports/driver.ts';

export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'vaquita-store-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes the row that the epoch guard looks at, as the registry would. */
export async function holdLeaderLock(driver: SqlDriver, epoch: number | null): Promise<void> {
  await driver.write([
    {
      sql: `insert into registry_clients (id, name, kind, heartbeat_interval_ms, session_timeout_ms, connection_config,
        last_heartbeat_at, expires_at, created_at) values ('leader', 'test', 'server', 1, 1, '{}', 1, 1, 1) on conflict do nothing`,
      args: [],
    },
    {
      sql: `insert into registry_locks values ('/lock/leader', ?1, 'test', coalesce(?2, 0), 1, 1)
        on conflict (key) do update set client_id = ?1, epoch = coalesce(?2, epoch)`,
      args: [epoch === null ? null : 'leader', epoch],
    },
  ]);
}

/** Does to a database file what foreign keys forbid: as a hand that knows nothing of them, or damage, would. */
export function damageFile(path: string, sql: string): void {
  const db = new Database(path, { timeout: 5_000 });
  try {
    db.exec('PRAGMA foreign_keys = OFF');
    db.exec(sql);
  } finally {
    db.close();
  }
}

/** Makes a migrated database as empty as a new one. Opening a thread for each test would take most of the suite's time. */
export async function clearTables(driver: SqlDriver): Promise<void> {
  const tables = await driver.query({
    sql: "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not in ('schema_migrations', 'driver_writers')",
    args: [],
  });
  await driver.write([
    { sql: 'pragma defer_foreign_keys = on', args: [] },
    ...tables.map(({ name }) => ({ sql: `delete from "${name}"`, args: [] })),
  ]);
}
