/** A scenario's world: one database, servers, workers and people around it, with the model watching. */
import { createIdSource } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { createMemoryLogStore, createMemoryStore } from '@vaquita/store/testing';
import type { Breakage } from '../breaks/breakage.ts';
import { createModel } from '../model/model.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { compareEvents, compareRows } from './compare.ts';
import { createDatabase } from './database.ts';
import { createDisasters } from './disasters.ts';
import { fillStore } from './filling.ts';
import { createFleet } from './fleet.ts';
import { createHintNet } from './hints.ts';
import { createMeter, type Met } from './meter.ts';
import { createOperator } from './operator.ts';
import type { SimProcess } from './process.ts';
import { createWatchedRegistry } from './registry.ts';
import { createSimServer, type SimServer } from './server.ts';
import { createTimeline, settled, type Timeline } from './timeline.ts';
import { createTrace, type Trace } from './trace.ts';
import { witnessed } from './witnessed.ts';
import { witnessedFiling } from './witnessed-filing.ts';

export interface World {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly failure: unknown;
  readonly met: ReadonlySet<Met>;
  /** What has not come to rest. */
  unrest(): string | undefined;
  /** The rows as the store has them are those that the model has followed. */
  finish(): Promise<void>;
}

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
  const model = createModel(scenario, { startedAt: STARTED_AT, workflowName, clientName }, breakage?.mendedBy);
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
        guard(() => model.leads(epoch, clientName(client), usurpedBy(processes.get(client))));
      },
    },
    breakage,
  );
  const master = breakage?.store?.(store) ?? store.master;
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
        storeOf: (process) => witnessed(master, process, { model, guard, say, elapsed }),
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
    unrest: () => fleet.unrest() ?? model.unrest(timeline.elapsed, memberKeys()),
    async finish() {
      await settled();
      await compareRows(store, model);
      await compareEvents(store, model);
    },
  };
}
