/** The leader's lock in the registry, as the lease that the master asks for. */
import type { Leadership } from '@vaquita/api';
import type { Lease } from '@vaquita/master';
import { LEADER_LOCK, type Lock, type RegistryClient } from '@vaquita/registry';

export interface LeaderLease extends Lease {
  /** What this server knows of who leads; refreshed at each attempt to take the lease. */
  leadership(): Leadership;
}

export function createLeaderLease(client: RegistryClient): LeaderLease {
  let known: Leadership = { role: 'follower', leaderName: null, epoch: 0 };
  let lock: Lock | null = null;

  function forget(): void {
    known = { role: 'follower', leaderName: null, epoch: known.epoch };
  }

  return {
    leadership: () => known,
    async acquire() {
      lock = await client.tryLock(LEADER_LOCK);
      if (lock) {
        known = { role: 'leader', leaderName: client.name, epoch: lock.epoch };
        return { epoch: lock.epoch };
      }
      const holder = await client.lockHolder(LEADER_LOCK);
      known = { role: 'follower', leaderName: holder?.name ?? null, epoch: holder?.epoch ?? known.epoch };
      return null;
    },
    async release() {
      forget();
      const mine = lock;
      lock = null;
      if (mine && !mine.signal.aborted) await mine.release();
    },
    onLost(lost) {
      client.onConnectionState((state, why) => {
        if (state !== 'disconnected' && state !== 'closed') return;
        forget();
        lost(why);
      });
    },
  };
}
