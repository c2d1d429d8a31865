/** Listeners in memory: what people ask of them, and what the leader's engine does. */
import {
  AppError,
  type EnabledListener,
  isToHear,
  type ListenerEngineStore,
  type ListenerEvent,
  type ListenerInstanceRow,
  type ListenerLog,
  MAX_COUNTED_BACKLOG,
  RELAYED_EVENT_TYPES,
  type RelayedRow,
} from '@vaquita/core';
import type { EventRow } from '../../ports/api.ts';
import type { HeardEvent, ListenerInstanceStore, ListenerPluginStore, ListenerStore } from '../../ports/listeners.ts';
import { newInstance, notBlocked, notBlockedBy } from '../../verbs/listeners/instances.ts';
import { inUse } from '../../verbs/listeners/plugins.ts';
import { countUnheard } from '../../verbs/listeners/unheard.ts';
import { toStoredEvent } from '../../verbs/listeners/wants.ts';
import { putAlert } from './alerts.ts';
import { checkEpoch } from './master.ts';
import { compare, type Memory, pageOf, type Tables, type Transaction } from './tables.ts';

export interface MemoryFailure {
  readonly instanceId: string;
  readonly seq: number;
  readonly outcome: 'blocked' | 'delivered' | 'skipped';
  readonly failure: NonNullable<HeardEvent['failure']>;
}

const FREE = { blockedSeq: null, attempt: 0, nextAttemptAt: null, reason: null, blockedSince: null };
const failureKey = (instance: string, seq: number) => `${instance}/${seq}`;
const isIn = (names: readonly string[], name: string) => names.includes(name);

export function createMemoryListeners(memory: Memory): ListenerStore {
  return { plugins: memoryPlugins(memory), instances: memoryInstances(memory) };
}

function memoryPlugins({ tables, unit }: Memory): ListenerPluginStore {
  const { listenerPlugins: plugins, listenerCode } = tables;
  const notFound = (id: string) => new AppError('not_found', `There is no installed listener plugin ${id}.`);
  return {
    async list() {
      return [...plugins.values()].sort((a, b) => compare(a.name, b.name));
    },
    async find(idOrName) {
      return plugins.get(idOrName) ?? [...plugins.values()].find(({ name }) => name === idOrName);
    },
    async install(row, code) {
      unit((tx) => {
        if ([...plugins.values()].some(({ name }) => name === row.name)) {
          const text = `A listener plugin named "${row.name}" is installed already. Update it instead.`;
          throw new AppError('name_in_use', text);
        }
        tx.put(plugins, row.id, row);
        tx.put(listenerCode, row.id, code);
      });
    },
    async update(id, { code, at, ...change }) {
      unit((tx) => {
        const row = plugins.get(id);
        if (row === undefined) throw notFound(id);
        tx.put(plugins, id, { ...row, ...change, updatedAt: at });
        if (code !== undefined) tx.put(listenerCode, id, code);
        for (const one of [...tables.listenerInstances.values()])
          if (one.plugin === row.name && one.blockedSeq !== null)
            tx.put(tables.listenerInstances, one.id, { ...one, nextAttemptAt: at });
      });
    },
    async uninstall(id) {
      unit((tx) => {
        const row = plugins.get(id);
        if (row === undefined) throw notFound(id);
        const uses = [...tables.listenerInstances.values()].filter(({ plugin }) => plugin === row.name);
        if (uses.length > 0) throw inUse(uses.map(({ name }) => name).sort());
        tx.drop(plugins, id);
        tx.drop(listenerCode, id);
      });
    },
  };
}

function now(tables: Tables): number {
  return Math.max(tables.lastSeq.get('events') ?? 0, tables.lastSeq.get('relay') ?? 0);
}

function isSameSelection(one: ListenerInstanceRow, other: ListenerInstanceRow): boolean {
  return one.projectId === other.projectId && JSON.stringify(one.eventTypes) === JSON.stringify(other.eventTypes);
}

