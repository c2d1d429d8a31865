/** A scenario's world: one database, servers, workers and people around it, with the model watching. */
import { createIdSource } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { createMemoryLogStore, createMemoryStore } from '@vaquita/store/testing';
import type { Breakage } from '../breaks/breakage.ts';
import { createModel } from '../model/model.ts';
import { MAX_BACKFILL_RUNS } from '../scenario/backfills.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { ZONES } from '../scenario/schedules.ts';
import { MAX_SENDS, SEND_LIMIT_MS, SEND_MARGIN_MS } from '../scenario/tellings.ts';
import { createBackfillPeople } from './backfill-people.ts';
import { createChannelWorld } from './channel-world.ts';
import {
  compareAlerts,
  compareBackfills,
  compareEvents,
  compareRows,
  compareSchedules,
  compareTriggers,
} from './compare.ts';
import { createDatabase } from './database.ts';
import { createDisasters } from './disasters.ts';
import { fillStore } from './filling.ts';
import { createFleet } from './fleet.ts';
import { createHintNet } from './hints.ts';
import { createListenerWorld } from './listener-world.ts';
import { createMeter, type Met } from './meter.ts';
import { createOperator } from './operator.ts';
import type { SimProcess } from './process.ts';
import { createWatchedRegistry } from './registry.ts';
import { createSchedulePeople } from './schedule-people.ts';
import { createSimServer, type SimServer } from './server.ts';
import { createStrikes } from './strikes.ts';
import { createTellingPeople } from './telling-people.ts';
import { createTimeline, settled, type Timeline } from './timeline.ts';
import { createTrace, type Trace } from './trace.ts';
import { createTriggerPeople } from './trigger-people.ts';
import { witnessed } from './witnessed.ts';
import { witnessedBackfills } from './witnessed-backfills.ts';
import { witnessedFiling } from './witnessed-filing.ts';
import { witnessedListening } from './witnessed-listening.ts';
import { witnessedQueue } from './witnessed-queue.ts';
import { witnessedSchedules } from './witnessed-schedules.ts';
import { witnessedHooks, witnessedTriggers } from './witnessed-triggers.ts';

export interface World {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly failure: unknown;
  readonly met: ReadonlySet<Met>;
  /** What has not come to rest. */
  unrest(): Promise<string | undefined>;
  /** The rows as the store has them are those that the model has followed. */
  finish(): Promise<void>;
}

const PAGE = 500;
const SENDS = { timeoutMs: SEND_LIMIT_MS, marginMs: SEND_MARGIN_MS, maxAttempts: MAX_SENDS };
const STARTED_AT = 1_700_000_000_000;
/** After it slept, or the database's clock was put forward, a process is not blamed for what it has not heard of yet. */
const WAKING_MS = 20_000;

