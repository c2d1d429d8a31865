/**
 * The runs in memory: loaded when somebody has something to tell them, released when they have ended. At most one bus
 * per run, also while one is being loaded.
 */
import { compileWorkflow, type Run, rebuildRun, toAppError, type WorkflowInstanceId } from '@vaquita/core';
import type { MasterStore, RunRows } from '@vaquita/store';
import { type BusEnvironment, createRunBus, type RunBus } from './run-bus.ts';

/** Why a run cannot be acted on at all, in a sentence; undefined when it can. */
export type Impossible = string | undefined;

export interface RunRegistry {
  get(id: WorkflowInstanceId): RunBus | undefined;
  /**
   * Hands the run's bus to `use`, loading the run if need be. `use` is called before the bus has its next turn, so a
   * run that has ended cannot leave memory between being found and being told something.
   */
  withBus(id: WorkflowInstanceId, use: (bus: RunBus) => void): Promise<Impossible>;
  drop(bus: RunBus): void;
  all(): readonly RunBus[];
  close(): void;
}

export interface RunRegistryDeps {
  readonly store: MasterStore;
  readonly env: BusEnvironment;
  /** A bus was built from rows: its live dispatches must be known before its first turn. */
  readonly opened: (bus: RunBus) => void;
}

export function createRunRegistry({ store, env, opened }: RunRegistryDeps): RunRegistry {
  const buses = new Map<WorkflowInstanceId, RunBus>();
  const loading = new Map<
    WorkflowInstanceId,
    { readonly uses: ((bus: RunBus) => void)[]; readonly done: Promise<Impossible> }
  >();
  let closed = false;

  async function build(id: WorkflowInstanceId, uses: readonly ((bus: RunBus) => void)[]): Promise<Impossible> {
    let rows: RunRows | undefined;
    try {
      rows = await store.loadRun(id);
    } finally {
      loading.delete(id);
    }
    if (closed) return 'this server no longer leads';
    if (!rows) return 'the run or its definition does not exist any more';
    let run: Run;
    try {
      run = rebuildRun(compileWorkflow(rows.document), rows);
    } catch (error) {
      return `its definition cannot be read: ${toAppError(error).message}`;
    }
    const bus = createRunBus(run, env);
    buses.set(id, bus);
    opened(bus);
    bus.resume();
    for (const use of uses) use(bus);
    return undefined;
  }

  return {
    get: (id) => buses.get(id),
    withBus(id, use) {
      const held = buses.get(id);
      if (held) {
        use(held);
        return Promise.resolve(undefined);
      }
      const pending = loading.get(id);
      if (pending) {
        pending.uses.push(use);
        return pending.done;
      }
      const uses = [use];
      const done = build(id, uses);
      loading.set(id, { uses, done });
      return done;
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
