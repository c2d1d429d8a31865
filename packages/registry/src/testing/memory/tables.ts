/** The registry's tables in memory, and the steps that several parts of it take. */
import type { Clock } from '@vaquita/core';
import { byKey } from '../../keys.ts';
import type {
  Actor,
  ChangeType,
  ClientId,
  DataEntry,
  Registration,
  RegistryEvent,
  SubscriptionKey,
} from '../../registry-store.ts';

export interface ClientRow extends Registration {
  lastHeartbeatAt: number;
  settledAt: number;
  readonly createdAt: number;
}

export interface LockRow {
  readonly key: string;
  clientId: ClientId | null;
  owner: string;
  epoch: number;
  acquiredAt: number;
}

export interface CursorRow extends SubscriptionKey {
  readonly clientId: ClientId;
  lastEventId: number;
  updatedAt: number;
}

export interface MemoryTables {
  readonly clock: Pick<Clock, 'now'>;
  readonly clients: Map<ClientId, ClientRow>;
  readonly data: Map<string, DataEntry>;
  readonly locks: Map<string, LockRow>;
  readonly events: RegistryEvent[];
  readonly cursors: Map<string, CursorRow>;
  head: number;
  /** Called after each change of who holds a lock. */
  lockChanged(lock: LockRow): void;
}

export function createTables(clock: Pick<Clock, 'now'>, lockChanged: (lock: LockRow) => void): MemoryTables {
  return {
    clock,
    clients: new Map(),
    data: new Map(),
    locks: new Map(),
    events: [],
    cursors: new Map(),
    head: 0,
    lockChanged,
  };
}

export function expiresAt(row: ClientRow): number {
  return row.lastHeartbeatAt + row.sessionTimeoutMs;
}

export function isLive({ clients, clock }: MemoryTables, id: ClientId | null): boolean {
  const row = id === null ? undefined : clients.get(id);
  return row !== undefined && expiresAt(row) >= clock.now();
}

export function acts(tables: MemoryTables, { id, session }: Actor): boolean {
  return isLive(tables, id) && tables.clients.get(id)?.session === session;
}

export function tell(
  tables: MemoryTables,
  type: ChangeType,
  { key, value }: { key: string; value: string },
  by: ClientId | null,
) {
  tables.head += 1;
  tables.events.push({ id: tables.head, type, key, value, clientId: by, at: tables.clock.now() });
  return tables.head;
}

export function lockValue({ owner, epoch }: Pick<LockRow, 'owner' | 'epoch'>): string {
  return JSON.stringify({ owner, epoch });
}

export function cursorKey(id: ClientId, { path, name }: SubscriptionKey): string {
  return JSON.stringify([id, path, name]);
}

/** T4 */
export function bury(tables: MemoryTables, gone: readonly ClientId[]): void {
  const ids: ReadonlySet<ClientId | null> = new Set(gone);
  const isGone = (id: ClientId | null) => ids.has(id);
  for (const entry of [...tables.data.values()].filter((one) => isGone(one.clientId)).sort(byKey)) {
    tell(tables, 'removed', entry, entry.clientId);
    tables.data.delete(entry.key);
  }
  for (const lock of [...tables.locks.values()].filter((one) => isGone(one.clientId)).sort(byKey)) {
    tell(tables, 'removed', { key: lock.key, value: lockValue(lock) }, lock.clientId);
    lock.clientId = null;
    tables.lockChanged(lock);
  }
  for (const [key, cursor] of tables.cursors) if (isGone(cursor.clientId)) tables.cursors.delete(key);
  for (const id of gone) tables.clients.delete(id);
}
