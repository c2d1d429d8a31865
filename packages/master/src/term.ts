/**
 * One term of leadership: everything the master holds in memory between gaining the lease and losing it. Ends as a
 * whole; the next term, here or on another server, starts from the rows.
 *
 * T1 Nothing of a term acts after `close`: buses, timers, sessions and pending commits of it are of no effect.
 * T2 Every commit carries the term's epoch; one refused as fenced ends the term.
 * T3 After recovery every open run is in memory, and every live dispatch has its worker connected or a timer that
 *    declares the worker lost.
 */
import {
  type Clock,
  type DispatchId,
  type Epoch,
  type IdSource,
  type Intent,
  isTaskTerminal,
  isWorkflowTerminal,
  quarantineReason,
  type Random,
  type TransitionContext,
  toAppError,
} from '@vaquita/core';
import type { Wire } from '@vaquita/protocol';
import type { LogStore, MasterStore } from '@vaquita/store';
import { createCoordinator } from './bus/coordinator.ts';
import type { BusEnvironment, RunBus } from './bus/run-bus.ts';
import { createRunRegistry } from './bus/run-registry.ts';
import { createCommandConsumer } from './commands/command-consumer.ts';
import { createDeliveries } from './dispatch/deliveries.ts';
import { createDispatcher } from './dispatch/dispatcher.ts';
import { createLiveDispatches } from './dispatch/live-dispatches.ts';
import { type ConnectedWorker, createWorkerPool } from './dispatch/worker-pool.ts';
import { createDurableCommit } from './recovery/durable-commit.ts';
import { recordLateResult } from './recovery/late-result.ts';
import { createHeartbeats } from './sessions/heartbeats.ts';
import { createOutputRouter } from './sessions/output-router.ts';
import { createPresence } from './sessions/presence.ts';
import { createResultAcks } from './sessions/result-acks.ts';
import { createWorkerDoor } from './sessions/worker-door.ts';
import type { Logger, MasterSettings } from './settings.ts';
import { createTimerQueue } from './timers/timer-queue.ts';

export interface TermDeps {
  readonly epoch: Epoch;
  readonly store: MasterStore;
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly serverId: string;
  readonly isWorkerToken: (token: string) => Promise<boolean>;
  readonly settings: MasterSettings;
  readonly log: Logger;
  /** Runs later, after sockets and timers had their turn. */
  readonly defer: (run: () => void) => void;
  /** A commit is durable: readers of the event record may look. */
  readonly committed: () => void;
  /** The term cannot go on: leadership is over. */
  readonly over: (why: string) => void;
}

export interface TermStatus {
  readonly epoch: Epoch;
  readonly runs: number;
  readonly queued: number;
  readonly live: number;
  readonly workers: number;
}

export interface Term {
  nudge(): void;
  accept(wire: Wire): void;
  status(): TermStatus;
  close(): Promise<void>;
}