export async function createWorld(
  scenario: Scenario,
  { breakage, keepTrace }: { readonly breakage: Breakage | undefined; readonly keepTrace: boolean },
): Promise<World> {
  const timeline = createTimeline();
  const { met, note } = createMeter();
  const trace = createTrace(keepTrace);
  const elapsed = () => timeline.elapsed;
  const say = (line: string) => trace.say(timeline.elapsed, line);
  const draw = (stream: number) => createSeededRandom(scenario.seed * 16 + stream);
  const trueClock = { now: () => STARTED_AT + Math.floor(timeline.elapsed) };
  let databaseSkew = 0;
  let putForwardAt = Number.NEGATIVE_INFINITY;
  const databaseClock = { now: () => trueClock.now() + databaseSkew };
  const ids = createIdSource(trueClock, draw(1));
  const store = createMemoryStore({ clock: databaseClock });
  const { workflowName, ...filling } = await fillStore(store, scenario, { ids, at: STARTED_AT, name: trace.name });
  /** By their id in the registry. */
  const processes = new Map<string, SimProcess>();
  const clientName = (id: string) => processes.get(id)?.name ?? id;
  const model = createModel(
    scenario,
    {
      ...{ startedAt: STARTED_AT, workflowName, clientName, sends: SENDS, zones: ZONES },
      maxBackfillRuns: MAX_BACKFILL_RUNS,
    },
    breakage?.mendedBy,
  );
  let failure: unknown;

  function fail(error: unknown): void {
    failure ??= error;
  }

  function guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      fail(error);
    }
  }

  /** The model is told what the record has, as far as it follows anybody who hears of it. */
  async function record(): Promise<void> {
    for (; scenario.listeners.length > 0; ) {
      const page = await store.events.after(model.listeners.last, { limit: PAGE });
      model.listeners.recorded(page, timeline.elapsed);
      if (page.length < PAGE) break;
    }
    for (; scenario.triggers.length > 0; ) {
      const page = await store.events.after(model.triggers.last, { limit: PAGE });
      model.triggers.recorded(page);
      if (page.length < PAGE) break;
    }
  }

  /** A server that believes to lead although another has taken the lead, and has no excuse for it. */
  function usurpedBy(leader: SimProcess | undefined): string | undefined {
    if (timeline.elapsed - putForwardAt < WAKING_MS) return undefined;
    const others = servers.filter(({ process, leads }) => leads && process !== leader);
    return others.find(({ process }) => process.wasAwakeFor(WAKING_MS))?.process.name;
  }

  const database = createDatabase({
    timeline,
    random: draw(2),
    delayMs: scenario.storeDelayMs,
    far: scenario.storeIsFar,
    say,
    note,
    lost: (unit) => model.mirror.doubt(unit),
  });
  const registry = createWatchedRegistry(
    databaseClock,
    {
      changed: (fact) => guard(() => model.registry.apply(fact)),
      held(epoch, client) {
        store.leader.set(epoch);
        if (epoch === null || client === null) {
          model.leaves();
          return;
        }
        say(`${clientName(client)} takes the lead with epoch ${epoch}`);
        if (epoch > 1) note('takeover');
        const also = usurpedBy(processes.get(client));
        guard(() => model.leads({ epoch, process: clientName(client), also, at: timeline.elapsed }));
      },
    },
    breakage,
  );
  const master = breakage?.store?.(store) ?? store.master;
  const alertQueue = breakage?.alertQueue?.(store.alertQueue, store) ?? store.alertQueue;
  const listenerStore = breakage?.listenerStore?.(store.listenerEngine, store) ?? store.listenerEngine;
  const scheduleQueue = breakage?.scheduleQueue?.(store.scheduleQueue, store) ?? store.scheduleQueue;
  const backfillQueue = breakage?.backfillQueue?.(store.backfillQueue, store) ?? store.backfillQueue;
  const triggerQueue = breakage?.triggerQueue?.(store.triggerQueue, store) ?? store.triggerQueue;
  const triggers = breakage?.triggerPeople?.(store.triggers, store) ?? store.triggers;
  const watch = { model, guard, say, elapsed };
  const slept = (ms: number) => fleet.keepWaiting(ms);
  const strike = createStrikes({ timeline, calmAt: scenario.calmAt, slept });
  const outside = { scenario, timeline, model, guard, note, say, strike };
  const channels = createChannelWorld(outside);
  const listeners = createListenerWorld({ ...outside, record });
  const tellings = createTellingPeople({
    ...{ scenario, ids, store, model, projectId: filling.projectId, now: trueClock.now, say, note, record },
    listeners: breakage?.listenerPeople?.(store.listeners.instances, store) ?? store.listeners.instances,
    name: trace.name,
  });
  await tellings.fill();
  const schedulePeople = createSchedulePeople({
    ...{ scenario, ids, store, model, ...filling, startedAt: STARTED_AT, now: trueClock.now, say, note },
    schedules: breakage?.schedulePeople?.(store.schedules, store) ?? store.schedules,
    name: trace.name,
  });
  await schedulePeople.fill();
  const backfillPeople = createBackfillPeople({
    ...{ scenario, ids, store, model, ...filling, startedAt: STARTED_AT, now: trueClock.now, say, note },
    backfills: breakage?.backfillPeople?.(store.backfills, store) ?? store.backfills,
    name: trace.name,
  });
  const triggerPeople = createTriggerPeople({
    ...{ scenario, ids, triggers, model, ...filling, now: trueClock.now, guard, say, note, record },
    name: trace.name,
  });
  const { firings, workflows } = store;
  const servers: SimServer[] = [];
  const hints = createHintNet({ timeline, random: draw(3), delayMs: scenario.lineDelayMs, note, servers });
  for (let number = 0; number < scenario.servers; number++) {
    servers.push(
      createSimServer({
        number,
        timeline,
        startedAt: STARTED_AT,
        random: draw(4 + number),
        database,
        registry,
        scenario,
        lifeOf: (process) => ({
          master: witnessed(master, process, watch),
          alertQueue: witnessedQueue(alertQueue, process, watch),
          listenerStore: witnessedListening(listenerStore, process, { ...watch, record }),
          scheduleQueue: witnessedSchedules(scheduleQueue, process, { ...watch, reader: store.schedules, note }),
          backfillQueue: witnessedBackfills(backfillQueue, process, { ...watch, note }),
          triggerQueue: witnessedTriggers(triggerQueue, process, { ...watch, note, record }),
          hooks: witnessedHooks({ triggers, firings, workflows }, { ...watch, note }),
          send: channels.sendFrom(process),
          hostFor: (term) => listeners.hostFor(process, term),
        }),
        ...witnessedFiling(store, { model, guard }),
        logs: createMemoryLogStore(),
        model: model.registry,
        breakage,
        guard,
        say,
        joined: (client, process) => void processes.set(client, process),
        tell: hints.tell,
        note,
        died: (process) => model.registry.died(process.name),
        closed: (client) => guard(() => model.handedOver(client)),
        failed: fail,
      }),
    );
  }
  const fleet = createFleet({
    scenario,
    timeline,
    startedAt: STARTED_AT,
    draw: (stream) => draw(100 + stream),
    servers,
    model,
    breakage,
    note,
    guard,
    say,
  });
  const operate = createOperator({
    scenario,
    ids,
    store,
    model,
    ...filling,
    servers,
    timeline,
    now: trueClock.now,
    guard,
    say,
    name: trace.name,
    tellings,
    schedules: schedulePeople,
    backfills: backfillPeople,
    triggers: triggerPeople,
  });
  const inflict = createDisasters({
    timeline,
    database,
    servers,
    fleet,
    hints,
    note,
    turnDatabaseClock(byMs) {
      model.registry.clockTurned(databaseClock.now());
      databaseSkew += byMs;
      if (byMs > 0) putForwardAt = timeline.elapsed;
    },
    say,
  });
  for (const operation of scenario.operations) timeline.after(operation.at, () => void operate(operation).catch(fail));
  for (const fault of scenario.faults) timeline.after(fault.at, () => inflict(fault));

  // What has not happened by now does not happen any more.
  timeline.after(scenario.calmAt, () => {
    Object.assign(database.trouble, { conflictIn: 0, refusedIn: 0 });
    for (const server of servers) server.spare();
  });

  function memberKeys(): ReadonlySet<string> {
    const alive = [...processes].filter(([, process]) => process.alive).map(([client]) => `/nodes/server/${client}`);
    return new Set([...alive, ...fleet.memberKeys()]);
  }

  return {
    timeline,
    trace,
    met,
    get failure() {
      return failure;
    },
    async unrest() {
      await record();
      let restless: string | undefined;
      guard(() => {
        const leaderNow = servers.find(({ leads }) => leads)?.process.clock.now();
        restless = fleet.unrest() ?? model.unrest(timeline.elapsed, { members: memberKeys(), leaderNow });
      });
      return restless;
    },
    async finish() {
      await settled();
      await compareRows(store, model);
      await compareEvents(store, model);
      await compareAlerts(store, model);
      await compareSchedules(store, model);
      await compareBackfills(store, model);
      await compareTriggers(store, model);
    },
  };
}
