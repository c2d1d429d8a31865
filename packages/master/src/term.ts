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
  createOneAtATime,
  type DispatchId,
  type TaskInstanceId,
  type TransitionContext,
  toAppError,
  type WorkerId,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { createCoordinator } from './bus/coordinator.ts';
import { createHoldings } from './bus/holdings.ts';
import { createIdleWatch } from './bus/idle.ts';
import { type IntentDeps, performIntent } from './bus/perform-intent.ts';
import type { BusEnvironment, RunBus } from './bus/run-bus.ts';
import { createRunRegistry } from './bus/run-registry.ts';
import { createCommandConsumer } from './commands/command-consumer.ts';
import { startDirectly } from './commands/direct-start.ts';
import { createDeclaredGroups } from './dispatch/declared-groups.ts';
import { createDeliveries } from './dispatch/deliveries.ts';
import { createDispatcher } from './dispatch/dispatcher.ts';
import { createHolds } from './dispatch/holds.ts';
import { createLiveDispatches } from './dispatch/live-dispatches.ts';
import { queuedTaskOf } from './dispatch/queued-task.ts';
import { createRests } from './dispatch/rests.ts';
import { createTaskNeeds } from './dispatch/task-needs.ts';
import { createWorkerPool } from './dispatch/worker-pool.ts';
import { watchAdmission } from './gate/admission-watch.ts';
import { createRoom } from './gate/room.ts';
import { createJanitor } from './janitor/janitor.ts';
import { createLogicHost } from './logic/logic-host.ts';
import { createReconciliation } from './reconcile/reconciliation.ts';
import { createDurableCommit } from './recovery/durable-commit.ts';
import { createRepair } from './recovery/repair.ts';
import { createSettling } from './recovery/settling.ts';
import { createTakingOver } from './recovery/taking-over.ts';
import { createUnknownDispatches } from './recovery/unknown-dispatches.ts';
import { createHeartbeats } from './sessions/heartbeats.ts';
import { createLookouts } from './sessions/lookouts.ts';
import { createOutputRouter } from './sessions/output-router.ts';
import { createPresence, type Loss } from './sessions/presence.ts';
import { createProofOfLife } from './sessions/proof-of-life.ts';
import { createReception } from './sessions/reception.ts';
import { createResultAcks } from './sessions/result-acks.ts';
import { workersOfTerm } from './sessions/term-workers.ts';
import { createSystemHandlers } from './system/handlers.ts';
import { createLossTeller } from './system/lost-servers.ts';
import { createRecorder } from './system/recorder.ts';
import { createSystemBus } from './system/system-bus.ts';
import type { Term, TermDeps } from './term-port.ts';
import { createTimerQueue } from './timers/timer-queue.ts';

