/** Writes a unit until it is durable or known to be impossible. */
import { type Clock, type Epoch, type ErrorCode, toAppError } from '@vaquita/core';
import type { MasterStore, RunCommit } from '@vaquita/store';
import type { Logger } from '../settings.ts';

export interface DurableCommit {
  /** A unit that files its run is tried once: who asked for the run waits, and is told. */
  write(unit: RunCommit): Promise<{ readonly number: number | null }>;
  close(): void;
}

export interface DurableCommitDeps {
  readonly store: MasterStore;
  readonly epoch: Epoch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retryMs: number;
}

/** What is worth another try: nothing of what was asked is wrong. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['database_busy', 'unavailable', 'outcome_unknown']);

/** True for trouble of the database that passes by itself. */
export function isPassing(code: ErrorCode): boolean {
  return PASSING.has(code);
}

/** Longest wait between two tries. */
const MAX_RETRY_MS = 5_000;

/**
 * Retries what passes (busy, disk full, no answer) for as long as the term lasts, because the run in memory is ahead
 * of its rows until it is written. Rejects with what does not: `fenced`, `conflict`, a unit the database refuses, the
 * end of the term, and `outcome_unknown`: a unit that may have been written must not be written twice.
 */
export function createDurableCommit({ store, epoch, clock, log, retryMs }: DurableCommitDeps): DurableCommit {
  let closed = false;

  return {
    async write(unit) {
      for (let wait = retryMs; ; wait = Math.min(wait * 2, MAX_RETRY_MS)) {
        try {
          return await store.commit(epoch, unit);
        } catch (thrown) {
          const error = toAppError(thrown);
          const mayBeWritten = error.code === 'outcome_unknown';
          if (closed || unit.filing || mayBeWritten || !isPassing(error.code)) throw error;
          log.error('A commit failed; it is tried again.', { code: error.code, error: error.message, retryInMs: wait });
          await new Promise<void>((resolve) => clock.setTimeout(resolve, wait));
          if (closed) throw error;
        }
      }
    },
    close() {
      closed = true;
    },
  };
}
