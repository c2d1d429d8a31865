/**
 * The mailbox of one run: events are handled one at a time, what they change is committed as one unit, and effects
 * follow their commit.
 *
 * B1 Events are handled in the order they were posted; an event posted while another is handled waits its turn.
 * B2 At most one commit of a run is on its way. Changes made meanwhile go with the next one, each row once.
 * B3 An effect is performed only after the commit of the transition that asked for it, and of all before it.
 * B4 No event is dropped: until its commit is durable the bus can hand it out again, also when the run is set aside.
 * B5 Nothing that goes wrong in one run reaches another: the bus is set aside and says so.
 * B6 A run that breaks one of its invariants is set aside, and nothing of that unit is written.
 * B7 A run that is not in the rows yet is filed by its first unit. When that unit cannot be made, or was not written as
 *    far as is known, the bus goes and who asked for the run is told: nothing of it is left to be set aside.
 */
import {
  AppError,
  checkInvariants,
  type DispatchId,
  type Effect,
  type Intent,
  isTaskTerminal,
  isWorkflowTerminal,
  type LifecycleEvent,
  type OutboxRow,
  type Run,
  type RunChangeSet,
  resumeRun,
  type TaskInstanceId,
  type TransitionContext,
  takeChanges,
  transition,
  type WorkflowInstanceId,
} from '@vaquita/core';
import type { Filing, RunCommit } from '@vaquita/store';

/** What a bus needs of its term. */
export interface BusEnvironment {
  context(): TransitionContext;
  /** The bus has something to handle and wants a turn. */
  ready(bus: RunBus): void;
  perform(bus: RunBus, intent: Intent): void;
  run(bus: RunBus, effect: Effect): void;
  /** Resolves when the unit is durable. Rejects only when it can never be. */
  commit(bus: RunBus, unit: RunCommit): Promise<{ readonly number: number | null }>;
  /** The unit is durable; its effects follow. */
  committed(bus: RunBus, unit: RunChangeSet): void;
  /** Its commit was refused; the bus is set aside. */
  broken(bus: RunBus, error: unknown): void;
  /** Handling failed; the bus is set aside. `doing` names the event or the step. */
  quarantined(bus: RunBus, doing: string, error: unknown): void;
  /** The run could not be filed (B7). */
  unfiled(bus: RunBus, error: unknown): void;
  /** The run has ended, is committed and has no event left: it may leave memory. */
  settled(bus: RunBus): void;
}

export interface RunBus {
  readonly id: WorkflowInstanceId;
  readonly run: Run;
  /** `aside`: it handles nothing any more and keeps what it is told. */
  readonly state: 'open' | 'aside' | 'closed';
  post(event: LifecycleEvent): void;
  /** After a rebuild: asks for what makes the run go on. Called once, before any event. */
  resume(): void;
  /** Handles up to `budget` events. Returns how many it handled. */
  turn(budget: number): number;
  /** Starts the commit of what the turns have changed, unless one is on its way. */
  flush(): void;
  /** Something done for the run failed: it is set aside. `doing` names it. */
  fail(doing: string, error: unknown): void;
  /** Nothing more: what is on its way is let go. */
  close(): void;
  /** Resolves when no commit is on its way. */
  quiet(): Promise<void>;
  /** Something else writes rows of the run; whoever takes the run from here has to wait for it. */
  hold(work: Promise<void>): void;
  /** Resolves when it is quiet and nothing is held. */
  atRest(): Promise<void>;
  /** Whether the rows say that a worker holds the task instance by this dispatch. */
  holds(taskInstanceId: TaskInstanceId, dispatchId: DispatchId): boolean;
  /** The order to end the dispatch, if the rows have one. */
  orderFor(dispatchId: DispatchId): OutboxRow | undefined;
  /** Events whose commit is not durable, in order. */
  pending(): readonly LifecycleEvent[];
  /** Events not handled yet; 0 when it is not open. */
  readonly waiting: number;
}

/** A run that is not in the rows yet. */
export interface NewBusRun {
  readonly filing: Filing;
  /** It is durable. */
  filed(): void;
  /** It is not, as far as is known. */
  failed(error: unknown): void;
}

