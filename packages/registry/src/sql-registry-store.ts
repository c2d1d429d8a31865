/** The registry's tables in the database of the server. Fixed texts; one unit a call. */
import type { SqlDriver } from '@vaquita/store';
import type { RegistryStore } from './registry-store.ts';
import { createSqlClients } from './sql/clients.ts';
import { createSqlData } from './sql/data.ts';
import { createSqlEvents } from './sql/events.ts';
import { createSqlLocks } from './sql/locks.ts';
import { DATABASE_NOW } from './sql/texts.ts';

export interface SqlRegistryOptions {
  /** The database's clock as an SQL expression of epoch milliseconds; a test turns one of its own. */
  readonly now?: string;
}

export function createSqlRegistryStore(
  driver: SqlDriver,
  { now = DATABASE_NOW }: SqlRegistryOptions = {},
): RegistryStore {
  return {
    clients: createSqlClients(driver, now),
    locks: createSqlLocks(driver, now),
    data: createSqlData(driver, now),
    events: createSqlEvents(driver, now),
  };
}
