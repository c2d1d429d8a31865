/** The registry in memory, on a clock turned by hand: for tests and for clusters simulated in one process. */
import type { Clock } from '@vaquita/core';
import type { RegistryStore } from '../registry-store.ts';
import { createMemoryClients } from './memory/clients.ts';
import { createMemoryData } from './memory/data.ts';
import { createMemoryEvents } from './memory/events.ts';
import { createMemoryLocks } from './memory/locks.ts';
import { createTables, type LockRow } from './memory/tables.ts';

export interface MemoryRegistryOptions {
  /** Hears of each change of who holds a lock, before whoever made it. */
  readonly lockChanged?: (lock: Readonly<LockRow>) => void;
}

export function createMemoryRegistryStore(
  clock: Pick<Clock, 'now'>,
  { lockChanged = () => {} }: MemoryRegistryOptions = {},
): RegistryStore {
  const tables = createTables(clock, lockChanged);
  return {
    clients: createMemoryClients(tables),
    locks: createMemoryLocks(tables),
    data: createMemoryData(tables),
    events: createMemoryEvents(tables),
  };
}
