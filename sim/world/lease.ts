/** The leader's lock: the real registry client, over a registry in memory that tells the store's guard who leads. */
import type { Clock, Epoch } from '@vaquita/core';
import type { Lease } from '@vaquita/master';
import { type ClientId, LEADER_LOCK, type Lock, type RegistryClient, type RegistryStore } from '@vaquita/registry';
import { createMemoryRegistryStore } from '@vaquita/registry/testing';

export interface LockWatch {
  /** The store's guard: the epoch of the lock while somebody holds it. */
  held(epoch: Epoch | null): void;
  /** Somebody has taken the lock. */
  taken(epoch: Epoch, client: ClientId): void;
}

export function createWatchedRegistry(clock: Pick<Clock, 'now'>, watch: LockWatch): RegistryStore {
  return createMemoryRegistryStore(clock, {
    lockChanged({ key, clientId, epoch }) {
      if (key !== LEADER_LOCK) return;
      watch.held(clientId === null ? null : epoch);
      if (clientId !== null) watch.taken(epoch, clientId);
    },
  });
}

export function leaseOf(client: RegistryClient): Lease {
  let lock: Lock | null = null;
  return {
    async acquire() {
      lock = await client.tryLock(LEADER_LOCK);
      return lock;
    },
    async release() {
      const mine = lock;
      lock = null;
      if (mine && !mine.signal.aborted) await mine.release();
    },
    onLost(lost) {
      client.onConnectionState((state, why) => {
        if (state === 'disconnected' || state === 'closed') lost(why);
      });
    },
  };
}
