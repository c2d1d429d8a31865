/**
 * What happens to the term itself rather than to one run: leadership, servers and workers that come and go.
 *
 * Y1 Events are handled one at a time, in the order in which they came.
 * Y2 A handler that throws is called again, after longer and longer waits, until it works or the term ends. Events of
 *    the same subject wait for it; those of other subjects go on meanwhile.
 * Y3 Handlers are idempotent and go on where they stopped: an event that came twice, or was begun twice, does no harm.
 *    One that waits already is not queued again.
 * Y4 `LeadershipLost` waits for nothing, and nothing is begun after it.
 */
import { type Clock, type Epoch, type TimerHandle, toAppError, type WorkerId } from '@vaquita/core';
import type { Loss } from '../sessions/presence.ts';
import type { Logger } from '../settings.ts';
import type { LostServer } from './cluster-alerts.ts';

export type SystemEvent =
  | { readonly type: 'LeadershipGained'; readonly epoch: Epoch }
  | { readonly type: 'LeadershipLost' }
  /** Another server of the cluster is gone. */
  | {
      readonly type: 'ServerLost';
      readonly server: string;
      /** What people are to be told; null: it has said that it would leave. */
      readonly news: LostServer | null;
    }
  /** A worker is gone for good: what it held is to be done elsewhere. */
  | ({ readonly type: 'WorkerLost'; readonly worker: WorkerId } & Loss);

type EventOf<Type extends SystemEvent['type']> = Extract<SystemEvent, { type: Type }>;

export type SystemHandlers = {
  readonly [Type in SystemEvent['type']]: (event: EventOf<Type>) => Promise<void> | void;
};

export interface SystemStatus {
  /** What is being handled now. */
  readonly doing: string | null;
  /** Events that wait their turn. */
  readonly waiting: number;
  /** Events whose handling has failed and is tried again. */
  readonly retrying: readonly {
    readonly event: string;
    readonly tries: number;
    readonly error: string;
    readonly since: number;
    readonly nextAt: number;
  }[];
}

export interface SystemBus {
  post(event: Exclude<SystemEvent, { type: 'LeadershipLost' }>): void;
  /** Handles `LeadershipLost` at once. Resolves when that is done. */
  end(): Promise<void>;
  status(): SystemStatus;
}

export interface SystemBusDeps {
  readonly handlers: SystemHandlers;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retryMs: number;
  /** True when the error says that the term is over: then there is nothing to try again. */
  readonly isFatal: (error: unknown) => boolean;
}

const MAX_RETRY_MS = 30_000;

interface Entry {
  readonly event: SystemEvent;
  readonly subject: string;
  tries: number;
}

interface Retrying {
  readonly entry: Entry;
  readonly error: string;
  readonly since: number;
  readonly nextAt: number;
  readonly timer: TimerHandle;
}

export function createSystemBus({ handlers, clock, log, retryMs, isFatal }: SystemBusDeps): SystemBus {
  let waiting: Entry[] = [];
  /** By subject. */
  const retrying = new Map<string, Retrying>();
  let doing: Entry | undefined;
  let ended = false;

  function next(): void {
    if (doing || ended) return;
    const at = waiting.findIndex(({ subject }) => !retrying.has(subject));
    if (at < 0) return;
    const [entry] = waiting.splice(at, 1);
    void handle(entry!);
  }

  async function handle(entry: Entry): Promise<void> {
    doing = entry;
    try {
      await call(handlers, entry.event);
    } catch (error) {
      if (!ended && !isFatal(error)) tryAgainLater(entry, toAppError(error).message);
    }
    doing = undefined;
    next();
  }

  function tryAgainLater(entry: Entry, error: string): void {
    const now = clock.now();
    const wait = Math.min(MAX_RETRY_MS, retryMs * 2 ** Math.min(entry.tries, 16));
    entry.tries += 1;
    log.warn('Handling what happened to the cluster failed; trying again.', {
      event: nameOf(entry),
      tries: entry.tries,
      error,
      retryInMs: wait,
    });
    const timer = clock.setTimeout(() => {
      retrying.delete(entry.subject);
      waiting.unshift(entry);
      next();
    }, wait);
    retrying.set(entry.subject, { entry, error, since: now, nextAt: now + wait, timer });
  }

  return {
    post(event) {
      if (ended) return;
      const subject = subjectOf(event);
      if (waiting.some((entry) => entry.subject === subject && entry.event.type === event.type)) return;
      waiting.push({ event, subject, tries: 0 });
      next();
    },
    async end() {
      if (ended) return;
      ended = true;
      waiting = [];
      for (const { timer } of retrying.values()) clock.clearTimeout(timer);
      retrying.clear();
      await handlers.LeadershipLost({ type: 'LeadershipLost' });
    },
    status: () => ({
      doing: doing ? nameOf(doing) : null,
      waiting: waiting.length,
      retrying: Array.from(retrying.values(), ({ entry, error, since, nextAt }) => ({
        event: nameOf(entry),
        tries: entry.tries,
        error,
        since,
        nextAt,
      })),
    }),
  };
}

function call(handlers: SystemHandlers, event: SystemEvent): Promise<void> | void {
  switch (event.type) {
    case 'LeadershipGained':
      return handlers.LeadershipGained(event);
    case 'LeadershipLost':
      return handlers.LeadershipLost(event);
    case 'ServerLost':
      return handlers.ServerLost(event);
    case 'WorkerLost':
      return handlers.WorkerLost(event);
  }
}

function subjectOf(event: SystemEvent): string {
  switch (event.type) {
    case 'LeadershipGained':
    case 'LeadershipLost':
      return 'leadership';
    case 'ServerLost':
      return `server ${event.server}`;
    case 'WorkerLost':
      return `worker ${event.worker}`;
  }
}

function nameOf({ event, subject }: Entry): string {
  return `${event.type} (${subject})`;
}
