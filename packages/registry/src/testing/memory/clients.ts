/** Clients in memory. */
import { idInUse } from '../../refusals.ts';
import {
  type ClientId,
  type ClientTable,
  LATE_AFTER_INTERVALS,
  type Registration,
  SETTLE_MS,
  type SessionOver,
} from '../../registry-store.ts';
import { acts, bury, cursorKey, expiresAt, isLive, type MemoryTables } from './tables.ts';

export function createMemoryClients(tables: MemoryTables): ClientTable {
  const { clients, clock } = tables;

  function add(registration: Registration): void {
    const now = clock.now();
    const row = { ...registration, lastHeartbeatAt: now, settledAt: now + SETTLE_MS, createdAt: now };
    clients.set(registration.id, row);
  }

  const least = (numbers: readonly number[]) => (numbers.length === 0 ? null : Math.min(...numbers));
  const most = (numbers: readonly number[]) => (numbers.length === 0 ? null : Math.max(...numbers));

  return {
    async register(registration, predecessor = null) {
      const { id, kind } = registration;
      const present = clients.get(id);
      if (present && present.kind !== kind) throw idInUse(id);
      const before = [...clients.values()].filter((one) => [id, predecessor].includes(one.id) && one.kind === kind);
      bury(
        tables,
        before.map((one) => one.id),
      );
      add(registration);
    },
    async resume(registration) {
      const row = clients.get(registration.id);
      if (!row || row.kind !== registration.kind || !isLive(tables, row.id)) return null;
      clients.set(row.id, { ...row, ...registration, lastHeartbeatAt: clock.now() });
      const belongs = (one: { readonly clientId: ClientId | null }) => one.clientId === row.id;
      return {
        data: [...tables.data.values()].filter(belongs).map(({ key, value }) => ({ key, value })),
        locks: [...tables.locks.values()].filter(belongs).map(({ key, owner, epoch }) => ({ key, owner, epoch })),
      };
    },
    async beat({ actors, cursors }) {
      const now = clock.now();
      const over: SessionOver[] = [];
      for (const actor of actors) {
        const row = clients.get(actor.id);
        if (!row || !acts(tables, actor)) {
          over.push({ id: actor.id, replaced: isLive(tables, actor.id) });
          continue;
        }
        if (now > row.lastHeartbeatAt + LATE_AFTER_INTERVALS * row.heartbeatIntervalMs) row.settledAt = now + SETTLE_MS;
        row.lastHeartbeatAt = now;
      }
      for (const { actor, lastEventId, ...subscription } of cursors) {
        const row = tables.cursors.get(cursorKey(actor.id, subscription));
        if (!row || clients.get(actor.id)?.session !== actor.session) continue;
        row.lastEventId = lastEventId;
        row.updatedAt = now;
      }
      return over;
    },
    async leave({ id, session }) {
      if (clients.get(id)?.session === session) bury(tables, [id]);
    },
    async look() {
      const rows = [...clients.values()];
      const expiries = rows.map(expiresAt);
      const timeouts = rows.map((row) => row.sessionTimeoutMs);
      return {
        now: clock.now(),
        firstExpiry: least(expiries),
        lastExpiry: most(expiries),
        unsettledUntil: most(rows.map((row) => row.settledAt)),
        shortestTimeoutMs: least(timeouts),
        longestTimeoutMs: most(timeouts),
        servers: rows.filter((row) => row.kind === 'server').length,
        head: tables.head,
      };
    },
    async bury(deadAt, limit) {
      const dead = [...clients.values()].filter((row) => expiresAt(row) < deadAt);
      const ids = dead
        .sort((a, b) => expiresAt(a) - expiresAt(b))
        .slice(0, limit)
        .map(({ id }) => id);
      bury(tables, ids);
      return ids;
    },
    async restamp() {
      const now = clock.now();
      for (const row of clients.values()) {
        if (row.lastHeartbeatAt <= now) continue;
        row.lastHeartbeatAt = now;
        row.settledAt = now + SETTLE_MS;
      }
    },
  };
}
