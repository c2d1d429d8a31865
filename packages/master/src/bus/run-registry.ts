/**
 * The runs in memory: loaded when somebody has something to tell them, released when they have ended. At most one bus
 * per run, also while one is being loaded.
 */
import {
  compileWorkflow,
  type LifecycleEvent,
  type Run,
  rebuildRun,
  toAppError,
  type WorkflowInstanceId,
} from '@vaquita/core';
import type { MasterStore, RunRows } from '@vaquita/store';
import { type BusEnvironment, createRunBus, type RunBus } from './run-bus.ts';

export type WithBus =
  | { readonly kind: 'used' }
  /** The run is set aside; `use` was not called. */
  | { readonly kind: 'aside'; readonly bus: RunBus }
  /** There is no such run, or its definition cannot be read. */
  | { readonly kind: 'impossible'; readonly why: string }
  /** The term is over; somebody else will see to it. */
  | { readonly kind: 'over' };

type Use = (bus: RunBus) => void;

export interface RunRegistry {
  get(id: WorkflowInstanceId): RunBus | undefined;
  /**
   * Hands the run's bus to `use`, loading the run if need be. `use` is called before the bus has its next turn, so a
   * run that has ended cannot leave memory between being found and being told something.
   */
  withBus(id: WorkflowInstanceId, use: Use): Promise<WithBus>;
  /** Builds the run anew from its rows. What workers told the old bus, and is not durable, is told to the new one. */
  rebuild(old: RunBus, use: Use): Promise<WithBus>;
  drop(bus: RunBus): void;
  all(): readonly RunBus[];
  close(): void;
}

export interface RunRegistryDeps {
  readonly store: MasterStore;
  readonly env: BusEnvironment;
  /** A bus was built from rows: its live dispatches must be known before its first turn. */
  readonly opened: (bus: RunBus) => void;
  /** A bus is given up: whatever else knows of it must forget it. */
  readonly dropped: (bus: RunBus) => void;
}

interface Loading {
  readonly uses: Use[];
  readonly done: Promise<WithBus>;
}

const USED: WithBus = { kind: 'used' };

export function createRunRegistry({ store, env, opened, dropped }: RunRegistryDeps): RunRegistry {
  const buses = new Map<WorkflowInstanceId, RunBus>();
  const loading = new Map<WorkflowInstanceId, Loading>();
  let closed = false;

  async function build(id: WorkflowInstanceId, uses: readonly Use[]): Promise<WithBus> {
    let rows: RunRows | undefined;
    try {
      rows = await store.loadRun(id);
    } finally {
      loading.delete(id);
    }
    if (closed) return { kind: 'over' };
    if (!rows) return { kind: 'impossible', why: 'the run or its definition does not exist any more' };
    let run: Run;
    try {
      run = rebuildRun(compileWorkflow(rows.document), rows);
    } catch (error) {
      return { kind: 'impossible', why: `its definition cannot be read: ${toAppError(error).message}` };
    }
    const bus = createRunBus(run, env);
    buses.set(id, bus);
    opened(bus);
    bus.resume();
    for (const use of uses) use(bus);
    return USED;
  }

  function load(id: WorkflowInstanceId, uses: Use[]): Promise<WithBus> {
    const done = build(id, uses);
    loading.set(id, { uses, done });
    return done;
  }

  function drop(bus: RunBus): void {
    bus.close();
    dropped(bus);
    if (buses.get(bus.id) === bus) buses.delete(bus.id);
  }

  return {
    get: (id) => buses.get(id),
    withBus(id, use) {
      const held = buses.get(id);
      if (held?.state === 'aside') return Promise.resolve({ kind: 'aside', bus: held });
      if (held) {
        use(held);
        return Promise.resolve(USED);
      }
      const pending = loading.get(id);
      if (!pending) return load(id, [use]);
      pending.uses.push(use);
      return pending.done;
    },
    async rebuild(old, use) {
      await old.quiet();
      if (closed) return { kind: 'over' };
      const facts = old.pending().filter(isFact);
      drop(old);
      return load(old.id, [
        use,
        (bus) => {
          for (const fact of facts) bus.post(fact);
        },
      ]);
    },
    drop,
    all: () => [...buses.values()],
    close() {
      closed = true;
      for (const bus of buses.values()) bus.close();
      buses.clear();
    },
  };
}

/** What a worker has told: commands come again from their rows, timers and placements from the rebuild. */
function isFact({ type }: LifecycleEvent): boolean {
  return type === 'TaskStarted' || type === 'TaskEnded' || type === 'DispatchReturned' || type === 'WorkerLost';
}
