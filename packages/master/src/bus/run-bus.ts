/**
 * The mailbox of one run: events are handled one at a time, what they change is committed as one unit, and effects
 * follow their commit.
 *
 * B1 Events are handled in the order they were posted; an event posted while another is handled waits its turn.
 * B2 At most one commit of a run is on its way. Changes made meanwhile go with the next one, each row once.
 * B3 An effect is performed only after the commit of the transition that asked for it, and of all before it.
 * B4 No event is dropped: if one cannot be handled the run is set aside with its mailbox and everything else goes on.
 */
import {
  type CommandId,
  type Effect,
  type Intent,
  isWorkflowTerminal,
  type LifecycleEvent,
  type Run,
  type RunChangeSet,
  resumeRun,
  type TransitionContext,
  takeChanges,
  transition,
  type WorkflowInstanceId,
} from '@vaquita/core';

/** What a bus needs of its term. */
export interface BusEnvironment {
  context(): TransitionContext;
  /** The bus has something to handle and wants a turn. */
  ready(bus: RunBus): void;
  perform(bus: RunBus, intent: Intent): void;
  run(bus: RunBus, effect: Effect): void;
  /** Resolves when the unit is durable. Rejects only when it can never be: the term is over or the unit conflicts. */
  commit(bus: RunBus, unit: RunChangeSet): Promise<{ readonly number: number | null }>;
  committed(bus: RunBus, commands: readonly CommandId[]): void;
  /** Its commit was refused: memory and rows disagree, so the run must be rebuilt from its rows. */
  broken(bus: RunBus, error: unknown): void;
  quarantined(bus: RunBus, event: LifecycleEvent, error: unknown): void;
  /** The run has ended, is committed and has no event left: it may leave memory. */
  settled(bus: RunBus): void;
}

export interface RunBus {
  readonly id: WorkflowInstanceId;
  readonly run: Run;
  post(event: LifecycleEvent): void;
  /** After a rebuild: asks for what makes the run go on. Called once, before any event. */
  resume(): void;
  /** Handles up to `budget` events. Returns how many it handled. */
  turn(budget: number): number;
  /** Starts the commit of what the turns have changed, unless one is on its way. */
  flush(): void;
  /** No more events or commits; what is on its way is let go. */
  close(): void;
  readonly waiting: number;
}

export function createRunBus(run: Run, env: BusEnvironment): RunBus {
  let mailbox: LifecycleEvent[] = [];
  let effects: Effect[] = [];
  let committing = false;
  let stopped = false;

  function apply(result: { readonly intents: readonly Intent[]; readonly effects: readonly Effect[] }): void {
    effects.push(...result.effects);
    for (const intent of result.intents) env.perform(bus, intent);
  }

  function flush(): void {
    if (committing || stopped) return;
    const unit = takeChanges(run);
    const due = effects;
    effects = [];
    if (!unit) {
      for (const effect of due) env.run(bus, effect);
      settleWhenDone();
      return;
    }
    committing = true;
    env.commit(bus, unit).then(
      ({ number }) => afterCommit(unit, due, number),
      (error) => {
        committing = false;
        if (!stopped) env.broken(bus, error);
      },
    );
  }

  function afterCommit(unit: RunChangeSet, due: readonly Effect[], number: number | null): void {
    committing = false;
    if (stopped) return;
    if (number !== null) run.instance.number = number;
    env.committed(
      bus,
      unit.commandsDone.map((command) => command.id),
    );
    for (const effect of due) env.run(bus, effect);
    flush();
  }

  function settleWhenDone(): void {
    if (mailbox.length === 0 && isWorkflowTerminal(run.instance.state)) env.settled(bus);
  }

  const bus: RunBus = {
    id: run.instance.id,
    run,
    post(event) {
      if (mailbox.push(event) === 1 && !stopped) env.ready(bus);
    },
    resume() {
      apply(resumeRun(run, env.context()));
      env.ready(bus);
    },
    turn(budget) {
      let handled = 0;
      while (handled < budget && handled < mailbox.length && !stopped) {
        const event = mailbox[handled]!;
        try {
          apply(transition(run, event, env.context()));
        } catch (error) {
          stopped = true;
          mailbox = mailbox.slice(handled);
          env.quarantined(bus, event, error);
          return handled;
        }
        handled += 1;
      }
      mailbox = handled === mailbox.length ? [] : mailbox.slice(handled);
      return handled;
    },
    flush,
    close() {
      stopped = true;
    },
    get waiting() {
      return stopped ? 0 : mailbox.length;
    },
  };
  return bus;
}