function memoryInstances(memory: Memory): ListenerInstanceStore {
  const { tables, unit } = memory;
  const { listenerInstances: instances, listenerFailures: failures } = tables;

  function mustFind(id: string): ListenerInstanceRow {
    const row = instances.get(id);
    if (row === undefined) throw new AppError('not_found', `There is no listener instance ${id}.`);
    return row;
  }
  function take(name: string, id: string): void {
    if (![...instances.values()].some((row) => row.name === name && row.id !== id)) return;
    throw new AppError('name_in_use', `A listener instance named "${name}" exists already. Choose another name.`);
  }

  return {
    async list(page) {
      return pageOf(instances.values(), page, ({ name }) => name, 'up');
    },
    async find(idOrName) {
      return instances.get(idOrName) ?? [...instances.values()].find(({ name }) => name === idOrName);
    },
    async create(given) {
      unit((tx) => {
        take(given.name, given.id);
        if (!tables.lastSeq.has('relay')) tx.put(tables.lastSeq, 'relay', now(tables));
        tx.put(instances, given.id, { ...newInstance(given), cursor: now(tables), listensFrom: now(tables) });
      });
    },
    async update(id, { at, ...change }) {
      unit((tx) => {
        const row = mustFind(id);
        if (change.name !== undefined) take(change.name, id);
        const from = now(tables);
        const begun = change.enabled && !row.enabled ? { ...FREE, cursor: from, listensFrom: from } : {};
        const next = { ...row, ...begun, ...change, updatedAt: at };
        if (!isSameSelection(row, next)) next.listensFrom = next.cursor;
        tx.put(instances, id, { ...next, nextAttemptAt: next.blockedSeq === null ? null : at });
      });
    },
    async unheard(id) {
      const row = instances.get(id);
      return row === undefined ? 0 : await countUnheard(createMemoryListenerEngine(memory).record, row);
    },
    async delete(id) {
      unit((tx) => {
        mustFind(id);
        tx.drop(instances, id);
        for (const [key, { instanceId }] of [...failures]) if (instanceId === id) tx.drop(failures, key);
      });
    },
    async skip(id, { seq, by, at }) {
      unit((tx) => {
        const row = mustFind(id);
        if (row.blockedSeq !== seq) throw notBlockedBy(row.blockedSeq, seq);
        const known = failures.get(failureKey(id, seq));
        if (known) {
          const failure = { ...known.failure, skippedBy: by, lastAt: at };
          tx.put(failures, failureKey(id, seq), { ...known, outcome: 'skipped', failure });
        }
        tx.put(instances, id, { ...row, ...FREE, cursor: seq, skipped: row.skipped + 1 });
      });
    },
    async retry(id, at) {
      unit((tx) => {
        const row = mustFind(id);
        if (row.blockedSeq === null) throw notBlocked();
        tx.put(instances, id, { ...row, nextAttemptAt: at });
      });
    },
    async events(id, status, page) {
      const row = instances.get(id);
      if (row === undefined) return { items: [], next: null };
      const wanted = [...tables.listenerEvents.values()].filter((event) => isToHear({ ...row, cursor: -1 }, event));
      const found = wanted.flatMap((event): HeardEvent[] => {
        const known = failures.get(failureKey(id, event.seq));
        const is = {
          waiting: event.seq > row.cursor && event.seq !== row.blockedSeq,
          failed: event.seq === row.blockedSeq,
          delivered: event.seq <= row.cursor && event.seq > row.listensFrom && known?.outcome !== 'skipped',
          skipped: known?.outcome === 'skipped',
        };
        return is[status] ? [{ event, failure: known?.failure ?? null }] : [];
      });
      return pageOf(found, page, ({ event }) => event.seq, status === 'waiting' ? 'up' : 'down', 'number');
    },
  };
}

