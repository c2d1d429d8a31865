/**
 * Finds clients that have fallen silent and buries them. One look costs one indexed query however many clients there are;
 * how often it looks follows from how settled they are.
 */
import { type Clock, type TimerHandle, toAppError } from '@vaquita/core';
import type { Look, RegistryStore } from '../registry-store.ts';
import type { RegistryLog, RegistrySettings } from '../settings.ts';
import { nextLookIn } from './next-look.ts';

/** Of one unit: a long one would hold up the writes of everybody else. */
const BURIED_AT_ONCE = 500;

export interface Detection {
  /** The first look; later ones follow by themselves. @throws AppError when the database cannot be read. */
  start(): Promise<void>;
  /** A client has come: it is looked at soon. */
  joined(): void;
  close(): Promise<void>;
}

export interface DetectionDeps {
  readonly store: Pick<RegistryStore, 'clients'>;
  readonly clock: Clock;
  readonly log: RegistryLog;
  readonly settings: RegistrySettings;
  readonly looked: (look: Look) => void;
  /** Events have been written. */
  readonly buried: () => void;
}

export function createDetection(deps: DetectionDeps): Detection {
  const { clock, log, settings } = deps;
  const { clients } = deps.store;
  let timer: TimerHandle | undefined;
  let nextIn = 0;
  let looking: Promise<void> | undefined;
  let closed = false;

  async function look(): Promise<void> {
    const startedAt = clock.now();
    const seen = await clients.look();
    nextIn = nextLookIn(seen, settings, Math.max(0, clock.now() - startedAt));
    deps.looked(seen);
    if (seen.firstExpiry === null) return;
    if (seen.lastExpiry! > seen.now + seen.longestTimeoutMs!) await clients.restamp();
    if (seen.firstExpiry < seen.now) await bury(seen.now);
  }

  async function bury(deadAt: number): Promise<void> {
    for (let more = true; more && !closed; ) {
      const ids = await clients.bury(deadAt, BURIED_AT_ONCE);
      more = ids.length === BURIED_AT_ONCE;
      if (ids.length === 0) return;
      log.info('Clients of the registry were silent for longer than their session timeout and are given up.', {
        clients: ids.length,
        first: ids.slice(0, 5).join(','),
      });
      deps.buried();
    }
  }

  function plan(): void {
    if (closed) return;
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = clock.setTimeout(() => {
      timer = undefined;
      looking = again();
    }, nextIn);
  }

  async function again(): Promise<void> {
    try {
      await look();
    } catch (error) {
      nextIn = settings.fastLookMs;
      log.warn('The clients of the registry could not be looked at; trying again.', {
        error: toAppError(error).message,
      });
    }
    looking = undefined;
    plan();
  }

  return {
    async start() {
      await look();
      plan();
    },
    joined() {
      if (looking !== undefined || nextIn <= settings.fastLookMs) return;
      nextIn = settings.fastLookMs;
      plan();
    },
    async close() {
      closed = true;
      if (timer !== undefined) clock.clearTimeout(timer);
      await looking;
    },
  };
}
