/** The registry's tables in memory, which tell the store's guard who leads, and the model of every change. */
import type { Clock, Epoch } from '@vaquita/core';
import { type ClientId, LEADER_LOCK, type RegistryStore } from '@vaquita/registry';
import { createMemoryRegistryStore } from '@vaquita/registry/testing';
import type { Breakage } from '../breaks/breakage.ts';
import type { RegistryChange, RegistryFact } from '../model/registry-facts.ts';

export interface RegistryWatch {
  /** The store's guard: the epoch of the leader's lock, or that nobody holds it. */
  held(epoch: Epoch | null, client: ClientId | null): void;
  changed(fact: RegistryFact): void;
}

/** More than one change can add. */
const ALL = 100_000;

export function createWatchedRegistry(
  clock: Pick<Clock, 'now'>,
  watch: RegistryWatch,
  breakage: Breakage | undefined,
): RegistryStore {
  let told = 0;
  const memory = createMemoryRegistryStore(clock, {
    lockChanged(lock) {
      breakage?.lockChanged?.(lock);
      if (lock.key === LEADER_LOCK) watch.held(lock.clientId === null ? null : lock.epoch, lock.clientId);
    },
  });
  return witnessed(breakage?.registry?.(memory) ?? memory, (change) => tell(change));

  async function tell(change: RegistryChange): Promise<void> {
    const events = await memory.events.after(told, ALL);
    told = events.at(-1)?.id ?? told;
    watch.changed({ now: clock.now(), change, events });
  }
}

type Tell = (change: RegistryChange) => Promise<void>;

function witnessed({ clients, locks, data, events }: RegistryStore, tell: Tell): RegistryStore {
  return {
    clients: {
      ...clients,
      async register(registration, predecessor = null) {
        await clients.register(registration, predecessor);
        await tell({ verb: 'register', registration, predecessor });
      },
      async resume(registration) {
        const belongings = await clients.resume(registration);
        await tell({ verb: 'resume', registration, resumed: belongings !== null });
        return belongings;
      },
      async beat(pulse) {
        const over = await clients.beat(pulse);
        await tell({ verb: 'beat', pulse, over: over.map(({ id }) => id) });
        return over;
      },
      async leave(actor) {
        await clients.leave(actor);
        await tell({ verb: 'leave', actor });
      },
      async bury(deadAt, limit) {
        const ids = await clients.bury(deadAt, limit);
        await tell({ verb: 'bury', ids });
        return ids;
      },
      async restamp() {
        await clients.restamp();
        await tell({ verb: 'restamp' });
      },
    },
    locks: {
      ...locks,
      async take(actor, key, owner) {
        const claim = await locks.take(actor, key, owner);
        if (claim.taken) await tell({ verb: 'take', actor, key, epoch: claim.epoch });
        return claim;
      },
      async release(actor, key, epoch) {
        const eventId = await locks.release(actor, key, epoch);
        await tell({ verb: 'release', actor, key, released: eventId !== null });
        return eventId;
      },
    },
    data: {
      ...data,
      async put(actor, datum) {
        const stored = await data.put(actor, datum);
        await tell({ verb: 'put', actor, datum });
        return stored;
      },
      async remove(actor, change) {
        const eventId = await data.remove(actor, change);
        await tell({ verb: 'remove', actor, key: change.key, removed: eventId !== null });
        return eventId;
      },
    },
    events: {
      ...events,
      async subscribe(actor, subscription, from) {
        const stands = await events.subscribe(actor, subscription, from);
        await tell({ verb: 'subscribe', actor, subscription, from: stands });
        return stands;
      },
      async purge(retention) {
        const purged = await events.purge(retention);
        await tell({ verb: 'purge', retention, purged });
        return purged;
      },
      async unsubscribe(actor, subscription) {
        await events.unsubscribe(actor, subscription);
        await tell({ verb: 'unsubscribe', actor, subscription });
      },
    },
  };
}
