/** What the registry is kept in while it is tested: each on a clock that the test turns. */
import { join } from 'node:path';
import type { ManualClock } from '@vaquita/core/testing';
import { migrate, openEmbeddedDriver, openRemoteDriver, openThreadDriver, type SqlDriver } from '@vaquita/store';
import { clearTables, damageFile, temporaryFolder } from '@vaquita/store/testing/database-file';
import { startSqld } from '@vaquita/store/testing/sqld';
import type { RegistryStore } from '../registry-store.ts';
import { createSqlRegistryStore } from '../sql-registry-store.ts';
import { createMemoryRegistryStore } from './memory-registry-store.ts';

export interface Backend {
  readonly store: RegistryStore;
  /** Makes the database's clock show what the test's clock will show. */
  turn(now: number): Promise<void>;
  /** The database itself; null where there is none. */
  readonly driver: SqlDriver | null;
  /** Does what foreign keys forbid. */
  damage(sql: string): Promise<void>;
}

/** Opened once for all tests of a file, and emptied for each. */
export interface Database {
  fresh(clock: ManualClock): Promise<Backend>;
  /** Every statement is a journey: tests that ask for very many of them ask for fewer. */
  readonly isFar?: boolean;
  close(): Promise<void>;
}

export const memoryDatabase = async (): Promise<Database> => ({
  fresh: async (clock) => ({
    store: createMemoryRegistryStore(clock),
    turn: async () => {},
    driver: null,
    damage: async () => {},
  }),
  close: async () => {},
});

export async function embeddedDatabase(): Promise<Database> {
  const folder = temporaryFolder();
  const path = join(folder.path, 'test.db');
  const damage = async (sql: string) => damageFile(path, sql);
  return sqlDatabase(await openEmbeddedDriver({ path }), { damage, closed: async () => folder[Symbol.dispose]() });
}

export async function threadDatabase(): Promise<Database> {
  const folder = temporaryFolder();
  const path = join(folder.path, 'test.db');
  const damage = async (sql: string) => damageFile(path, sql);
  return sqlDatabase(await openThreadDriver({ path }), { damage, closed: async () => folder[Symbol.dispose]() });
}

export async function serverDatabase(): Promise<Database> {
  const sqld = await startSqld();
  const driver = await openRemoteDriver({ url: sqld.url });

  async function damage(sql: string): Promise<void> {
    const texts = ['pragma foreign_keys = off', sql];
    const requests = texts.map((text) => ({ type: 'execute', stmt: { sql: text } }));
    const answer = await fetch(`${sqld.url}/v2/pipeline`, { method: 'POST', body: JSON.stringify({ requests }) });
    const { results } = (await answer.json()) as { readonly results: readonly { readonly type: string }[] };
    if (results.some(({ type }) => type === 'error')) throw new Error(JSON.stringify(results));
  }

  return { ...(await sqlDatabase(driver, { damage, closed: () => sqld.close() })), isFar: true };
}

/** The database's clock while it is tested. */
export const TEST_NOW = '(select at from test_clock)';

async function sqlDatabase(
  driver: SqlDriver,
  { damage, closed }: Pick<Backend, 'damage'> & { closed(): Promise<void> },
): Promise<Database> {
  await migrate(driver);
  await driver.write([{ sql: 'create table test_clock (at integer not null)', args: [] }]);
  return {
    async fresh(clock) {
      await clearTables(driver);
      await driver.write([
        // So that the first event has the same id whatever the tests before have done.
        { sql: "delete from sqlite_sequence where name = 'registry_events'", args: [] },
        { sql: 'insert into test_clock values (?)', args: [clock.now()] },
      ]);
      return {
        store: createSqlRegistryStore(driver, { now: TEST_NOW }),
        turn: async (at) => void (await driver.write([{ sql: 'update test_clock set at = ?', args: [at] }])),
        driver,
        damage,
      };
    },
    async close() {
      await driver.close();
      await closed();
    },
  };
}
