/**
 * Tells of servers that are gone without having said so. Every server hears of it, whoever leads: what it hears while it
 * follows, or in the last moments of a term, it keeps for the term that it may get, because the leader may be the one that
 * is lost.
 *
 * V1 A loss is recorded at least once as long as one who heard of it comes to lead in time, and at most once: the alert
 *    has the id that follows from it.
 */
import type { Clock, Epoch } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import { commitOf } from '../recovery/commit-of.ts';
import { failover, type LostServer, serverLost } from './cluster-alerts.ts';

export interface LossMemory {
  add(loss: LostServer): void;
  /** Those that may not have been told. */
  recent(): readonly LostServer[];
}

/** For so long a loss is kept for the next leader, in milliseconds, and how many at most. */
const KEEP_MS = 600_000;
const KEEP_AT_MOST = 100;

export function rememberLosses(clock: Pick<Clock, 'now'>): LossMemory {
  let losses: { readonly loss: LostServer; readonly heardAt: number }[] = [];
  return {
    add(loss) {
      losses = [...losses.slice(1 - KEEP_AT_MOST), { loss, heardAt: clock.now() }];
    },
    recent() {
      losses = losses.filter(({ heardAt }) => heardAt > clock.now() - KEEP_MS);
      return losses.map(({ loss }) => loss);
    },
  };
}

export interface LossTellerDeps {
  readonly store: Pick<MasterStore, 'noteLostServer' | 'commit'>;
  readonly epoch: Epoch;
  readonly clock: Pick<Clock, 'now'>;
  /** This server, as people know it. */
  readonly server: string;
  /** Open runs that this term has taken over so far. */
  readonly taken: () => number;
  /** An event has been written. */
  readonly told: () => void;
}

/** A term that is older has not begun because of a loss that is heard of now, in milliseconds. */
const FAILOVER_MS = 60_000;

export function createLossTeller(deps: LossTellerDeps): (loss: LostServer) => Promise<void> {
  const { store, epoch, clock } = deps;
  const begunAt = clock.now();
  return async (loss) => {
    const { event, alert } = serverLost(loss);
    await store.noteLostServer(epoch, event, alert);
    deps.told();
    const taken = deps.taken();
    if (!loss.led || taken === 0 || clock.now() - begunAt > FAILOVER_MS) return;
    await store.commit(epoch, commitOf({ newAlerts: [failover(loss, deps.server, taken)] }));
  };
}
