/**
 * Takes commands from their rows to the buses of the runs they are for. The row is the truth: a command is taken again
 * until the commit that carries it out marks it done. A nudge only saves the wait for the next look.
 *
 * C1 A command is on its way to at most one bus at a time in this term, and is not taken again once it has ended.
 * C2 Commands of one run that are read together reach it in the order they were filed, one after the other.
 */
import {
  type Clock,
  COMMAND_KINDS,
  type CommandId,
  type CommandRow,
  type IdSource,
  type OneAtATime,
  type TimerHandle,
  toAppError,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { RunRegistry } from '../bus/run-registry.ts';
import { endFromRows } from '../recovery/end-from-rows.ts';
import type { Settling } from '../recovery/settling.ts';
import type { Logger } from '../settings.ts';
import { eventOf } from './event-of.ts';

/** Commands read at a time; more are read as soon as these are on their way. */
const PAGE = 200;

export interface CommandConsumer {
  /** Look now. A start that was filed a moment ago is taken at once, as it is given. */
  nudge(filed?: CommandRow): void;
  /** The commit that carried these out is durable. */
  done(ids: readonly CommandId[]): void;
  /** The run that had these on its way was rebuilt: they are taken again. */
  retry(bus: RunBus): void;
  close(): void;
}

export interface CommandConsumerDeps {
  readonly store: MasterStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly epoch: number;
  readonly ids: IdSource;
  readonly pollMs: number;
  readonly runs: Pick<RunRegistry, 'withBus' | 'rebuild'>;
  readonly turns: OneAtATime<WorkflowInstanceId>;
  readonly settling: Settling;
  /** The run was ended without its bus: it leaves memory, and workers are told. */
  readonly abandon: (bus: RunBus) => void;
  /** A run has ended by a unit that no bus wrote. */
  readonly ended: (row: WorkflowInstanceRow) => void;
  readonly failed: (error: unknown) => void;
  /** Something is durable: readers of the event record may look. */
  readonly told: () => void;
}

export function createCommandConsumer(deps: CommandConsumerDeps): CommandConsumer {
  const onTheirWay = new Map<CommandId, RunBus | null>();
  /** Ended while a page was being read: the page may still show them as pending. */
  const endedMeanwhile = new Set<CommandId>();
  let timer: TimerHandle | undefined;
  let looking = false;
  let again = false;
  let closed = false;

  async function look(): Promise<void> {
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    if (timer !== undefined) deps.clock.clearTimeout(timer);
    timer = undefined;
    try {
      do {
        again = false;
        await takePage();
      } while (again && !closed);
    } catch (error) {
      deps.log.warn('Commands could not be read; trying again.', { error: toAppError(error).message });
      deps.failed(error);
    }
    looking = false;
    if (!closed) timer = deps.clock.setTimeout(() => void look(), deps.pollMs);
  }

  async function takePage(): Promise<void> {
    endedMeanwhile.clear();
    const commands = await deps.store.pendingCommands(PAGE + onTheirWay.size);
    const fresh = commands.filter(({ id }) => !onTheirWay.has(id) && !endedMeanwhile.has(id));
    for (const command of fresh) onTheirWay.set(command.id, null);
    const routed = await Promise.allSettled(byRun(fresh).map(routeInOrder));
    const failure = routed.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
    if (fresh.length >= PAGE) again = true;
  }

  /** The first command of its run: nothing can come before it, so it need not be looked for. */
  async function take(command: CommandRow): Promise<void> {
    if (closed || onTheirWay.has(command.id)) return;
    onTheirWay.set(command.id, null);
    try {
      await route(command);
    } catch {
      // It is taken from its row, as if nobody had told of it.
      onTheirWay.delete(command.id);
      await look();
    }
  }

  async function routeInOrder(commands: readonly CommandRow[]): Promise<void> {
    for (const [index, command] of commands.entries()) {
      try {
        await route(command);
      } catch (error) {
        for (const { id } of commands.slice(index)) onTheirWay.delete(id);
        throw error;
      }
    }
  }

  async function route(command: CommandRow): Promise<void> {
    if (!COMMAND_KINDS.includes(command.kind)) {
      await reject(command.id, `this server knows no command "${command.kind}"`);
      deps.told();
      onTheirWay.delete(command.id);
      return;
    }
    // To be tried again is all that a retry asks: the run being built anew is that.
    const isRetry = command.kind === 'retry';
    let wasTried = false;
    let found = await deps.runs.withBus(command.workflowInstanceId, (bus, wasAside) => {
      if (isRetry && wasAside) wasTried = true;
      else hand(command, bus);
    });
    // A person acts on a run that was set aside: a stop ends it whatever holds it up, anything else tries it again.
    if (found.kind === 'aside' && command.kind !== 'stop') {
      const { bus: given } = found;
      wasTried = isRetry;
      found = await deps.runs.rebuild(given, isRetry ? () => {} : (bus) => hand(command, bus));
      if (forget(given) > 0) again = true;
    }
    if (wasTried && found.kind === 'used') {
      await deps.store.rejectCommand(deps.epoch, command.id, 'done');
      onTheirWay.delete(command.id);
    }
    switch (found.kind) {
      case 'used':
      case 'over':
        return;
      case 'impossible':
        await end(command, found.why);
        break;
      case 'aside':
        if (command.kind === 'stop') await endAside(command, found.bus);
        else await reject(command.id, 'the run has been set aside again');
        break;
    }
    deps.told();
    onTheirWay.delete(command.id);
  }

  async function end(command: CommandRow, why: string): Promise<void> {
    const id = command.workflowInstanceId;
    const ended = await deps.turns.about(id, () => endFromRows(deps, command, why));
    if (ended) deps.ended(ended);
  }

  async function endAside(command: CommandRow, bus: RunBus): Promise<void> {
    await bus.atRest();
    await end(command, 'it was set aside');
    // From here on the command is done, and nobody comes back to this.
    deps.abandon(bus);
    // What was asked of the run before, and could not be done, is not tried again behind the back of who stopped it.
    const others = Array.from(onTheirWay).filter(([id, holder]) => holder === bus && id !== command.id);
    for (const [id] of others) {
      await deps.settling.patiently(() => rejectOnce(id, 'the run was set aside and then stopped'));
      onTheirWay.delete(id);
    }
  }

  function reject(id: CommandId, why: string): Promise<void> {
    return deps.store.rejectCommand(deps.epoch, id, `rejected: ${why}`);
  }

  /** Also when it has ended by an earlier try whose answer was lost. */
  async function rejectOnce(id: CommandId, why: string): Promise<void> {
    try {
      await reject(id, why);
    } catch (thrown) {
      if (toAppError(thrown).code !== 'conflict') throw thrown;
    }
  }

  /** Commands that a bus which is given up had on their way are taken from their rows again. Returns how many. */
  function forget(bus: RunBus): number {
    let count = 0;
    for (const [id, holder] of onTheirWay) if (holder === bus && onTheirWay.delete(id)) count += 1;
    return count;
  }

  function hand(command: CommandRow, bus: RunBus): void {
    onTheirWay.set(command.id, bus);
    bus.post(eventOf(command));
  }

  return {
    nudge: (filed) => void (filed?.kind === 'start' ? take(filed) : look()),
    done(ids) {
      for (const id of ids) {
        onTheirWay.delete(id);
        if (looking) endedMeanwhile.add(id);
      }
    },
    retry(bus) {
      forget(bus);
      void look();
    },
    close() {
      closed = true;
      if (timer !== undefined) deps.clock.clearTimeout(timer);
    },
  };
}

/** A list per run, each in the order of filing. */
function byRun(commands: readonly CommandRow[]): CommandRow[][] {
  const runs = new Map<string, CommandRow[]>();
  for (const command of commands) {
    const list = runs.get(command.workflowInstanceId);
    if (list) list.push(command);
    else runs.set(command.workflowInstanceId, [command]);
  }
  for (const list of runs.values()) list.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  return [...runs.values()];
}
