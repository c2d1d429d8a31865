/**
 * Maps that stand for the tables, with the transactions and unique keys that the database would hold.
 * Boundary: no verbs. A unit that throws leaves every map as it was.
 */
import {
  type AlertChannelRow,
  type AlertDeliveryRow,
  type AlertGroupRow,
  type AlertRow,
  AppError,
  type BackfillItemRow,
  type BackfillRow,
  type CalendarRow,
  type CommandRow,
  type DataSourceRow,
  type EnvironmentRow,
  type Epoch,
  type ListenerEvent,
  type ListenerInstanceRow,
  type ListenerPluginRow,
  type OutboxRow,
  type ScheduleFireRow,
  type ScheduleRemainsRow,
  type ScheduleRow,
  type SecretRow,
  type TaskInstanceRow,
  type TriggerFiringRow,
  type TriggerRow,
  type TriggerThingRow,
  type TriggerWatcherRow,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type {
  AuditRow,
  EventRow,
  IdempotencyRow,
  PageRequest,
  ProjectRow,
  WorkflowRow,
  WorkflowVersionRow,
} from '../../ports/api.ts';
import type { Page, TaskGroupRow, WorkerGroupRow, WorkerRow } from '../../ports/master.ts';
import type { SessionRow, TokenRow, UserRow } from '../../ports/people.ts';
import { checkLimit, decodeCursor, toPage } from '../../sql/page.ts';
import type { MemoryFailure } from './listeners.ts';

export type MemoryCommand = CommandRow & { readonly doneAt: number | null; readonly outcome: string | null };

export interface Tables {
  readonly projects: Map<string, ProjectRow>;
  readonly workflows: Map<string, WorkflowRow>;
  readonly lastNumbers: Map<string, number>;
  /** By workflow, oldest version first. */
  readonly versions: Map<string, readonly WorkflowVersionRow[]>;
  readonly instances: Map<string, WorkflowInstanceRow>;
  /** Ids of a workflow's runs, in the order in which they were filed. */
  readonly runsOfWorkflow: Map<string, string[]>;
  readonly tasks: Map<string, TaskInstanceRow>;
  /** Ids of a run's task instances, in the order in which they were added. */
  readonly tasksOfRun: Map<string, string[]>;
  readonly alerts: Map<string, AlertRow>;
  readonly alertGroups: Map<string, AlertGroupRow>;
  readonly alertChannels: Map<string, AlertChannelRow>;
  readonly alertDeliveries: Map<string, AlertDeliveryRow>;
  readonly schedules: Map<string, ScheduleRow>;
  /** By schedule and fire time. */
  readonly scheduleFires: Map<string, ScheduleFireRow>;
  /** By schedule and the moment of the change. */
  readonly scheduleRemains: Map<string, ScheduleRemainsRow>;
  readonly calendars: Map<string, CalendarRow>;
  readonly backfills: Map<string, BackfillRow>;
  /** By backfill and position. */
  readonly backfillItems: Map<string, BackfillItemRow>;
  readonly environments: Map<string, EnvironmentRow>;
  readonly secrets: Map<string, SecretRow>;
  readonly dataSources: Map<string, DataSourceRow>;
  readonly taskGroups: Map<string, TaskGroupRow>;
  readonly workerGroups: Map<string, WorkerGroupRow>;
  readonly outbox: Map<string, OutboxRow>;
  readonly commands: Map<string, MemoryCommand>;
  readonly events: Map<number, EventRow>;
  /** The `seq` that was given last: old events go, and no number is given twice. */
  /** `relay`: how far the record has been read for listeners, once it has been. */
  readonly lastSeq: Map<'events' | 'relay', number>;
  readonly listenerPlugins: Map<string, ListenerPluginRow>;
  /** By plugin. */
  readonly listenerCode: Map<string, string>;
  readonly listenerInstances: Map<string, ListenerInstanceRow>;
  readonly listenerEvents: Map<number, ListenerEvent>;
  /** By instance and event. */
  readonly listenerFailures: Map<string, MemoryFailure>;
  readonly triggers: Map<string, TriggerRow>;
  /** By trigger and key. */
  readonly firings: Map<string, TriggerFiringRow>;
  /** By trigger and watcher. */
  readonly watchers: Map<string, TriggerWatcherRow>;
  /** By trigger and key. */
  readonly things: Map<string, TriggerThingRow>;
  readonly workers: Map<string, WorkerRow>;
  readonly users: Map<string, UserRow>;
  readonly tokens: Map<string, TokenRow>;
  readonly sessions: Map<string, SessionRow>;
  readonly idempotency: Map<string, IdempotencyRow>;
  readonly audit: Map<string, AuditRow>;
  /** Every unique key in use: `index:value…` → id of the row. */
  readonly unique: Map<string, string>;
}

export interface Memory {
  readonly tables: Tables;
  /** The epoch of the held leader lock; null while nobody leads. */
  leaderEpoch: Epoch | null;
  /** Runs the work at once and as one: if it throws, none of its `put` and `drop` has happened. */
  unit<T>(work: (tx: Transaction) => T): T;
}

export interface Transaction {
  put<K, V>(table: Map<K, V>, key: K, row: V): void;
  drop<K, V>(table: Map<K, V>, key: K): void;
  /** Adds to the list under a key, without copying what is there: runs have thousands of tasks. */
  append<K, V>(table: Map<K, V[]>, key: K, item: V): void;
  /** Takes an item out of the list under a key. */
  detach<K, V>(table: Map<K, V[]>, key: K, item: V): void;
  /** Takes a unique key for a row. @throws AppError `conflict` when another row has it. */
  claim(key: string, id: string): void;
  release(key: string): void;
}

export function createMemory(): Memory {
  const tables: Tables = {
    projects: new Map(),
    workflows: new Map(),
    lastNumbers: new Map(),
    versions: new Map(),
    instances: new Map(),
    runsOfWorkflow: new Map(),
    tasks: new Map(),
    tasksOfRun: new Map(),
    alerts: new Map(),
    alertGroups: new Map(),
    alertChannels: new Map(),
    alertDeliveries: new Map(),
    schedules: new Map(),
    scheduleFires: new Map(),
    scheduleRemains: new Map(),
    calendars: new Map(),
    backfills: new Map(),
    backfillItems: new Map(),
    environments: new Map(),
    secrets: new Map(),
    dataSources: new Map(),
    taskGroups: new Map(),
    workerGroups: new Map(),
    outbox: new Map(),
    commands: new Map(),
    events: new Map(),
    lastSeq: new Map(),
    listenerPlugins: new Map(),
    listenerCode: new Map(),
    listenerInstances: new Map(),
    listenerEvents: new Map(),
    listenerFailures: new Map(),
    triggers: new Map(),
    firings: new Map(),
    watchers: new Map(),
    things: new Map(),
    workers: new Map(),
    users: new Map(),
    tokens: new Map(),
    sessions: new Map(),
    idempotency: new Map(),
    audit: new Map(),
    unique: new Map(),
  };

  return {
    tables,
    leaderEpoch: null,
    unit(work) {
      const undo: (() => void)[] = [];
      try {
        return work(createTransaction(tables, undo));
      } catch (thrown) {
        for (const step of undo.reverse()) step();
        throw thrown;
      }
    },
  };
}

function createTransaction(tables: Tables, undo: (() => void)[]): Transaction {
  function remember<K, V>(table: Map<K, V>, key: K): void {
    const had = table.has(key);
    const before = table.get(key);
    undo.push(() => (had ? table.set(key, before as V) : table.delete(key)));
  }
  const tx: Transaction = {
    put(table, key, row) {
      remember(table, key);
      table.set(key, kept(row));
    },
    drop(table, key) {
      remember(table, key);
      table.delete(key);
    },
    append(table, key, item) {
      const list = table.get(key) ?? [];
      table.set(key, list);
      list.push(item);
      undo.push(() => list.pop());
    },
    detach(table, key, item) {
      const list = table.get(key) ?? [];
      const at = list.indexOf(item);
      if (at < 0) return;
      list.splice(at, 1);
      undo.push(() => list.splice(at, 0, item));
    },
    claim(key, id) {
      const holder = tables.unique.get(key);
      if (holder !== undefined && holder !== id) throw new AppError('conflict', `Already there: ${key}`);
      tx.put(tables.unique, key, id);
    },
    release(key) {
      tx.drop(tables.unique, key);
    },
  };
  return tx;
}

/** What a table keeps: a copy that no caller can change, as rows of a database are. */
function kept<V>(row: V): V {
  return typeof row === 'object' && row !== null ? deepFreeze(structuredClone(row)) : row;
}

function deepFreeze<V>(value: V): V {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

export type Order = 'up' | 'down';

/** A keyset page over rows in any order. */
export function pageOf<T>(
  rows: Iterable<T>,
  page: PageRequest,
  keyOf: (row: T) => string | number,
  order: Order,
  kind: 'text' | 'number' = 'text',
): Page<T> {
  const limit = checkLimit(page.limit);
  const list = [...rows].sort((a, b) => compare(keyOf(a), keyOf(b)) * (order === 'up' ? 1 : -1));

  const cursor = decodeCursor(page, kind);
  const rest =
    cursor === null
      ? list
      : list.filter((row) => (order === 'up' ? compare(keyOf(row), cursor) > 0 : compare(keyOf(row), cursor) < 0));
  return toPage(rest.slice(0, limit + 1), limit, keyOf);
}

export function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
