/**
 * The runs in memory: loaded when somebody has something to tell them, released when they have ended. At most one bus
 * per run, also while one is being loaded.
 */
import { compileWorkflow, rebuildRun, toAppError, type WorkflowInstanceId } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import { type BusEnvironment, createRunBus, type RunBus } from './run-bus.ts';

export type LoadedRun = RunBus | { readonly impossible: string };

export interface RunRegistry {
  get(id: WorkflowInstanceId): RunBus | undefined;
  load(id: WorkflowInstanceId): Promise<LoadedRun>;
  drop(bus: RunBus): void;
  all(): readonly RunBus[];
  close(): void;
}

export interface RunRegistryDeps {
  readonly store: MasterStore;
  readonly env: BusEnvironment;
  /** A bus was built from rows: its live dispatches and its place in the queues must be known before its first turn. */
  readonly opened: (bus: RunBus) => void;
}

export function createRunRegistry({ store, env, opened }: RunRegistryDeps): RunRegistry {
  const buses = new Map<WorkflowInstanceId, RunBus>();
  const loading = new Map<WorkflowInstanceId, Promise<LoadedRun>>();
  let closed = false;

  async function build(id: WorkflowInstanceId): Promise<LoadedRun> {
    const rows = await store.loadRun(id);
    if (closed) return { impossible: 'this server no longer leads' };
    if (!rows) return { impossible: 'the run does not exist any more' };
    let bus: RunBus;
    try {
      bus = createRunBus(rebuildRun(compileWorkflow(rows.document), rows), env);
    } catch (error) {
      return { impossible: `its definition cannot be read: ${toAppError(error).message}` };
    }
    buses.set(id, bus);
    opened(bus);
    bus.resume();
    return bus;
  }

  return {
    get: (id) => buses.get(id),
    load(id) {
      const held = buses.get(id);
      if (held) return Promise.resolve(held);
      let pending = loading.get(id);
      if (!pending) {
        pending = build(id).finally(() => loading.delete(id));
        loading.set(id, pending);
      }
      return pending;
    },
    drop(bus) {
      bus.close();
      if (buses.get(bus.id) === bus) buses.delete(bus.id);
    },
    all: () => [...buses.values()],
    close() {
      closed = true;
      for (const bus of buses.values()) bus.close();
      buses.clear();
    },
  };
}
