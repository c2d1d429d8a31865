/**
 * A known defect, put in from outside by wrapping what the engine is given: to show that the simulator finds it. Nothing
 * in the engine knows of these.
 */
import type { AlertQueue, AlertRecords, Clock, ListenerEngineStore, ListenerHost } from '@vaquita/core';
import type { Lease, MasterSettings } from '@vaquita/master';
import type { Wire } from '@vaquita/protocol';
import type { ClientId, RegistryStore } from '@vaquita/registry';
import type {
  BackfillQueue,
  BackfillStore,
  ListenerInstanceStore,
  MasterStore,
  ScheduleQueue,
  ScheduleStore,
  TriggerQueue,
  TriggerStore,
} from '@vaquita/store';
import type { MemoryStore } from '@vaquita/store/testing';
import type { SimProcess } from '../world/process.ts';

export interface Breakage {
  readonly name: string;
  /** What is wrong, in a sentence. */
  readonly what: string;
  /** The store itself is broken: behind everything that is witnessed. */
  store?(store: MemoryStore): MasterStore;
  /** What the master is given as its store is broken: before anything is witnessed. */
  port?(store: MasterStore, process: SimProcess): MasterStore;
  /** The registry itself is broken: behind everything that is witnessed. */
  registry?(store: RegistryStore): RegistryStore;
  /** What servers are given as the registry is broken: before anything is witnessed. */
  registryPort?(store: RegistryStore): RegistryStore;
  /** Whoever holds a lock changes. */
  lockChanged?(lock: { readonly key: string; readonly clientId: ClientId | null; epoch: number }): void;
  lease?(lease: Lease): Lease;
  /** The queue of alerts itself is broken, and what the alert engine is given is: as `store` and `port`. */
  alertQueue?(queue: AlertQueue & AlertRecords, store: MemoryStore): AlertQueue & AlertRecords;
  alertPort?(queue: AlertQueue): AlertQueue;
  /** Likewise of listeners. */
  listenerStore?(store: ListenerEngineStore, memory: MemoryStore): ListenerEngineStore;
  listenerPort?(store: ListenerEngineStore): ListenerEngineStore;
  listenerHost?(host: Pick<ListenerHost, 'use'>): Pick<ListenerHost, 'use'>;
  /** Behind what people do about listeners. */
  listenerPeople?(people: ListenerInstanceStore, memory: MemoryStore): ListenerInstanceStore;
  /** Likewise of schedules, of what their duty asks and of what people do. */
  scheduleQueue?(queue: ScheduleQueue, store: MemoryStore): ScheduleQueue;
  schedulePort?(queue: ScheduleQueue): ScheduleQueue;
  schedulePeople?(people: ScheduleStore, store: MemoryStore): ScheduleStore;
  /** Likewise of backfills. */
  backfillQueue?(queue: BackfillQueue, store: MemoryStore): BackfillQueue;
  backfillPort?(queue: BackfillQueue): BackfillQueue;
  backfillPeople?(people: BackfillStore, store: MemoryStore): BackfillStore;
  /** Likewise of triggers; `triggerPeople` is behind deliveries too. */
  triggerQueue?(queue: TriggerQueue, store: MemoryStore): TriggerQueue;
  triggerPort?(queue: TriggerQueue): TriggerQueue;
  triggerPeople?(people: TriggerStore, store: MemoryStore): TriggerStore;
  /** Workers begin to work whatever epoch they are sent. */
  readonly takesOldEpochs?: boolean;
  clock?(clock: Clock): Clock;
  /** The server's end of a worker's connection. */
  wire?(wire: Wire): Wire;
  readonly settings?: Partial<MasterSettings>;
  /** Checks of the reconciler that find this defect: with it the world comes to rest all the same. */
  readonly mendedBy?: readonly string[];
}