export function createRunBus(run: Run, env: BusEnvironment, newRun?: NewBusRun): RunBus {
  let state: RunBus['state'] = 'open';
  /** Until it is filed. */
  let unfiled = newRun;
  let mailbox: LifecycleEvent[] = [];
  /** Handled since the last commit began, and with the commit that is on its way. */
  let handled: LifecycleEvent[] = [];
  let inFlight: LifecycleEvent[] = [];
  let effects: Effect[] = [];
  let commit: Promise<void> | undefined;
  const dispatches = new Map<TaskInstanceId, DispatchId>();
  const held = new Set<Promise<void>>();
  const orders = new Map<string, OutboxRow>(run.outbox);
  for (const node of run.nodes) {
    const row = node.current;
    if (row?.dispatchId && !isTaskTerminal(row.state)) dispatches.set(row.id, row.dispatchId);
  }

  async function quiet(): Promise<void> {
    while (commit) await commit;
  }

  function setAside(error: unknown, tell: () => void): void {
    if (state !== 'open') return;
    state = 'aside';
    effects = [];
    if (unfiled) giveUp(unfiled, error);
    else tell();
  }

  /** B7 */
  function giveUp({ failed }: NewBusRun, error: unknown): void {
    unfiled = undefined;
    failed(error);
    env.unfiled(bus, error);
  }

  function apply(result: { readonly intents: readonly Intent[]; readonly effects: readonly Effect[] }): void {
    effects.push(...result.effects);
    for (const intent of result.intents) env.perform(bus, intent);
  }

  function startCommit(unit: RunChangeSet, due: readonly Effect[]): void {
    inFlight = handled;
    handled = [];
    commit = env.commit(bus, unfiled ? { ...unit, filing: unfiled.filing } : unit).then(
      ({ number }) => {
        commit = undefined;
        inFlight = [];
        unfiled?.filed();
        unfiled = undefined;
        afterCommit(unit, due, number);
      },
      (error) => {
        commit = undefined;
        setAside(error, () => env.broken(bus, error));
        // Of a bus that was closed meanwhile.
        unfiled?.failed(error);
      },
    );
  }

  function afterCommit(unit: RunChangeSet, due: readonly Effect[], number: number | null): void {
    if (state === 'closed') return;
    if (number !== null) run.instance.number = number;
    remember(unit);
    try {
      env.committed(bus, unit);
      // Also of a run set aside meanwhile: these effects belong to what is durable.
      for (const effect of due) env.run(bus, effect);
    } catch (error) {
      setAside(error, () => env.quarantined(bus, 'an effect', error));
    }
    flush();
  }

  function remember(unit: RunChangeSet): void {
    for (const rows of [unit.newTasks, unit.changedTasks]) {
      for (const row of rows) {
        if (row.dispatchId && !isTaskTerminal(row.state)) dispatches.set(row.id, row.dispatchId);
        else dispatches.delete(row.id);
      }
    }
    for (const order of unit.outboxPut) orders.set(order.dispatchId, order);
    for (const id of unit.outboxDone) orders.delete(id);
  }

  function flush(): void {
    if (commit || state !== 'open') return;
    const due = effects;
    effects = [];
    try {
      const violated = checkInvariants(run);
      if (violated !== undefined) throw new Error(violated);
      const unit = takeChanges(run);
      if (unit) {
        startCommit(unit, due);
        return;
      }
      handled = [];
      for (const effect of due) env.run(bus, effect);
    } catch (error) {
      setAside(error, () => env.quarantined(bus, 'a commit', error));
      return;
    }
    if (mailbox.length === 0 && isWorkflowTerminal(run.instance.state)) env.settled(bus);
  }

  const bus: RunBus = {
    id: run.instance.id,
    run,
    get state() {
      return state;
    },
    post(event) {
      if (mailbox.push(event) === 1 && state === 'open') env.ready(bus);
    },
    resume() {
      if (state !== 'open') return;
      try {
        apply(resumeRun(run, env.context()));
        env.ready(bus);
      } catch (error) {
        setAside(error, () => env.quarantined(bus, 'its rows', error));
      }
    },
    turn(budget) {
      let count = 0;
      while (count < budget && count < mailbox.length && state === 'open') {
        const event = mailbox[count]!;
        try {
          apply(transition(run, event, env.context()));
        } catch (error) {
          setAside(error, () => env.quarantined(bus, event.type, error));
          break;
        }
        handled.push(event);
        count += 1;
      }
      mailbox = count === mailbox.length ? [] : mailbox.slice(count);
      return count;
    },
    flush,
    fail: (doing, error) => setAside(error, () => env.quarantined(bus, doing, error)),
    close() {
      state = 'closed';
      effects = [];
      // What is on its way may still be written, and is told of when it is known.
      if (commit === undefined) unfiled?.failed(new AppError('unavailable', 'This server has stopped leading.'));
    },
    quiet,
    hold(work) {
      const until = work.finally(() => held.delete(until));
      held.add(until);
    },
    async atRest() {
      await quiet();
      await Promise.all(held);
    },
    holds: (taskInstanceId, dispatchId) => dispatches.get(taskInstanceId) === dispatchId,
    orderFor: (dispatchId) => orders.get(dispatchId),
    pending: () => [...inFlight, ...handled, ...mailbox],
    get waiting() {
      return state === 'open' ? mailbox.length : 0;
    },
  };
  return bus;
}
