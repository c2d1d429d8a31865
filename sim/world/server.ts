/** One server of the cluster through its lives: a process that can die, sleep, be shut down, and be put together anew. */
import type { CommandRow } from '@vaquita/core';
import type { Wire } from '@vaquita/protocol';
import type { ClientId } from '@vaquita/registry';
import type { Filing } from '@vaquita/store';
import { type Assembly, type AssemblyDeps, assemble } from './assembly.ts';
import type { Hint } from './hints.ts';
import type { SentDelivery } from './hooks.ts';
import type { Meter } from './meter.ts';
import { type CrashPoint, createSimProcess, type SimProcess } from './process.ts';
import type { Timeline } from './timeline.ts';

export interface SimServer {
  /** Stays the same through all lives. */
  readonly name: string;
  readonly process: SimProcess;
  readonly leads: boolean;
  nudge(): void;
  heard(hint: Hint): void;
  /** Asks it as a client of the API does. Never settles when the server dies before it answers. */
  start(filing: Filing): Promise<void>;
  order(commands: readonly CommandRow[]): Promise<void>;
  /** A delivery to a webhook, whose signature is right. @returns the run. @throws AppError as the API answers. */
  deliver(sent: SentDelivery): Promise<string>;
  accept(wire: Wire): void;
  /** Turns its wall clock. */
  turn(byMs: number): void;
  /** Nobody waits for it to die any more. */
  spare(): void;
  /** Kills it at the n-th point of this kind, or at once; another life begins after `downMs`. */
  crash(how: { readonly point: CrashPoint; readonly nth: number; readonly downMs: number }): void;
  /** Kills it for good. */
  remove(): void;
  /** Stops it in order; another life begins after `downMs`. */
  shutDown(downMs: number): void;
}

type OfOneLife =
  | 'process'
  | 'master'
  | 'alertQueue'
  | 'listenerStore'
  | 'scheduleQueue'
  | 'backfillQueue'
  | 'triggerQueue'
  | 'hooks'
  | 'send'
  | 'hostFor';

export interface ServerDeps extends Omit<AssemblyDeps, OfOneLife | 'server' | 'predecessor' | 'joined' | 'tell'> {
  readonly number: number;
  readonly timeline: Timeline;
  readonly startedAt: number;
  /** What a life of it stands on. */
  readonly lifeOf: (process: SimProcess) => Pick<AssemblyDeps, Exclude<OfOneLife, 'process'>>;
  /** A process has begun a session in the registry, under this id. */
  readonly joined: (client: ClientId, process: SimProcess) => void;
  /** A hint of the server for all others. */
  readonly tell: (server: string, hint: Hint) => void;
  readonly note: Meter['note'];
  readonly died: (process: SimProcess) => void;
  /** It has been shut down, and everything was handed over. */
  readonly closed: (client: ClientId) => void;
  readonly failed: (error: unknown) => void;
}

const START_AGAIN_MS = 1_000;
/** What has not stopped by then is killed, as a supervisor does. */
const GRACE_MS = 10_000;

export function createSimServer(deps: ServerDeps): SimServer {
  const { timeline, say } = deps;
  const name = `server-${deps.number + 1}`;
  let lives = 0;
  let skew = 0;
  let trap: { point: CrashPoint; nth: number } | undefined;
  let downMs = START_AGAIN_MS;
  let assembly: Assembly | undefined;
  let predecessor: ClientId | null = null;
  let isRemoved = false;
  let shuttingDown: SimProcess | undefined;
  let process = live();

  function live(): SimProcess {
    lives += 1;
    const mine = createSimProcess({
      name: `${name}.${lives}`,
      timeline,
      startedAt: deps.startedAt,
      skew: () => skew,
      struck,
    });
    mine.onDeath(() => {
      say(`${mine.name} dies`);
      deps.died(mine);
      assembly = undefined;
      timeline.after(downMs, () => {
        if (!isRemoved) process = live();
      });
    });
    const joined = (client: ClientId) => {
      predecessor = client;
      deps.joined(client, mine);
    };
    const tell = (hint: Hint) => mine.alive && deps.tell(name, hint);
    assemble({ ...deps, joined, tell, predecessor, process: mine, server: name, ...deps.lifeOf(mine) }).then((made) => {
      if (mine.alive) assembly = made;
    }, deps.failed);
    return mine;
  }

  function struck(point: CrashPoint): boolean {
    if (trap?.point !== point) return false;
    trap.nth -= 1;
    if (trap.nth > 0) return false;
    trap = undefined;
    deps.note('crash');
    return true;
  }

  function ask<T>(work: (assembly: Assembly) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const mine = process;
      mine.act('delivery', () => {
        const answer =
          <Value>(run: (value: Value) => void) =>
          (value: Value) =>
            mine.act('answer', () => run(value));
        if (assembly) work(assembly).then(answer(resolve), answer(reject));
        else reject(new Error('The server is starting.'));
      });
    });
  }

  return {
    name,
    get process() {
      return process;
    },
    get leads() {
      return assembly?.leads ?? false;
    },
    start: (filing) => ask((open) => open.start(filing)),
    order: (commands) => ask((open) => open.order(commands)),
    deliver: (sent) => ask((open) => open.deliver(sent)),
    nudge: () => process.act('delivery', () => assembly?.nudge()),
    heard: (hint) => process.act('delivery', () => assembly?.heard(hint)),
    accept(wire) {
      process.act('delivery', () => {
        if (assembly) assembly.accept(wire);
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
    remove() {
      isRemoved = true;
      process.die();
    },
    shutDown(forMs) {
      const mine = process;
      downMs = forMs;
      mine.act('delivery', () => {
        const closing = assembly;
        if (!closing) return mine.die();
        // Whoever asks twice is not answered before it is done.
        if (shuttingDown === mine) return;
        shuttingDown = mine;
        timeline.after(GRACE_MS, () => mine.die());
        const end = (handedOver: boolean) => () =>
          mine.act('answer', () => {
            // Of what it registered without hearing the answer it knows nothing: that is left to its timeout.
            if (handedOver && predecessor !== null) deps.closed(predecessor);
            mine.die();
          });
        // Where the database cannot be reached what it held is left to its timeouts.
        closing.close().then(end(true), end(false));
      });
    },
  };
}
