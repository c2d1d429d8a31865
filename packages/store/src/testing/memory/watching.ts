/** Who looks for triggers of the kind `file`, and the things they know, in memory. */
import { AppError, type TriggerId, type TriggerThingRow, type TriggerWatcherRow } from '@vaquita/core';
import type { WatchQueue, WatchReader } from '../../ports/watching.ts';
import { checkEpoch } from './master.ts';
import { compare, type Memory, type Transaction } from './tables.ts';
import { asRead, firingRowKey, TRIGGER_CHANGED } from './trigger-rows.ts';
import { fireOnce } from './triggers.ts';

const watcherKey = (id: TriggerId, watcher: string) => `${id} ${watcher}`;
const thingRowKey = (id: TriggerId, key: string) => `${id} ${key}`;

export function createMemoryWatchReader({ tables: { watchers, things } }: Memory): WatchReader {
  return {
    async watchers(ids) {
      return [...watchers.values()]
        .filter(({ triggerId }) => ids.includes(triggerId))
        .sort((a, b) => compare(a.triggerId, b.triggerId) || a.number - b.number);
    },
    async known(id, keys) {
      return keys.flatMap((key) => things.get(thingRowKey(id, key)) ?? []);
    },
    async knownCounts(ids, most) {
      const counts = new Map<TriggerId, number>();
      for (const { triggerId } of things.values()) {
        if (ids.includes(triggerId)) counts.set(triggerId, Math.min(most, (counts.get(triggerId) ?? 0) + 1));
      }
      return counts;
    },
  };
}

export function createMemoryWatchQueue(memory: Memory): WatchQueue {
  const { tables, unit } = memory;
  const { watchers, known } = createMemoryWatchReader(memory);

  function ifAsRead<T>(work: (tx: Transaction) => T): T | null {
    try {
      return unit(work);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'conflict') return null;
      throw thrown;
    }
  }

  return {
    watchers,
    known,
    async join(epoch, trigger, { watcher, lookedAt }) {
      return ifAsRead((tx) => {
        checkEpoch(memory, epoch);
        const { id, cursor: since } = asRead(tables, trigger);
        const before = tables.watchers.get(watcherKey(id, watcher));
        if (before?.since === since) return before;
        const numbers = [...tables.watchers.values()].filter((row) => row.triggerId === id).map(({ number }) => number);
        const row: TriggerWatcherRow = {
          ...{ triggerId: id, watcher, since, number: Math.max(0, ...numbers) + 1 },
          ...{ firstAt: null, lookedAt, problem: null },
        };
        tx.put(tables.watchers, watcherKey(id, watcher), row);
        return row;
      });
    },
    async know(epoch, trigger, { keys, knownFrom, at }) {
      const done = ifAsRead((tx) => {
        checkEpoch(memory, epoch);
        const { id } = asRead(tables, trigger);
        for (const key of keys) {
          const before = tables.things.get(thingRowKey(id, key))?.knownFrom ?? knownFrom;
          const row: TriggerThingRow = { triggerId: id, key, seenAt: at, knownFrom: Math.min(before, knownFrom) };
          tx.put(tables.things, thingRowKey(id, key), row);
        }
        return true;
      });
      return done ?? false;
    },
    async looked(epoch, { trigger, firing, ...end }) {
      const done = ifAsRead((tx) => {
        checkEpoch(memory, epoch);
        const key = watcherKey(trigger.id, end.watcher);
        const row = tables.watchers.get(key);
        if (row?.since !== end.since) throw new AppError('conflict', TRIGGER_CHANGED);
        tx.put(tables.watchers, key, { ...row, ...end });
        if (firing === null) return true;
        asRead(tables, trigger);
        const before = tables.firings.get(firingRowKey(firing));
        tx.put(tables.firings, firingRowKey(firing), before ? { ...before, at: firing.at } : firing);
        return true;
      });
      return done ?? false;
    },
    async fire(epoch, fire) {
      checkEpoch(memory, epoch);
      return fireOnce(memory, fire, (tx, { id }) => {
        if (fire.run === null) return;
        const { key, at } = fire.firing;
        if (tables.things.get(thingRowKey(id, key))?.knownFrom === 0) throw new AppError('conflict', TRIGGER_CHANGED);
        tx.put(tables.things, thingRowKey(id, key), { triggerId: id, key, seenAt: at, knownFrom: 0 });
      });
    },
  };
}