export function createMemoryListenerEngine(memory: Memory): ListenerEngineStore {
  const { tables, unit } = memory;
  const { listenerInstances: instances, listenerFailures: failures } = tables;

  function fenced(epoch: number, work: (tx: Transaction) => void): void {
    unit((tx) => {
      checkEpoch(memory, epoch);
      work(tx);
    });
  }
  /** Of an instance that is still before the event. */
  function change(epoch: number, id: string, seq: number, work: (tx: Transaction, row: ListenerInstanceRow) => void) {
    fenced(epoch, (tx) => {
      const row = instances.get(id);
      if (row !== undefined && row.cursor < seq) work(tx, row);
    });
  }

  return {
    record: {
      latestSeq: async () => tables.lastSeq.get('events') ?? 0,
      async page(seq, limit) {
        const all = [...tables.events.values()].filter((event) => event.seq > seq).slice(0, limit);
        const rows = all.filter(({ type }) => isIn(RELAYED_EVENT_TYPES, type)).map((event) => relayed(tables, event));
        return { rows, position: all.at(-1)?.seq ?? seq, isEnd: all.length < limit };
      },
    },
    openLog: (epoch) => memoryLog(tables, (work) => fenced(epoch, work)),
    async markRead(epoch, position) {
      fenced(epoch, (tx) => tx.put(tables.lastSeq, 'relay', Math.max(position, tables.lastSeq.get('relay') ?? 0)));
    },
    async fileAlert(epoch, alert) {
      const { subject, state } = alert.message;
      const before = [...tables.alerts.values()]
        .filter((row) => row.subject === subject)
        .sort((a, b) => compare(b.id, a.id))[0];
      const isNews = (before?.message.state ?? 'resolved') !== state;
      fenced(epoch, (tx) => isNews && putAlert(tx, tables, alert));
      return isNews;
    },
    async enabled() {
      return [...instances.values()]
        .filter(({ enabled }) => enabled)
        .map((row): EnabledListener => {
          const plugin = [...tables.listenerPlugins.values()].find(({ name }) => name === row.plugin);
          return { ...row, installed: plugin ? { enabled: plugin.enabled, digest: plugin.digest } : null };
        });
    },
    async code(plugin) {
      const row = [...tables.listenerPlugins.values()].find(({ name }) => name === plugin);
      return row && tables.listenerCode.get(row.id);
    },
    async heard(epoch, id, { seq, at }) {
      change(epoch, id, seq, (tx, row) => {
        const known = failures.get(failureKey(id, seq));
        if (known) {
          const failure = { ...known.failure, lastAt: at };
          tx.put(failures, failureKey(id, seq), { ...known, outcome: 'delivered', failure });
        }
        tx.put(instances, id, { ...row, ...FREE, cursor: seq, delivered: row.delivered + 1, lastDeliveredAt: at });
      });
    },
    async passed(epoch, read, seq) {
      change(epoch, read.id, seq, (tx, row) => {
        const isAsRead =
          row.cursor === read.cursor &&
          row.blockedSeq === null &&
          row.projectId === read.projectId &&
          JSON.stringify(row.eventTypes) === JSON.stringify(read.eventTypes);
        if (isAsRead) tx.put(instances, read.id, { ...row, cursor: seq });
      });
    },
    async failed(epoch, id, { seq, attempt, reason, at, nextAttemptAt }) {
      change(epoch, id, seq, (tx, row) => {
        const blockedSince = row.blockedSeq === seq ? row.blockedSince : at;
        tx.put(instances, id, { ...row, blockedSeq: seq, attempt, reason, nextAttemptAt, blockedSince });
        const firstAt = failures.get(failureKey(id, seq))?.failure.firstAt ?? at;
        const failure = { attempts: attempt, reason, firstAt, lastAt: at, skippedBy: null };
        tx.put(failures, failureKey(id, seq), { instanceId: id, seq, outcome: 'blocked', failure });
      });
    },
    async forgetFailures(epoch, { before, limit }) {
      const gone = [...failures]
        .filter(([, { outcome, failure }]) => outcome !== 'blocked' && failure.lastAt < before)
        .filter(([, { seq }]) => !tables.listenerEvents.has(seq))
        .slice(0, limit);
      if (gone.length > 0) {
        fenced(epoch, (tx) => {
          for (const [key] of gone) tx.drop(failures, key);
        });
      }
      return gone.length;
    },
  };
}

function memoryLog(tables: Tables, fenced: (work: (tx: Transaction) => void) => void): ListenerLog {
  const { listenerEvents: events } = tables;
  const after = (seq: number): ListenerEvent[] =>
    [...events.values()].filter((event) => event.seq > seq).sort((a, b) => a.seq - b.seq);
  return {
    producer: {
      position: async () => tables.lastSeq.get('relay') ?? null,
      async append({ events: added, position }) {
        fenced((tx) => {
          for (const event of added) if (!events.has(event.seq)) tx.put(events, event.seq, event);
          tx.put(tables.lastSeq, 'relay', Math.max(position, tables.lastSeq.get('relay') ?? 0));
        });
      },
    },
    consumer: {
      async next({ after: cursor, limit, types, project }) {
        const instance = { cursor, eventTypes: types, projectId: project };
        return after(cursor)
          .filter((event) => isToHear(instance, event))
          .slice(0, limit);
      },
      async waiting({ after: cursor, types, project }) {
        const found = after(cursor).filter((event) =>
          isToHear({ cursor, eventTypes: types, projectId: project }, event),
        );
        const counted = found.slice(0, MAX_COUNTED_BACKLOG);
        return {
          events: counted.length,
          oldestAt: counted.length === 0 ? null : Math.min(...counted.map((e) => e.time)),
        };
      },
    },
    keeper: {
      async weight() {
        const bytes = [...events.values()].reduce((sum, event) => sum + toStoredEvent(event).bytes, 0);
        return { events: events.size, bytes };
      },
      async removeHeard({ after: from, before, limit }) {
        const seen = after(from).slice(0, limit);
        const enabled = [...tables.listenerInstances.values()].filter((row) => row.enabled);
        const gone = seen.filter((event) => event.time < before && !enabled.some((row) => isToHear(row, event)));
        if (gone.length > 0) {
          fenced((tx) => {
            for (const { seq } of gone) tx.drop(events, seq);
          });
        }
        return { removed: gone.length, next: seen.length < limit ? null : seen.at(-1)!.seq };
      },
    },
  };
}

function relayed(tables: Tables, event: EventRow): RelayedRow {
  const run = tables.instances.get(event.workflowInstanceId ?? '');
  const task = tables.tasks.get(event.taskInstanceId ?? '');
  return {
    ...event,
    projectName: tables.projects.get(event.projectId ?? '')?.name ?? null,
    run: run ?? null,
    task: task ?? null,
  };
}
