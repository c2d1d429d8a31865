/** The leader's lock of the registry session, as the lease that the master asks for. */
import type { Leadership } from '@vaquita/api';
import type { Lease } from '@vaquita/master';
import { LEADER_LOCK, type ServerSession } from '@vaquita/registry';

export interface LeaderLease extends Lease {
  /** What this server knows of who leads; refreshed at each attempt to take the lease. */
  leadership(): Leadership;
}

export function createLeaderLease(session: ServerSession): LeaderLease {
  let known: Leadership = { role: 'follower', leaderName: null, epoch: 0 };

  function forget(): void {
    known = { role: 'follower', leaderName: null, epoch: known.epoch };
  }

  return {
    leadership: () => known,
    async acquire() {
      const won = await session.tryLock(LEADER_LOCK);
      if (won) {
        known = { role: 'leader', leaderName: session.name, epoch: won.epoch };
        return won;
      }
      const holder = await session.holder(LEADER_LOCK);
      known = { role: 'follower', leaderName: holder?.name ?? null, epoch: holder?.epoch ?? known.epoch };
      return null;
    },
    async release() {
      forget();
      await session.release();
    },
    onLost(lost) {
      session.onState((state, why) => {
        if (state !== 'disconnected' && state !== 'closed') return;
        forget();
        lost(why);
      });
    },
  };
}
