/** The leader's lock in the registry, as the lease that the master asks for; and what is known of whoever holds it. */
import type { Leadership } from '@vaquita/api';
import type { Lease } from '@vaquita/master';
import { socketUrl } from '@vaquita/protocol';
import { LEADER_LOCK, type Lock, parseServerNode, type RegistryClient, serverNodeKey } from '@vaquita/registry';

export interface LeaderLease extends Lease {
  /** What this server knows of who leads; refreshed at each attempt to take the lease. */
  leadership(): Leadership;
  /** The server that was last seen to lead, besides this one. */
  otherLeader(): string | null;
}

const NOBODY = { role: 'follower', leaderName: null, leaderUrl: null } as const;

/** @param changed this server has taken the lease or given it back; awaited, so that others may know before it is gone. */
export function createLeaderLease(client: RegistryClient, changed: () => Promise<void>): LeaderLease {
  let known: Leadership = { ...NOBODY, epoch: 0 };
  let lock: Lock | null = null;
  let other: string | null = null;

  function forget(): void {
    known = { ...NOBODY, epoch: known.epoch };
  }

  /** Where a server is does not change while it lives: it is asked for once a term. */
  async function urlOf(id: string, epoch: number): Promise<string | null> {
    if (known.epoch === epoch && known.leaderUrl !== null) return known.leaderUrl;
    const value = await client.get(serverNodeKey(id)).catch(() => '');
    return parseServerNode(value)?.url ?? null;
  }

  async function lookWhoLeads(): Promise<void> {
    const holder = await client.lockHolder(LEADER_LOCK);
    if (holder === null) return forget();
    const { name, epoch, clientId } = holder;
    other = clientId;
    known = { role: 'follower', leaderName: name, leaderUrl: await urlOf(clientId, epoch), epoch };
  }

  return {
    leadership: () => known,
    otherLeader: () => other,
    async acquire() {
      lock = await client.tryLock(LEADER_LOCK);
      if (lock === null) {
        await lookWhoLeads();
        return null;
      }
      known = { role: 'leader', leaderName: client.name, leaderUrl: null, epoch: lock.epoch };
      void changed();
      return { epoch: lock.epoch };
    },
    async release() {
      forget();
      const mine = lock;
      lock = null;
      if (!mine || mine.signal.aborted) return;
      await mine.release();
      await changed();
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

/** For readiness. */
export function leaderKnown({ role, leaderName, epoch }: Leadership) {
  if (leaderName === null) return { ok: false, detail: 'nobody leads yet' };
  return { ok: true, detail: `${role === 'leader' ? 'this server' : leaderName} leads, epoch ${epoch}` };
}

/** Where workers are sent. */
export function leaderSocket({ leaderUrl }: Leadership): string | null {
  return leaderUrl === null ? null : (socketUrl(leaderUrl) ?? null);
}
