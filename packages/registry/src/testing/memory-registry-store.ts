/** The registry in memory, on a clock turned by hand: for tests and for clusters simulated in one process. */
import type { Clock, ServerId } from '@vaquita/core';
import type { RegistryClient, RegistryStore } from '../registry-store.ts';

export function createMemoryRegistryStore(clock: Pick<Clock, 'now'>): RegistryStore {
  const clients = new Map<ServerId, RegistryClient & { expiresAt: number }>();
  const locks = new Map<string, { clientId: ServerId | null; epoch: number }>();

  function releaseLocks(id: ServerId): void {
    for (const lock of locks.values()) if (lock.clientId === id) lock.clientId = null;
  }

  function buryDead(): void {
    for (const [id, client] of clients) {
      if (client.expiresAt >= clock.now()) continue;
      releaseLocks(id);
      clients.delete(id);
    }
  }

  return {
    async register(client) {
      releaseLocks(client.id);
      clients.set(client.id, { ...client, expiresAt: clock.now() + client.sessionTimeoutMs });
    },
    async beat(id) {
      const client = clients.get(id);
      if (client) client.expiresAt = clock.now() + client.sessionTimeoutMs;
      return client !== undefined;
    },
    async deregister(id) {
      releaseLocks(id);
      clients.delete(id);
    },
    async tryLock(key, id) {
      buryDead();
      const lock = locks.get(key) ?? { clientId: null, epoch: 0 };
      locks.set(key, lock);
      if ((lock.clientId !== null && lock.clientId !== id) || !clients.has(id)) return null;
      lock.clientId = id;
      lock.epoch += 1;
      return lock.epoch;
    },
    async releaseLocks(id) {
      releaseLocks(id);
    },
    async holder(key) {
      const lock = locks.get(key);
      const client = lock?.clientId ? clients.get(lock.clientId) : undefined;
      if (!lock || !client || client.expiresAt < clock.now()) return null;
      return { clientId: client.id, name: client.name, epoch: lock.epoch };
    },
  };
}
