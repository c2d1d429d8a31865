/** What a process of its own brings along when it stands in for a server: real time, real chance, a real database. */
import { type Clock, createIdSource, type ServerId } from '@vaquita/core';
import { openEmbeddedDriver, openRemoteDriver, type SqlDriver } from '@vaquita/store';
import { createRegistryServer } from '../server/registry-server.ts';
import { createSqlRegistryStore } from '../sql-registry-store.ts';

const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
};

const CHANCE = { next: Math.random, bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };

/** @param database `http://…`, else the path of a file. */
export function openDatabase(database: string): Promise<SqlDriver> {
  return database.startsWith('http') ? openRemoteDriver({ url: database }) : openEmbeddedDriver({ path: database });
}

/** A server part on a real clock, and one client of it. */
export async function joinRegistry(driver: SqlDriver, id: string, sessionTimeoutMs: number) {
  const store = createSqlRegistryStore(driver);
  const ids = createIdSource(SYSTEM_CLOCK, CHANCE);
  const registry = createRegistryServer({ store, clock: SYSTEM_CLOCK, ids, log: { info() {}, warn() {} } });
  await registry.start();
  const client = await registry.connect({
    id: id as ServerId,
    name: id,
    kind: 'server',
    heartbeatIntervalMs: sessionTimeoutMs / 5,
    sessionTimeoutMs,
  });
  return { store, registry, client };
}
