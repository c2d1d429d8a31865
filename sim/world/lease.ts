/** The leader's lock: the real registry session, over a registry in memory that tells the store's guard who leads. */
import type { Epoch, ServerId } from '@vaquita/core';
import type { Lease } from '@vaquita/master';
import { LEADER_LOCK, type RegistryStore, type ServerSession } from '@vaquita/registry';

export interface LockWatch {
  /** The store's guard: the epoch of the lock while somebody holds it. */
  held(epoch: Epoch | null): void;
  /** Somebody has taken the lock. */
  taken(epoch: Epoch, client: ServerId): void;
}

export function watchLock(registry: RegistryStore, watch: LockWatch): RegistryStore {
  let holder: ServerId | null = null;

  function freed(id: ServerId): void {
    if (holder !== id) return;
    holder = null;
    watch.held(null);
  }

  return {
    async register(client) {
      await registry.register(client);
      freed(client.id);
    },
    beat: (id) => registry.beat(id),
    async deregister(id) {
      await registry.deregister(id);
      freed(id);
    },
    async tryLock(key, id) {
      const epoch = await registry.tryLock(key, id);
      if (epoch !== null) {
        holder = id;
        watch.held(epoch);
        watch.taken(epoch, id);
      }
      return epoch;
    },
    async releaseLocks(id) {
      await registry.releaseLocks(id);
      freed(id);
    },
    holder: (key) => registry.holder(key),
  };
}

export function leaseOf(session: ServerSession): Lease {
  return {
    acquire: () => session.tryLock(LEADER_LOCK),
    release: () => session.release(),
    onLost(lost) {
      session.onState((state, why) => {
        if (state === 'disconnected' || state === 'closed') lost(why);
      });
    },
  };
}