export function openTerm(deps: TermDeps): Term {
  const { epoch, store, clock, ids, settings, log } = deps;
  const told = deps.committed;
  let closed = false;
  /** Every open run that can be is in memory, and its workers are here or waited for. */
  let tookOver = false;

  const live = createLiveDispatches();
  const pool = createWorkerPool(live, deps.random);
  const timers = createTimerQueue(clock);
  const resultAcks = createResultAcks();
  const dispatcher = createDispatcher({ clock, ids, epoch, live, pool });
  const coordinator = createCoordinator({ defer: deps.defer, placeTasks });
  const isOver = () => closed;
  const room = createRoom({ store, clock, log, timers, queue: dispatcher.queue, settings, isOver });
  const declaredGroups = createDeclaredGroups({
    ...{ store, clock, log, pool, timers, isOver, retryMs: settings.commitRetryMs },
    pollMs: settings.workerGroupPollMs,
    wake: coordinator.wake,
  });
  const rests = createRests({ timers, pool, firstMs: settings.restMs, wake: coordinator.wake });
  const { ackTimeoutMs } = settings;
  const { counts } = deps;
  const holds = createHolds(pool, coordinator.wake);
  const record = createRecorder({ store, epoch, log, told, endWhenFenced });
  const proof = createProofOfLife({ clock, timers, ids, live, pool, holds, counts, log, settings, record });
  const { deafness, starts } = proof;
  const lookouts = createLookouts({ pool, timers, ids });
  const needs = createTaskNeeds({
    ...{ timers, log, isOver, open: deps.openNeeds, retryMs: settings.commitRetryMs },
  });
  const deliveries = createDeliveries({
    ...{ clock, epoch, timers, live, pool, resultAcks, rests, needs, ackTimeoutMs, counts, deafness },
  });
  const outputs = createOutputRouter(deps.logs, clock, log);
  const workers = workersOfTerm(store.workers, epoch);
  const heartbeats = createHeartbeats(workers, clock, settings.heartbeatFlushMs, log);
  const commits = createDurableCommit({ store, epoch, clock, log, retryMs: settings.commitRetryMs });
  /** Work on the rows of runs that no bus owns: nobody writes what somebody else has changed since he read it. */
  const rowTurns = createOneAtATime<WorkflowInstanceId>();
  const idle = createIdleWatch();
  const { commitRetryMs: retryMs } = settings;
  const settling = createSettling({ store, epoch, clock, log, isOver, endWhenFenced, retryMs });
  /** Resolves when open runs can be taken over: from then on workers may come in. */
  const open = Promise.withResolvers<void>();
  const presence = createPresence({
    epoch,
    workers,
    clock,
    ids,
    timers,
    live,
    pool,
    holds,
    deliveries,
    resultAcks,
    log,
    heartbeats,
    lost: workerLost,
    wake: coordinator.wake,
    told,
  });

  const memory: IntentDeps = {
    ...{ enqueue, queue: dispatcher.queue, releaseDispatch, timers, room },
    logic: () => logic,
  };
  const env: BusEnvironment = {
    context: (): TransitionContext => ({ now: clock.now(), ids, random: deps.random, settings: settings.machine }),
    ready: coordinator.ready,
    perform: (bus, intent) => performIntent(memory, bus, intent),
    run(bus, effect) {
      if (effect.type === 'ReleaseTurn' || effect.type === 'ReleaseSlot') room.release(bus, effect);
      else if (effect.type === 'StartMore') bus.post({ type: 'MoreToStart' });
      else deliveries.perform(effect);
    },
    commit(bus, unit) {
      idle.commits(bus);
      return commits.write(unit);
    },
    committed(bus, unit) {
      idle.committed(bus);
      repair.committed(bus.id);
      room.committed(bus, unit);
      commands.done(unit.commandsDone.map(({ id }) => id));
      if (unit.newRuns.length > 0 || unit.newCommands.length > 0) commands.nudge();
      logic.committed(bus, unit);
      told();
    },
    broken: (bus, error) => runs.repairing(bus, repair.afterRefusal(bus, error)),
    quarantined: (bus, doing, error) => repair.quarantine(bus, doing, error),
    unfiled(bus, error) {
      dispatcher.queue.removeRun(bus);
      runs.repairing(bus, repair.afterFailedFiling(bus, error));
    },
    settled: (bus) => runs.drop(bus),
  };
  const runs = createRunRegistry({
    store,
    env,
    opened: (bus, told) => holdings.adopt(bus, told),
    dropped: (bus) => holdings.forget(bus),
    replacing: (bus) => holdings.suspend(bus),
    rebuilt(id) {
      live.endSuspension(id);
      coordinator.wake();
    },
  });
  const logic = createLogicHost({
    others: store.others,
    readsAtOnce: settings.logicReadsAtOnce,
    ...{ runs, clock, log, retryMs },
  });
  const holdings = createHoldings({
    room,
    logic,
    queue: dispatcher.queue,
    live,
    pool,
    presence,
    resultAcks,
    killGraceMs: settings.machine.killGraceMs,
    isSettled: () => tookOver,
    drop: runs.drop,
    wake: coordinator.wake,
  });
  const commands = createCommandConsumer({
    store,
    clock,
    log,
    epoch,
    ids,
    pollMs: settings.commandPollMs,
    runs,
    turns: rowTurns,
    settling,
    abandon: (bus) => holdings.abandon(bus),
    ended,
    failed: endWhenFenced,
    told,
  });
  const repair = createRepair({
    ...{ store, clock, ids, log, runs, commits, settling, isOver, endWhenFenced },
    turns: rowTurns,
    doubt: room.doubt,
    unqueue(bus) {
      dispatcher.queue.removeRun(bus);
      room.setAside(bus);
      logic.forget(bus);
    },
    retryCommands: commands.retry,
    told,
  });
  const takingOver = createTakingOver({
    store,
    clock,
    log,
    runs,
    page: settings.recoveryPage,
    atOnce: settings.recoveryAtOnce,
    isOver,
    opened: open.resolve,
    setAside: repair.setAsideUnread,
  });
  const system = createSystemBus({
    clock,
    log,
    retryMs: settings.commitRetryMs,
    isFatal: endWhenFenced,
    handlers: createSystemHandlers({
      takingOver,
      presence,
      commands,
      log,
      isOver,
      tell: createLossTeller({
        ...{ store, epoch, clock, told },
        server: deps.serverName,
        taken: () => takingOver.status().taken,
      }),
      recovered: room.recovered,
      settled() {
        tookOver = true;
        reconciler?.begin();
        janitor?.begin();
      },
      over: deps.over,
      close: letGo,
    }),
  });
  const unknown = createUnknownDispatches({ store, epoch, clock, log, runs, resultAcks, endWhenFenced });
  const door = createReception({
    ...{
      store,
      workers,
      clock,
      timers,
      ids,
      epoch,
      settings,
      live,
      pool,
      holds,
      heartbeats,
      outputs,
      resultAcks,
      rests,
    },
    ...{ proof, lookouts, unknown, counts, log, told, isOver },
    acks: deliveries.acks,
    judgeToken: deps.judgeToken,
    serverId: deps.serverId,
    membership: deps.membership,
    open: open.promise,
    ...{ joined: presence.joined, left: presence.left, greets: presence.greets, brokenOff: presence.brokenOff },
    restate: presence.restate,
    lost: (worker, text) => workerLost(worker, { text, expected: true }),
    wake: coordinator.wake,
  });
  const reconciler =
    settings.reconciler &&
    createReconciliation({
      ...{ store, runs, idle, room, live, timers, presence, repair, commands, commits, ids, clock, log, takingOver },
      ...{ isOver, endWhenFenced, record, releaseDispatch },
      queue: dispatcher.queue,
      placeable: dispatcher.placeable,
      settings: settings.reconciler,
      counts: deps.mends,
      wake: coordinator.wake,
    });
  const janitor =
    settings.janitor &&
    createJanitor({
      ...{ epoch, clock, ids, log, isOver, endWhenFenced, logs: deps.logs, files: deps.files },
      store: store.retention,
      settings: settings.janitor,
      counts: deps.cleaned,
      isWatched: logic.isWatched,
    });
  watchAdmission({
    ...{ store, epoch, clock, ids, timers, log, endWhenFenced },
    waiting: () => (tookOver ? room.status().waitingForAdmission : null),
    patienceMs: settings.admissionAlertMs,
  });
  room.open();
  declaredGroups.read();
  system.post({ type: 'LeadershipGained', epoch });
  checkPlaceable();
  commands.nudge();

  function releaseDispatch(id: DispatchId): void {
    live.remove(id);
    deliveries.acks.answered(id);
    starts.over(id);
    outputs.end(id);
    coordinator.wake();
  }

  function placeTasks(): number {
    const placed = dispatcher.flush();
    room.look();
    return placed;
  }

  function enqueue(bus: RunBus, id: TaskInstanceId): void {
    const task = queuedTaskOf(bus, id, clock.now());
    if (task !== undefined) dispatcher.enqueue(task);
  }

  function workerLost(worker: WorkerId, loss: Loss): void {
    system.post({ type: 'WorkerLost', worker, ...loss });
  }

  /** A run has ended by a unit that no bus wrote. */
  function ended(row: WorkflowInstanceRow): void {
    repair.ended(row.id);
    room.ended(row.id);
    logic.ended(row);
    commands.nudge();
  }

  function checkPlaceable(): void {
    dispatcher.notePlaceable(settings.placeableCheckMs);
    timers.after('placeable', settings.placeableCheckMs, checkPlaceable);
  }

  function endWhenFenced(error: unknown): boolean {
    const fenced = toAppError(error).code === 'fenced';
    if (fenced && !closed) deps.over('another server has taken the lead');
    return fenced;
  }

  return {
    nudge: commands.nudge,
    start: (filing) => startDirectly({ store, runs, defer: deps.defer }, filing),
    accept: door.accept,
    status: () => ({
      epoch,
      runs: runs.all().length,
      queued: dispatcher.queue.size,
      live: live.size,
      workers: pool.all().length,
      quarantined: repair.quarantined,
      room: room.status(),
      logic: logic.status(),
      takingOver: takingOver.status(),
      system: system.status(),
      reconciler: reconciler?.status() ?? null,
      janitor: janitor?.status() ?? null,
    }),
    serverLost: (server, news) => system.post({ type: 'ServerLost', server, news }),
    cleanUp: () => janitor?.nudge(),
    refreshTaskGroups: room.refreshTaskGroups,
    refreshWorkerGroups: declaredGroups.read,
    figures: heartbeats.figures,
    refreshWorkers: door.refreshWorkers,
    lookouts,
    close: system.end,
  };

  async function letGo(): Promise<void> {
    closed = true;
    reconciler?.close();
    janitor?.close();
    commands.close();
    coordinator.close();
    logic.close();
    runs.close();
    commits.close();
    timers.close();
    lookouts.close();
    door.close();
    heartbeats.close();
    await outputs.close();
  }
}
