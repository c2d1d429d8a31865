/** The listener engine over a store in memory, a clock that is turned by hand and plugins that do as a test says. */
import type {
  EventType,
  ListenerDelivery,
  ListenerEvent,
  ListenerHost,
  ListenerInstanceId,
  ListenerLog,
  ListenerUse,
} from '@vaquita/core';
import { createIdSource } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { createMemoryStore } from '@vaquita/store/testing';
import { afterEach } from 'vitest';
import { createListenerEngine, type ListenerEngine } from '../listeners/engine/engine.ts';
import { LISTENER_DEFAULTS, type ListenerSettings } from '../listeners/engine/settings.ts';

export const OK: ListenerDelivery = { ok: true };
export const failed = (reason: string): ListenerDelivery => ({ ok: false, failure: 'failed', reason });
type Behaviour = (event: ListenerEvent, use: ListenerUse) => Promise<ListenerDelivery> | ListenerDelivery;

const engines: ListenerEngine[] = [];
afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.end())));

export function openListenerBench(more: Partial<ListenerSettings> = {}) {
  const clock = createManualClock(1_000_000);
  const random = createSeededRandom(1);
  const ids = createIdSource(clock, random);
  const store = createMemoryStore({ clock });
  const settings = { ...LISTENER_DEFAULTS, ...more };
  const heard: Record<string, number[]> = {};
  const behave = new Map<string, Behaviour>();
  let open = 0;
  let epoch = 1;
  const host: Pick<ListenerHost, 'use'> = {
    use(use) {
      open += 1;
      let stop: (() => void) | undefined;
      const stopped = new Promise<ListenerDelivery>((resolve) => {
        stop = () => resolve({ ok: false, failure: 'stopped', reason: 'stopped' });
      });
      return {
        async deliver(event) {
          const result = await Promise.race([stopped, behave.get(use.instance.name)?.(event, use) ?? OK]);
          const { name } = use.instance;
          if (result.ok) heard[name] = [...(heard[name] ?? []), event.seq];
          return result;
        },
        async stop() {
          open -= 1;
          stop?.();
        },
      };
    },
  };
  const log = { info() {}, warn() {} };
  const sealer = { open: async (_: string, text: string) => text };
  function createEngine(openLog?: (epoch: number) => ListenerLog): ListenerEngine {
    const deps = { store: store.listenerEngine, host, sealer, builtIns: new Set(['log']), clock, random, ids };
    const engine = createListenerEngine({ ...deps, log, settings, openLog: openLog ?? null });
    engines.push(engine);
    return engine;
  }
  const engine = createEngine();
  return {
    ...{ clock, store, engine, createEngine, heard, behave, settings },
    open: () => open,
    lead(next: number, which = engine) {
      epoch = next;
      store.leader.set(epoch);
      which.begin(epoch);
    },
    async add(
      name: string,
      change: { eventTypes?: readonly ListenerEvent['type'][]; plugin?: string; enabled?: boolean } = {},
    ) {
      const id = name as ListenerInstanceId;
      const row = {
        id,
        name,
        plugin: 'log',
        settings: '{"a":1}',
        projectId: null,
        enabled: true,
        createdAt: clock.now(),
      };
      await store.listeners.instances.create({ ...row, eventTypes: ['server.down'], ...change });
      return id;
    },
    /** So many servers go down, each in a commit. @returns the places of the events. */
    async happen(count: number, type: EventType = 'server.lost'): Promise<number[]> {
      const seqs: number[] = [];
      for (let n = 0; n < count; n++) {
        const event = {
          type,
          projectId: null,
          workflowInstanceId: null,
          taskInstanceId: null,
          at: clock.now(),
          data: { id: 's', name: 's' },
        };
        await store.master.commit(epoch, commitOf([event]));
        seqs.push(await store.events.latestSeq());
      }
      return seqs;
    },
    row: async (name: string) => (await store.listeners.instances.find(name))!,
  };
}

function commitOf(events: readonly unknown[]) {
  return {
    ...{ instance: null, assignNumber: false, newTasks: [], changedTasks: [], writtenBefore: new Map(), events },
    ...{ newRuns: [], newCommands: [], newAlerts: [], outboxPut: [], outboxDone: [], commandsDone: [] },
  } as never;
}
