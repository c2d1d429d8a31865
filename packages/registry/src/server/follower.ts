/**
 * One reader of the record of changes, and how far it is.
 *
 * F1 A follower gets events in the order of their ids, one at a time, each until it is handled: at least once.
 * F2 It stands at the last event it has handled, or that was none of its business.
 * F3 Events that are not there any more are not passed over in silence: `missed` comes in their place.
 */
import { type Clock, type TimerHandle, toAppError } from '@vaquita/core';
import { isAtOrUnder } from '../keys.ts';
import type { RegistryEvent } from '../registry-store.ts';
import type { RegistryLog, RegistrySettings } from '../settings.ts';

/** Changes that can no longer be told one by one: what is there now has to be read afresh. */
export interface EventsMissed {
  readonly type: 'missed';
  /** The last event before them, and the last of them. */
  readonly after: number;
  readonly upTo: number;
}

export type RegistryNews = RegistryEvent | EventsMissed;

export interface FollowOptions {
  readonly path: string;
  /** The last event that needs no telling. */
  readonly from: number;
  /** Nothing is known of what happened between this event and `from`: `missed` comes first. */
  readonly missedAfter?: number | undefined;
  /** Rejects when it has to be told once more. */
  readonly handle: (news: RegistryNews) => void | Promise<void>;
}

export interface Follower {
  /** F2 */
  readonly position: number;
  /** There may be something new. */
  wake(): void;
  pause(): void;
  resume(): void;
  stop(): void;
}

export interface FollowerDeps {
  readonly clock: Clock;
  readonly log: RegistryLog;
  readonly settings: RegistrySettings;
  /** The newest event known of. */
  readonly head: () => number;
  readonly readAfter: (position: number) => Promise<readonly RegistryEvent[]>;
}

export function startFollower({ path, from, missedAfter, handle }: FollowOptions, deps: FollowerDeps): Follower {
  const { clock, log, settings } = deps;
  let position = from;
  let pending: EventsMissed | undefined =
    missedAfter === undefined ? undefined : { type: 'missed', after: missedAfter, upTo: from };
  let paused = false;
  let stopped = false;
  let waking: (() => void) | undefined;
  let timer: TimerHandle | undefined;

  function rouse(): void {
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = undefined;
    const woken = waking;
    waking = undefined;
    woken?.();
  }

  function sleep(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      waking = resolve;
      if (ms !== undefined) timer = clock.setTimeout(rouse, ms);
    });
  }

  async function run(): Promise<void> {
    while (!stopped) {
      if (paused || (position >= deps.head() && pending === undefined)) await sleep();
      else await step();
    }
  }

  async function step(): Promise<void> {
    if (pending !== undefined) {
      await deliver(pending);
      pending = undefined;
      return;
    }
    const page = await read();
    // Not to be read, or not yet: a replica may lag behind what was announced.
    if (page.length === 0 && !stopped) await sleep(settings.eventPollMs);
    for (const event of page) {
      if (stopped || paused) return;
      await take(event);
    }
  }

  async function read(): Promise<readonly RegistryEvent[]> {
    try {
      return await deps.readAfter(position);
    } catch (error) {
      log.warn('The events of the registry could not be read; trying again.', { error: toAppError(error).message });
      return [];
    }
  }

  async function take(event: RegistryEvent): Promise<void> {
    if (event.id !== position + 1) {
      const upTo = event.id - 1;
      await deliver({ type: 'missed', after: position, upTo });
      if (stopped) return;
      position = upTo;
    }
    if (isAtOrUnder(path, event.key)) await deliver(event);
    if (!stopped) position = event.id;
  }

  /** F1: resolves when it is handled, or nobody wants it any more. */
  async function deliver(news: RegistryNews): Promise<void> {
    for (let wait = settings.listenerRetryMs; !stopped; wait = Math.min(wait * 2, settings.listenerRetryCapMs)) {
      try {
        await handle(news);
        return;
      } catch (error) {
        const what = news.type === 'missed' ? 'missed events' : `event ${news.id}`;
        const fields = { path, error: toAppError(error).message };
        log.warn(`A listener of the registry failed on ${what}; it gets it again.`, fields);
        await sleep(wait);
      }
    }
  }

  void run();
  return {
    get position() {
      return position;
    },
    wake() {
      // Whoever waits to try something again is not hurried by more news.
      if (timer === undefined) rouse();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      rouse();
    },
    stop() {
      stopped = true;
      rouse();
    },
  };
}
