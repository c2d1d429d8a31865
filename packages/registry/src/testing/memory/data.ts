/** Data in memory. */
import { byKey, childSegment, isAtOrUnder, isUnder } from '../../keys.ts';
import { type ChangeFacts, refusalOf } from '../../refusals.ts';
import type { Actor, DataChange, DataEntry, DataTable, NewDatum } from '../../registry-store.ts';
import { acts, isLive, type MemoryTables, tell } from './tables.ts';

export function createMemoryData(tables: MemoryTables): DataTable {
  const { data, locks, clients, clock } = tables;

  function factsOf(actor: Actor, { key, fence }: DataChange): ChangeFacts {
    const entry = data.get(key);
    const lock = fence && locks.get(fence.key);
    const isOthers = entry && entry.clientId !== actor.id && isLive(tables, entry.clientId);
    return {
      alive: acts(tables, actor),
      fenceHolds: fence === undefined || (lock?.epoch === fence.epoch && lock.clientId === actor.id),
      version: entry?.version ?? 0,
      kind: entry?.kind ?? null,
      owner: isOthers ? clients.get(entry.clientId!)!.name : null,
    };
  }

  /** @throws AppError unless the change may be made. */
  function check(actor: Actor, change: DataChange | NewDatum): DataEntry | undefined {
    const facts = factsOf(actor, change);
    const isFit = change.ifVersion === undefined || change.ifVersion === facts.version;
    const isKind = facts.kind === null || !('kind' in change) || change.kind === facts.kind;
    if (facts.alive && facts.fenceHolds && isFit && isKind && facts.owner === null) return data.get(change.key);
    throw refusalOf(actor, change, facts);
  }

  return {
    async put(actor, datum) {
      const before = check(actor, datum);
      const { key, value, kind } = datum;
      const now = clock.now();
      const entry: DataEntry = {
        key,
        value,
        kind,
        clientId: kind === 'ephemeral' ? actor.id : null,
        version: (before?.version ?? 0) + 1,
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
      };
      data.set(key, entry);
      return { version: entry.version, eventId: tell(tables, before ? 'updated' : 'added', entry, actor.id) };
    },
    async remove(actor, change) {
      const before = check(actor, change);
      if (!before) return null;
      data.delete(change.key);
      return tell(tables, 'removed', before, actor.id);
    },
    async get(key) {
      return data.get(key);
    },
    async children(path) {
      const keys = [...data.keys()].filter((key) => isUnder(path, key));
      return [...new Set(keys.map((key) => childSegment(path, key)))].sort();
    },
    async list(path) {
      const entries = [...data.values()].filter(({ key }) => isAtOrUnder(path, key)).sort(byKey);
      return { entries, eventId: tables.head };
    },
  };
}
