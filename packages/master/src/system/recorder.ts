/** Writes events that are of no run, under the epoch of the term. One that cannot be written is spoken of and forgotten. */
import { type Epoch, type NewEvent, toAppError } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import { commitOf } from '../recovery/commit-of.ts';
import type { Logger } from '../settings.ts';

export interface RecorderDeps {
  readonly store: Pick<MasterStore, 'commit'>;
  readonly epoch: Epoch;
  readonly log: Logger;
  /** An event has been written. */
  readonly told: () => void;
  /** True, and the end of the term, when the error says that somebody else leads. */
  readonly endWhenFenced: (error: unknown) => boolean;
}

export function createRecorder({ store, epoch, log, told, endWhenFenced }: RecorderDeps): (event: NewEvent) => void {
  return (event) => {
    store.commit(epoch, commitOf({ events: [event] })).then(told, (error) => {
      if (!endWhenFenced(error)) log.warn('An event could not be written.', { error: toAppError(error).message });
    });
  };
}
