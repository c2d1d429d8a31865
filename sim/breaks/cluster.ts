/** Known defects of leadership and of the registry. */
import type { Breakage } from './breakage.ts';
import { everyNth } from './tools.ts';

export const CLUSTER_BREAKAGES: readonly (() => Breakage)[] = [
  () => ({
    name: 'kept-lease',
    what: 'A leader does not hear that it must let go of its lease.',
    lease: (lease) => ({ ...lease, onLost() {} }),
  }),
  () => ({
    name: 'epoch-again',
    what: 'A lock whose holder is gone begins the same term again.',
    lockChanged(lock) {
      if (lock.clientId === null) lock.epoch -= 1;
    },
  }),
  () => {
    const due = everyNth(5);
    return {
      name: 'two-holders',
      what: 'Every fifth claim of a lock that somebody holds is granted, in the term of who holds it.',
      registryPort: (store) => ({
        ...store,
        locks: {
          ...store.locks,
          async take(actor, key, owner) {
            const claim = await store.locks.take(actor, key, owner);
            if (claim.taken || claim.holder === null || !due()) return claim;
            return { taken: true, epoch: claim.holder.epoch, eventId: 0 };
          },
        },
      }),
    };
  },
  () => ({
    name: 'buried-alive',
    what: 'Clients are buried five seconds before their session timeout is over.',
    registry: (store) => ({
      ...store,
      clients: { ...store.clients, bury: (deadAt, limit) => store.clients.bury(deadAt + 5_000, limit) },
    }),
    registryPort: (store) => ({
      ...store,
      clients: {
        ...store.clients,
        look: async () => {
          const look = await store.clients.look();
          return { ...look, firstExpiry: look.firstExpiry && look.firstExpiry - 5_000 };
        },
      },
    }),
  }),
  () => ({
    name: 'no-burial',
    what: 'Clients that are dead are not buried.',
    registryPort: (store) => ({ ...store, clients: { ...store.clients, bury: async () => [] } }),
  }),
  () => ({
    name: 'no-farewell',
    what: 'A server that is shut down does not leave the registry.',
    registryPort: (store) => ({ ...store, clients: { ...store.clients, leave: async () => {} } }),
  }),
  () => {
    const due = everyNth(10);
    return {
      name: 'lost-news',
      what: 'Every tenth page of the changes in the registry lacks its first.',
      registryPort: (store) => ({
        ...store,
        events: {
          ...store.events,
          after: async (id, limit) => (await store.events.after(id, limit)).slice(due() ? 1 : 0),
        },
      }),
    };
  },
  () => ({
    name: 'hasty-cursor',
    what: 'A cursor is written down one change ahead of what its listener has dealt with.',
    registryPort: (store) => ({
      ...store,
      clients: {
        ...store.clients,
        beat: ({ actors, cursors }) =>
          store.clients.beat({
            actors,
            cursors: cursors.map((cursor) => ({ ...cursor, lastEventId: cursor.lastEventId + 1 })),
          }),
      },
    }),
  }),
  () => ({
    name: 'unfenced-data',
    what: 'Data that are changed under a lock are changed without it.',
    registryPort: (store) => ({
      ...store,
      data: { ...store.data, put: (actor, { fence: _fence, ...datum }) => store.data.put(actor, datum) },
    }),
  }),
];
