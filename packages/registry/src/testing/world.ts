/**
 * Several processes with a server part each, over one database, on one clock that is turned by hand. Databases answer in their
 * own time: the clock goes on only when nothing is under way.
 */
import { AppError, type Clock, createIdSource, type ServerId } from '@vaquita/core';
import { createManualClock, createSeededRandom, type ManualClock } from '@vaquita/core/testing';
import type { RegistryStore } from '../registry-store.ts';
import { type ConnectOptions, createRegistryServer, type RegistryServer } from '../server/registry-server.ts';
import type { RegistrySettings } from '../settings.ts';
import type { Backend, Database } from './backends.ts';

export interface World {
  readonly clock: ManualClock;
  readonly backend: Backend;
  /** The database as somebody sees it to whom nothing happens. */
  readonly store: RegistryStore;
  process(settings?: Partial<RegistrySettings>): TestProcess;
  /** Lets time pass for everybody, the database too. */
  advance(ms: number): Promise<void>;
  /** Lets everything that is under way end. */
  settle(): Promise<void>;
}

export interface TestProcess {
  readonly registry: RegistryServer;
  /** A client of this process; a server that beats every second and may be silent for ten, unless told otherwise. */
  connect(id: string, options?: Partial<ConnectOptions>): ReturnType<RegistryServer['connect']>;
  /** Whether it reaches the database. */
  cut(isCut: boolean): void;
  /** Whether what it asks for is done, and it is told that it was not. */
  loseAnswers(areLost: boolean): void;
  /** What it asks of this part and verb is done, and it hears of it only when the returned function is called. */
  hold(call: string): () => void;
  /** Nothing of it happens any more. */
  kill(): void;
  /** What it has asked of the database, by part and verb. */
  readonly calls: readonly string[];
  /** What it has said to its operator. */
  readonly said: readonly string[];
}

const START = Date.UTC(2026, 2, 1, 12);

export async function createWorld(database: Database): Promise<World> {
  const clock = createManualClock(START);
  const backend = await database.fresh(clock);
  const ids = createIdSource(clock, createSeededRandom(3));
  const underWay = new Set<Promise<unknown>>();

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (underWay.size > 0) quiet = -1;
      await Promise.allSettled(underWay);
    }
  }

  async function advance(ms: number): Promise<void> {
    await settle();
    for (let left = ms; ; ) {
      const step = Math.min(left, clock.nextIn ?? left);
      await backend.turn(clock.now() + step);
      await clock.advance(step);
      await settle();
      left -= step;
      if (left <= 0 && (clock.nextIn ?? 1) > 0) return;
    }
  }

  function process(settings: Partial<RegistrySettings> = {}): TestProcess {
    const calls: string[] = [];
    const said: string[] = [];
    let isCut = false;
    let areAnswersLost = false;
    let isDead = false;
    const held = new Map<string, Promise<void>>();

    function call(name: string, work: () => Promise<unknown>): Promise<unknown> {
      if (isDead) return new Promise(() => {});
      calls.push(name);
      if (isCut) return Promise.reject(new AppError('unavailable', 'The database does not answer.'));
      const done = work();
      underWay.add(done);
      const end = () => void underWay.delete(done);
      done.then(end, end);
      // Who has died meanwhile hears no answer.
      return done.then(
        async (value) => {
          await held.get(name);
          if (isDead) return new Promise(() => {});
          if (areAnswersLost) throw new AppError('unavailable', 'The answer was lost.');
          return value;
        },
        (error) => (isDead ? new Promise(() => {}) : Promise.reject(error)),
      );
    }

    const own: Clock = {
      now: clock.now,
      setTimeout: (run, delayMs) => clock.setTimeout(() => (isDead ? undefined : run()), delayMs),
      clearTimeout: clock.clearTimeout,
    };
    const say = (message: string) => void said.push(message);
    const registry = createRegistryServer({
      store: overseen(backend.store, call),
      clock: own,
      ids,
      log: { info: say, warn: say },
      settings,
    });
    return {
      registry,
      connect: (id, options = {}) =>
        registry.connect({
          id: id as ServerId,
          name: `name of ${id}`,
          kind: 'server',
          heartbeatIntervalMs: 1_000,
          sessionTimeoutMs: 10_000,
          ...options,
        }),
      cut(yes) {
        isCut = yes;
      },
      loseAnswers(yes) {
        areAnswersLost = yes;
      },
      hold(name) {
        const answer = Promise.withResolvers<void>();
        held.set(name, answer.promise);
        return () => {
          held.delete(name);
          answer.resolve();
        };
      },
      kill() {
        isDead = true;
      },
      calls,
      said,
    };
  }

  return { clock, backend, store: backend.store, process, advance, settle };
}

type Call = (name: string, work: () => Promise<unknown>) => Promise<unknown>;

/** The store, with every call of it going through `call`. */
function overseen(store: RegistryStore, call: Call): RegistryStore {
  const part = (name: string, table: object) =>
    Object.fromEntries(
      Object.entries(table).map(([verb, run]) => [
        verb,
        (...args: never[]) => call(`${name}.${verb}`, () => (run as (...args: never[]) => Promise<unknown>)(...args)),
      ]),
    );
  return Object.fromEntries(Object.entries(store).map(([name, table]) => [name, part(name, table)])) as never;
}
