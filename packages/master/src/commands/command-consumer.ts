/**
 * Takes commands from their rows to the buses of the runs they are for. The row is the truth: a command is taken again
 * until the commit that carries it out marks it done. A nudge only saves the wait for the next look.
 *
 * C1 A command is on its way to at most one bus at a time in this term, and is not taken again once it has ended.
 */
import {
  type Clock,
  type CommandId,
  type CommandRow,
  type LifecycleEvent,
  type TaskInstanceId,
  type TimerHandle,
  toAppError,
} from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { RunRegistry } from '../bus/run-registry.ts';
import { endFromRows } from '../recovery/end-from-rows.ts';
import type { Logger } from '../settings.ts';

/** Commands read at a time; more are read as soon as these are on their way. */
const PAGE = 200;

export interface CommandConsumer {
  /** Look now. */
  nudge(): void;
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
  readonly pollMs: number;
  readonly runs: Pick<RunRegistry, 'withBus' | 'rebuild'>;
  /** The run was ended without its bus: it leaves memory, and workers are told. */
  readonly abandon: (bus: RunBus) => void;
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
    // Commands for one run keep their order: the bus takes them as they are handed over here.
    const routed = await Promise.allSettled(fresh.map(route));
    routed.forEach((result, index) => {
      if (result.status === 'rejected') onTheirWay.delete(fresh[index]!.id);
    });
    const failure = routed.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
    if (fresh.length >= PAGE) again = true;
  }

  async function route(command: CommandRow): Promise<void> {
    const found = await deps.runs.withBus(command.workflowInstanceId, (bus) => hand(command, bus));
    switch (found.kind) {
      case 'used':
      case 'over':
        return;
      case 'impossible':
        await endFromRows(deps, command, found.why);
        break;
      case 'aside':
        // A person acts on a run that was set aside: a stop ends it whatever holds it up, anything else tries it again.
        if (command.kind !== 'stop') {
          await deps.runs.rebuild(found.bus, (bus) => hand(command, bus));
          return;
        }
        await found.bus.quiet();
        await endFromRows(deps, command, 'it was set aside');
        deps.abandon(found.bus);
        break;
    }
    deps.told();
    onTheirWay.delete(command.id);
  }

  function hand(command: CommandRow, bus: RunBus): void {
    onTheirWay.set(command.id, bus);
    bus.post(eventOf(command));
  }

  return {
    nudge: () => void look(),
    done(ids) {
      for (const id of ids) {
        onTheirWay.delete(id);
        if (looking) endedMeanwhile.add(id);
      }
    },
    retry(bus) {
      for (const [id, holder] of onTheirWay) if (holder === bus) onTheirWay.delete(id);
      void look();
    },
    close() {
      closed = true;
      if (timer !== undefined) deps.clock.clearTimeout(timer);
    },
  };
}

function eventOf(command: CommandRow): LifecycleEvent {
  const commandId = command.id;
  const by = command.createdBy;
  switch (command.kind) {
    case 'start':
      return { type: 'StartWorkflow', commandId };
    case 'stop':
      return { type: 'StopWorkflow', commandId, by };
    case 'rerun':
      return { type: 'RerunWorkflow', commandId, by };
    case 'kill_task':
      return {
        type: 'KillTask',
        commandId,
        by,
        taskInstanceId: String(command.payload.taskInstanceId) as TaskInstanceId,
      };
  }
}
