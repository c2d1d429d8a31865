/** One server of the cluster through its lives: the real master and the real registry session, in a process that can die. */
import { type Clock, createIdSource, MACHINE_DEFAULTS, type Random } from '@vaquita/core';
import { createMaster, type Master } from '@vaquita/master';
import type { Wire } from '@vaquita/protocol';
import { type ClientId, createRegistryServer, type RegistryStore } from '@vaquita/registry';
import type { Filing, LogStore, MasterStore } from '@vaquita/store';
import type { Breakage } from '../breaks/breakage.ts';
import type { Database } from './database.ts';
import { leaseOf } from './lease.ts';
import { type CrashPoint, createSimProcess, type SimProcess } from './process.ts';
import type { Timeline } from './timeline.ts';

export interface SimServer {
  readonly process: SimProcess;
  readonly leads: boolean;
  nudge(): void;
  /** Never settles when the server dies before it answers. */
  begin(filing: Filing): Promise<void>;
  accept(wire: Wire): void;
  /** Turns its wall clock. */
  turn(byMs: number): void;
  /** Nobody waits for it to die any more. */
  spare(): void;
  /** Kills it at the n-th point of this kind, or at once; another life begins after `downMs`. */
  crash(how: { readonly point: CrashPoint; readonly nth: number; readonly downMs: number }): void;
}

export interface ServerDeps {
  readonly number: number;
  readonly timeline: Timeline;
  readonly startedAt: number;
  readonly random: Random;
  readonly database: Database;
  readonly registry: RegistryStore;
  /** The store's verbs; what is written is witnessed in the name of the process. */
  readonly storeOf: (process: SimProcess) => MasterStore;
  readonly logs: LogStore;
  readonly breakage: Breakage | undefined;
  readonly born: (client: ClientId, process: SimProcess) => void;
  readonly say: (line: string) => void;
  readonly failed: (error: unknown) => void;
}

const TOKEN = 'vqw_sim';
const START_AGAIN_MS = 1_000;
const SESSION = { heartbeatIntervalMs: 2_000, sessionTimeoutMs: 8_000 };

async function untilDone<T>(clock: Pick<Clock, 'setTimeout'>, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, START_AGAIN_MS));
    }
  }
}
/** Hurried: whatever there is to find in a world, or to mistake for a finding, is looked at many times. */
const RECONCILER = { roundMs: 3_000, stepMs: 300, page: 3, patienceMs: 1_500, commandPatienceMs: 20_000 };

export function createSimServer(deps: ServerDeps): SimServer {
  const { timeline, database, random, breakage, say } = deps;
  let lives = 0;
  let skew = 0;
  let trap: { point: CrashPoint; nth: number } | undefined;
  let downMs = START_AGAIN_MS;
  let process = live();
  let master: Master | undefined;

  function live(): SimProcess {
    lives += 1;
    const mine = createSimProcess({
      name: `server-${deps.number + 1}.${lives}`,
      timeline,
      startedAt: deps.startedAt,
      skew: () => skew,
      struck,
    });
    mine.onDeath(() => {
      say(`${mine.name} dies`);
      master = undefined;
      timeline.after(downMs, () => {
        process = live();
      });
    });
    void begin(mine).catch(deps.failed);
    return mine;
  }

  function struck(point: CrashPoint): boolean {
    if (trap?.point !== point) return false;
    trap.nth -= 1;
    if (trap.nth > 0) return false;
    trap = undefined;
    return true;
  }

  async function begin(mine: SimProcess): Promise<void> {
    const clock = breakage?.clock?.(mine.clock) ?? mine.clock;
    const ids = createIdSource(clock, random);
    const tell = (level: string) => (message: string, fields?: object) =>
      say(`${mine.name} ${level} ${message} ${fields ? JSON.stringify(fields) : ''}`);
    const log = { info: tell('info'), warn: tell('warn'), error: tell('error') };
    const store = database.seenFrom(mine, deps.registry);
    const registry = createRegistryServer({ store, clock, ids, log });
    await untilDone(clock, () => registry.start());
    const client = await untilDone(clock, () => registry.connect({ name: mine.name, kind: 'server', ...SESSION }));
    deps.born(client.id, mine);
    const seen = database.seenFrom(mine, deps.storeOf(mine));
    const made = createMaster({
      lease: leaseOf(client),
      store: breakage?.port?.(seen, mine) ?? seen,
      logs: deps.logs,
      clock,
      random,
      ids,
      serverId: client.id,
      judgeToken: async (token) => (token === TOKEN ? 'valid' : 'unknown'),
      log,
      defer: (run) => void clock.setTimeout(run, 0),
      // Few tasks a commit, so that the graphs of a world, which are small, are started in several steps.
      settings: { machine: { ...MACHINE_DEFAULTS, maxNewTasks: 3 }, reconciler: RECONCILER, ...breakage?.settings },
    });
    master = made;
    await made.start();
  }

  return {
    get process() {
      return process;
    },
    get leads() {
      return master?.status() !== undefined;
    },
    begin: (filing) =>
      new Promise((resolve, reject) => {
        const mine = process;
        mine.act('delivery', () => {
          const answer = (run: () => void) => () => mine.act('answer', run);
          if (master) master.begin(filing).then(answer(resolve), answer(reject));
          else reject(new Error('The server is starting.'));
        });
      }),
    nudge: () => process.act('delivery', () => master?.nudge()),
    accept(wire) {
      process.act('delivery', () => {
        if (master) master.accept(breakage?.wire?.(wire) ?? wire);
        else wire.terminate();
      });
    },
    turn(byMs) {
      skew += byMs;
    },
    spare() {
      trap = undefined;
    },
    crash(how) {
      downMs = how.downMs;
      trap = { point: how.point, nth: how.nth };
    },
  };
}
