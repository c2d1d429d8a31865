/** Clears away events that everybody has heard of, and those that nobody may wait for any longer. */
import { type Clock, type TimerHandle, toAppError } from '@vaquita/core';
import type { RegistryStore } from '../registry-store.ts';
import type { RegistryLog, RegistrySettings } from '../settings.ts';

export interface EventPurge {
  start(): void;
  close(): Promise<void>;
}

export interface EventPurgeDeps {
  readonly store: Pick<RegistryStore, 'events'>;
  readonly clock: Clock;
  readonly log: RegistryLog;
  readonly settings: RegistrySettings;
}

export function createEventPurge({ store, clock, log, settings }: EventPurgeDeps): EventPurge {
  let timer: TimerHandle | undefined;
  let purging: Promise<void> | undefined;
  let closed = false;

  async function purge(): Promise<void> {
    try {
      await store.events.purge(settings);
    } catch (error) {
      log.warn('Old events of the registry could not be removed; trying again.', { error: toAppError(error).message });
    }
    if (!closed) timer = clock.setTimeout(begin, settings.purgeIntervalMs);
  }

  function begin(): void {
    purging = purge();
  }

  return {
    start: begin,
    async close() {
      closed = true;
      if (timer !== undefined) clock.clearTimeout(timer);
      await purging;
    },
  };
}