export function openTerm(deps: TermDeps): Term {
  const { epoch, store, clock, ids, settings, log } = deps;
  let closed = false;

  const live = createLiveDispatches();
  const pool = createWorkerPool(live, clock);
  const timers = createTimerQueue(clock);
  const resultAcks = createResultAcks();
  const dispatcher = createDispatcher({ clock, ids, epoch, live, pool });
  const deliveries = createDeliveries({
    clock,
    timers,
    live,
    pool,
    resultAcks,
    ackTimeoutMs: settings.ackTimeoutMs,
    rest,
  });
  const outputs = createOutputRouter(deps.logs, clock, log);
  const heartbeats = createHeartbeats(store.workers, clock, settings.heartbeatFlushMs, log);
  const coordinator = createCoordinator({ defer: deps.defer, placeTasks: dispatcher.flush });
  const commits = createDurableCommit({ store, epoch, clock, log, retryMs: settings.commitRetryMs });
  const presence = createPresence({
    workers: store.workers,
    clock,
    timers,
    live,
    pool,
    deliveries,
    resultAcks,
    heartbeats,
    log,
    wake: coordinator.wake,
    told: deps.committed,
  });

  const env: BusEnvironment = {
    context: (): TransitionContext => ({ now: clock.now(), ids, random: deps.random, settings: settings.machine }),
    ready: coordinator.ready,
    perform,
    run: deliveries.perform,
    commit: (_bus, unit) => commits.write(unit),
    committed(_bus, done) {
      commands.done(done);
      deps.committed();
    },
    broken: (bus, error) => void rebuild(bus, error),
    quarantined: (bus, event, error) => void quarantine(bus, event.type, error),
    settled(bus) {
      forget(bus);
      runs.drop(bus);
    },
  };
  const runs = createRunRegistry({ store, env, opened: adopt });
  const commands = createCommandConsumer({
    store,
    clock,
    log,
    epoch,
    pollMs: settings.commandPollMs,
    runs,
    failed: endWhenFenced,
    rejected: deps.committed,
  });
  const recovered = recover();
  const door = createWorkerDoor({
    workers: store.workers,
    isWorkerToken: deps.isWorkerToken,
    clock,
    ids,
    epoch,
    serverId: deps.serverId,
    settings,
    live,
    pool,
    acks: deliveries.acks,
    outputs,
    heartbeats,
    resultAcks,
    log,
    recovered,
    rest,
    joined: presence.joined,
    left: presence.left,
    told: deps.committed,
    lateResult: (id, worker) => void acknowledgeLate(id, worker),
  });
  lookForUnplaceable();
  commands.nudge();

  function perform(bus: RunBus, intent: Intent): void {
    switch (intent.type) {
      case 'EnqueueTask':
        enqueue(bus, intent.taskInstanceId);
        return;
      case 'DequeueTask':
        dispatcher.queue.remove(intent.taskInstanceId);
        return;
      case 'ReleaseDispatch':
        live.remove(intent.dispatchId);
        deliveries.acks.answered(intent.dispatchId);
        coordinator.wake();
        return;
      case 'SetTimer':
        timers.set(intent.key, intent.dueAt, () => bus.post(intent.event));
        return;
      case 'ClearTimer':
        timers.clear(intent.key);
        return;
    }
  }

  function enqueue(bus: RunBus, id: (Intent & { type: 'EnqueueTask' })['taskInstanceId']): void {
    const row = bus.run.nodeOf.get(id)?.current;
    if (!row || dispatcher.queue.has(row.id)) return;
    dispatcher.queue.push({
      taskInstanceId: row.id,
      bus,
      group: row.workerGroup,
      type: row.type,
      runPriority: bus.run.instance.priority,
      taskPriority: row.priority,
      firstSubmittedAt: row.firstSubmittedAt,
      queuedAt: clock.now(),
    });
  }

  /** A run was built from its rows: what workers hold of it is live again. */
  function adopt(bus: RunBus): void {
    for (const node of bus.run.nodes) {
      const row = node.current;
      if (!row?.dispatchId || !row.workerId || isTaskTerminal(row.state)) continue;
      live.add({ id: row.dispatchId, taskInstanceId: row.id, workerId: row.workerId, bus });
    }
  }

  /** Whatever memory holds of the run goes; its rows stay. */
  function forget(bus: RunBus): void {
    dispatcher.queue.removeRun(bus);
    live.removeRun(bus);
  }

  async function recover(): Promise<void> {
    let count = 0;
    for (let after: string | null = null; !closed; ) {
      const page = await untilRead(() => store.openInstances({ after, limit: settings.recoveryPage }));
      if (!page) return;
      for (const id of page.items) {
        const impossible = await untilRead(() => runs.withBus(id, () => {}));
        if (impossible !== undefined && !closed) log.error('An open run cannot go on.', { run: id, why: impossible });
        count += 1;
      }
      after = page.next;
      if (after === null) break;
    }
    if (closed) return;
    await untilRead(() => presence.awaitAbsent());
    if (count > 0) log.info('Open runs have been taken over.', { runs: count });
  }

  /** Reads until it works or the term is over. */
  async function untilRead<T>(read: () => Promise<T>): Promise<T | undefined> {
    while (!closed) {
      try {
        return await read();
      } catch (error) {
        log.warn('Reading for the recovery failed; trying again.', { error: toAppError(error).message });
        await new Promise<void>((resolve) => clock.setTimeout(resolve, settings.commitRetryMs));
      }
    }
    return undefined;
  }

  /** Memory and rows disagree: the rows are right. */
  async function rebuild(bus: RunBus, error: unknown): Promise<void> {
    if (endWhenFenced(error)) return;
    log.error('A run is rebuilt from its rows, because its commit was refused.', {
      run: bus.id,
      error: toAppError(error).message,
    });
    forget(bus);
    runs.drop(bus);
    if (!isWorkflowTerminal(bus.run.instance.state)) await untilRead(() => runs.withBus(bus.id, () => {}));
    commands.retry(bus);
    // What workers reported meanwhile went to the old bus: they report again when they reconnect.
    for (const worker of pool.all()) worker.close('internal_error', 'please reconnect and report again');
  }

  /** The run's state stays as it is; what held it up is written on it, and everything else goes on. */
  async function quarantine(bus: RunBus, event: string, thrown: unknown): Promise<void> {
    const text = `Handling "${event}" failed: ${toAppError(thrown).message}`;
    log.error('A run is set aside.', {
      run: bus.id,
      event,
      error: thrown instanceof Error ? (thrown.stack ?? text) : text,
    });
    forget(bus);
    const rows = await untilRead(() => store.loadRun(bus.id));
    if (!rows || closed) return;
    const instance = {
      ...rows.instance,
      reason: quarantineReason(bus.run, env.context(), text),
      updatedAt: clock.now(),
    };
    await commits
      .write({
        instance,
        assignNumber: false,
        newTasks: [],
        changedTasks: [],
        events: [],
        outboxPut: [],
        outboxDone: [],
        commandsDone: [],
      })
      .then(deps.committed, endWhenFenced);
  }

  async function acknowledgeLate(id: DispatchId, worker: ConnectedWorker): Promise<void> {
    try {
      await recordLateResult(store, epoch, clock, id, worker.name);
      resultAcks.acknowledge(id);
    } catch (error) {
      endWhenFenced(error);
    }
  }

  /** Gives the worker nothing for a while, and looks again at the queues when it is over. */
  function rest(worker: ConnectedWorker, forMs: number): void {
    const until = clock.now() + forMs;
    pool.rest(worker.id, until);
    timers.set(`rest:${worker.id}`, until, coordinator.wake);
  }

  function lookForUnplaceable(): void {
    dispatcher.noteUnplaceable(settings.unplaceableAfterMs);
    timers.set('unplaceable', clock.now() + settings.unplaceableAfterMs, lookForUnplaceable);
  }

  function endWhenFenced(error: unknown): boolean {
    const fenced = toAppError(error).code === 'fenced';
    if (fenced && !closed) deps.over('another server has taken the lead');
    return fenced;
  }

  return {
    nudge: commands.nudge,
    accept: door.accept,
    status: () => ({
      epoch,
      runs: runs.all().length,
      queued: dispatcher.queue.size,
      live: live.size,
      workers: pool.all().length,
    }),
    async close() {
      closed = true;
      commands.close();
      coordinator.close();
      runs.close();
      commits.close();
      timers.close();
      door.close();
      heartbeats.close();
      await outputs.close();
    },
  };
}
