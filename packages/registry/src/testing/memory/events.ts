/** The record of changes and its cursors in memory. */
import { sessionExpired } from '../../refusals.ts';
import type { EventTable } from '../../registry-store.ts';
import { acts, cursorKey, type MemoryTables } from './tables.ts';

export function createMemoryEvents(tables: MemoryTables): EventTable {
  const { events, cursors, clients, clock } = tables;

  return {
    async after(id, limit) {
      // Ids follow each other, so the place of an event follows from the first.
      const from = events.length === 0 ? 0 : Math.max(0, id + 1 - events[0]!.id);
      return events.slice(from, from + limit);
    },
    async head() {
      return tables.head;
    },
    async subscribe(actor, { path, name }, from) {
      if (!acts(tables, actor)) throw sessionExpired(actor);
      const key = cursorKey(actor.id, { path, name });
      const stood = cursors.get(key)?.lastEventId ?? tables.head;
      const lastEventId = from === null ? stood : Math.min(from, tables.head);
      cursors.set(key, { clientId: actor.id, path, name, lastEventId, updatedAt: clock.now() });
      return lastEventId;
    },
    async unsubscribe(actor, subscription) {
      if (clients.get(actor.id)?.session === actor.session) cursors.delete(cursorKey(actor.id, subscription));
    },
    async purge({ keepMs, keepAtMostMs }) {
      const isYoung = (at: number, age: number) => Math.abs(clock.now() - at) <= age;
      const firstYoung = (age: number) => events.find(({ at }) => isYoung(at, age))?.id ?? tables.head;
      const slowest = Math.min(tables.head, ...[...cursors.values()].map(({ lastEventId }) => lastEventId));
      const upTo = Math.max(Math.min(firstYoung(keepMs) - 1, slowest), firstYoung(keepAtMostMs) - 1);
      const purged = events.filter(({ id }) => id <= upTo).length;
      events.splice(0, purged);
      return purged;
    },
  };
}
