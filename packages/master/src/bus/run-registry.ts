/**
 * The runs in memory: loaded when somebody has something to tell them, released when they have ended.
 *
 * R1 At most one bus per run, also while one is being loaded and when two want it rebuilt.
 * R2 What workers told a bus that was given up, and is not durable, is kept until the next bus of the run has it.
 */
import {
  compileWorkflow,
  type LifecycleEvent,
  type Run,
  rebuildRun,
  toAppError,
  type WorkflowInstanceId,
} from '@vaquita/core';
import { isBeingRemoved, type MasterStore, type RunRows } from '@vaquita/store';
import { type BusEnvironment, createRunBus, type NewBusRun, type RunBus } from './run-bus.ts';

export type WithBus =
  | { readonly kind: 'used' }
  /** The run is set aside; `use` was not called. */
  | { readonly kind: 'aside'; readonly bus: RunBus }
  /** There is no such run, or its definition cannot be read. */
  | { readonly kind: 'impossible'; readonly why: string }
  /** The term is over; somebody else will see to it. */
  | { readonly kind: 'over' };

/** `wasAside`: by its rows the run was set aside until this moment, and being loaded is its new try. */
type Use = (bus: RunBus, wasAside: boolean) => void;

export interface RunRegistry {
  get(id: WorkflowInstanceId): RunBus | undefined;
  /**
   * Hands the run's bus to `use`, loading the run if need be. `use` is called before the bus has its next turn, so a
   * run that has ended cannot leave memory between being found and being told something.
   */
  withBus(id: WorkflowInstanceId, use: Use): Promise<WithBus>;
  /**
   * Brings a run into memory that is not in the rows yet, and hands its bus to `use` before its first turn.
   * @returns false when the run is known already.
   * @throws when its definition cannot be read.
   */
  begin(rows: RunRows, newRun: NewBusRun, use: (bus: RunBus) => void): boolean;
  /** Builds the run anew from its rows. What workers told the old bus, and is not durable, is told to the new one. */
  rebuild(old: RunBus, use: Use): Promise<WithBus>;
  /** The bus is set aside, and `work` brings the run back or sees that it stays aside: who wants it waits for that. */
  repairing(bus: RunBus, work: Promise<unknown>): void;
  /** Builds anew at once a run whose bus is idle: nothing of it is lost. */
  renew(old: RunBus): Promise<WithBus>;
  /** The run is being loaded or built anew. */
  isComing(id: WorkflowInstanceId): boolean;
  drop(bus: RunBus): void;
  all(): readonly RunBus[];
  close(): void;
}

export interface RunRegistryDeps {
  readonly store: MasterStore;
  readonly env: BusEnvironment;
  /** A bus was built from rows: its live dispatches must be known before its first turn. `told`: what it will hear first (R2). */
  readonly opened: (bus: RunBus, told: readonly LifecycleEvent[]) => void;
  /** A bus is given up: whatever else knows of it must forget it. */
  readonly dropped: (bus: RunBus) => void;
  /** As `dropped`, of a bus whose run is built anew; `rebuilt` follows, whatever comes of that. */
  readonly replacing: (bus: RunBus) => void;
  readonly rebuilt: (id: WorkflowInstanceId) => void;
}

interface Loading {
  readonly uses: Use[];
  readonly done: Promise<WithBus>;
}

interface Opening {
  readonly told?: readonly LifecycleEvent[];
  readonly newRun?: NewBusRun;
}

const USED: WithBus = { kind: 'used' };

export function createRunRegistry({ store, env, opened, dropped, replacing, rebuilt }: RunRegistryDeps): RunRegistry {
  const buses = new Map<WorkflowInstanceId, RunBus>();
  const loading = new Map<WorkflowInstanceId, Loading>();
  /** Runs that are being repaired: their bus is set aside, and not for somebody to decide on. */
  const repairs = new Map<WorkflowInstanceId, Promise<unknown>>();
  /** By run, from the moment its bus is given up. */
  const facts = new Map<WorkflowInstanceId, readonly LifecycleEvent[]>();
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
    if (isBeingRemoved(rows.instance)) return { kind: 'impossible', why: 'it is being removed' };
    let run: Run;
    try {
      run = rebuildRun(compileWorkflow(rows.document), rows);
    } catch (error) {
      return { kind: 'impossible', why: `its definition cannot be read: ${toAppError(error).message}` };
    }
    const wasAside = run.instance.quarantine !== null;
    const told = facts.get(id) ?? [];
    facts.delete(id);
    const bus = open(run, { told });
    if (bus.state === 'open') for (const use of uses) use(bus, wasAside);
    for (const fact of told) bus.post(fact);
    return bus.state === 'open' ? USED : { kind: 'aside', bus };
  }

  function open(run: Run, { told = [], newRun }: Opening): RunBus {
    const bus = createRunBus(run, env, newRun);
    buses.set(bus.id, bus);
    opened(bus, told);
    bus.resume();
    return bus;
  }

  function load(id: WorkflowInstanceId, uses: Use[]): Promise<WithBus> {
    const done = build(id, uses);
    loading.set(id, { uses, done });
    return done;
  }

  function withBus(id: WorkflowInstanceId, use: Use): Promise<WithBus> {
    const held = buses.get(id);
    if (held?.state === 'aside') {
      const again = () => withBus(id, use);
      return repairs.get(id)?.then(again, again) ?? Promise.resolve({ kind: 'aside', bus: held });
    }
    if (held) {
      use(held, false);
      return Promise.resolve(USED);
    }
    const pending = loading.get(id);
    if (!pending) return load(id, [use]);
    pending.uses.push(use);
    return pending.done;
  }

  function drop(bus: RunBus, tell = dropped): void {
    bus.close();
    tell(bus);
    if (buses.get(bus.id) === bus) buses.delete(bus.id);
  }

  function repairing({ id }: RunBus, work: Promise<unknown>): void {
    const done = () => {
      if (repairs.get(id) === work) repairs.delete(id);
    };
    repairs.set(id, work);
    work.then(done, done);
  }

  async function replace(old: RunBus, use: Use): Promise<WithBus> {
    await old.atRest();
    if (closed) return { kind: 'over' };
    // Somebody else has rebuilt it meanwhile.
    const held = buses.get(old.id);
    if (held !== old) return held?.state === 'aside' ? { kind: 'aside', bus: held } : withBus(old.id, use);
    facts.set(old.id, old.pending().filter(isFact));
    drop(old, replacing);
    return load(old.id, [use]).finally(() => rebuilt(old.id));
  }

  return {
    get: (id) => buses.get(id),
    withBus,
    begin(rows, newRun, use) {
      const { id } = rows.instance;
      if (closed || buses.has(id) || loading.has(id)) return false;
      const bus = open(rebuildRun(compileWorkflow(rows.document), rows), { newRun });
      if (bus.state === 'open') use(bus);
      return true;
    },
    async rebuild(old, use) {
      const work = replace(old, use);
      repairing(old, work);
      return await work;
    },
    repairing,
    async renew(old) {
      if (closed) return { kind: 'over' };
      drop(old, replacing);
      return load(old.id, []).finally(() => rebuilt(old.id));
    },
    isComing: (id) => loading.has(id) || repairs.has(id),
    drop: (bus) => drop(bus),
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
