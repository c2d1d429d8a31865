/**
 * Waiting for a database that is away, and for what is not known of it.
 *
 * N1 What is written is told by the rows only once no commit whose answer was lost can still arrive.
 */
import { type Clock, type Epoch, toAppError } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { Logger } from '../settings.ts';
import { isPassing } from './durable-commit.ts';

export interface Settling {
  /** Asks until there is an answer. Undefined when the term is over. @throws what does not pass. */
  patiently<T>(ask: () => Promise<T>): Promise<T | undefined>;
  /**
   * Resolves when the rows tell what became of a commit that ended with this error (N1): at once, unless its answer was
   * lost. Also when the term is over.
   */
  settle(error: unknown): Promise<void>;
}

export interface SettlingDeps {
  readonly store: Pick<MasterStore, 'settle'>;
  readonly epoch: Epoch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retryMs: number;
  readonly isOver: () => boolean;
  /** True, and the end of the term, when the error says that somebody else leads. */
  readonly endWhenFenced: (error: unknown) => boolean;
}

/** Nobody knows whether it was written. */
export function isLost(error: unknown): boolean {
  return toAppError(error).code === 'outcome_unknown';
}

export function createSettling(deps: SettlingDeps): Settling {
  const { store, clock, log, isOver } = deps;

  function pause(error: unknown): Promise<void> {
    log.warn('The database did not answer; trying again.', { error: toAppError(error).message });
    return new Promise((resolve) => clock.setTimeout(resolve, deps.retryMs));
  }

  return {
    async patiently(ask) {
      while (!isOver()) {
        try {
          return await ask();
        } catch (thrown) {
          if (!isPassing(toAppError(thrown).code)) throw thrown;
          await pause(thrown);
        }
      }
      return undefined;
    },
    async settle(error) {
      if (!isLost(error)) return;
      while (!isOver()) {
        try {
          await store.settle(deps.epoch);
          return;
        } catch (thrown) {
          if (deps.endWhenFenced(thrown)) return;
          await pause(thrown);
        }
      }
    },
  };
}
