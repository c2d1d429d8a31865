/** Locks in memory. */
import { sessionExpired } from '../../refusals.ts';
import type { LockHolder, LockTable } from '../../registry-store.ts';
import { acts, expiresAt, isLive, type LockRow, lockValue, type MemoryTables, tell } from './tables.ts';

export function createMemoryLocks(tables: MemoryTables): LockTable {
  const { locks, clients, clock } = tables;

  function holderOf(lock: LockRow | undefined): LockHolder | null {
    if (!lock || !isLive(tables, lock.clientId)) return null;
    const { id, name } = clients.get(lock.clientId!)!;
    return { clientId: id, name, owner: lock.owner, epoch: lock.epoch };
  }

  return {
    async take(actor, key, owner) {
      const now = clock.now();
      const lock = locks.get(key) ?? { key, clientId: null, owner: '', epoch: 0, acquiredAt: now };
      const holder = holderOf(lock);
      if (holder && holder.clientId !== actor.id) {
        return { taken: false, holder, freeInMs: expiresAt(clients.get(holder.clientId)!) - now + 1 };
      }
      if (!acts(tables, actor)) throw sessionExpired(actor);
      const type = lock.clientId === null ? 'added' : 'updated';
      lock.clientId = actor.id;
      lock.owner = owner;
      lock.epoch += 1;
      lock.acquiredAt = now;
      locks.set(key, lock);
      tables.lockChanged(lock);
      return { taken: true, epoch: lock.epoch, eventId: tell(tables, type, { key, value: lockValue(lock) }, actor.id) };
    },
    async release(actor, key, epoch) {
      const lock = locks.get(key);
      if (!lock || lock.clientId !== actor.id || clients.get(actor.id)?.session !== actor.session) return null;
      if (epoch !== null && lock.epoch !== epoch) return null;
      lock.clientId = null;
      tables.lockChanged(lock);
      return tell(tables, 'removed', { key, value: lockValue(lock) }, actor.id);
    },
    async holder(key) {
      return holderOf(locks.get(key));
    },
  };
}
