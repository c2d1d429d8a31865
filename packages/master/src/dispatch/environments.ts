/**
 * The environments of tasks that are about to be sent: read at that moment, held by nobody afterwards.
 *
 * E1 No value is kept, logged or put into anything that is written: an opened environment goes into one message, and that is it.
 * E2 A read that fails for a passing reason is no answer: it is tried again for as long as the dispatch is to be sent.
 */
import type { OpenedEnvironment, ProjectId } from '@vaquita/core';
import type { Logger } from '../settings.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';

/** What tasks of the project get by this name, or why they can get nothing. Rejects for passing reasons. */
export type OpenEnvironment = (
  projectId: ProjectId,
  name: string,
) => Promise<OpenedEnvironment | { readonly problem: string }>;

export const NOTHING_OPENED: OpenedEnvironment = Object.freeze({ values: {}, secrets: {} });

export const noEnvironments: OpenEnvironment = async (_, name) => ({
  problem: `There is no environment "${name}": this server has none.`,
});

export interface Environments {
  /** Calls `send` with it; later, and not at all where the term is over. */
  open(which: WantedEnvironment, send: (opened: OpenedEnvironment | { readonly problem: string }) => void): void;
}

export interface WantedEnvironment {
  readonly projectId: ProjectId;
  readonly name: string;
  /** Called in the place of `send` when it has to be tried again: whether it is still wanted is for the caller to know. */
  readonly again: () => void;
  /** For the timer: one try for each at a time. */
  readonly key: string;
}

export interface EnvironmentsDeps {
  readonly openEnvironment: OpenEnvironment;
  readonly timers: TimerQueue;
  readonly retryMs: number;
  readonly log: Logger;
  readonly isOver: () => boolean;
}

export function createEnvironments(deps: EnvironmentsDeps): Environments {
  const { openEnvironment, timers, retryMs, log, isOver } = deps;
  /** Under way now: tasks that are sent together share one read. */
  const reading = new Map<string, ReturnType<OpenEnvironment>>();

  function read(projectId: ProjectId, name: string): ReturnType<OpenEnvironment> {
    const key = `${projectId} ${name}`;
    let read = reading.get(key);
    if (read === undefined) {
      read = openEnvironment(projectId, name).finally(() => reading.delete(key));
      reading.set(key, read);
    }
    return read;
  }

  return {
    open({ projectId, name, again, key }, send) {
      read(projectId, name).then(
        (opened) => {
          if (!isOver()) send(opened);
        },
        (error: unknown) => {
          if (isOver()) return;
          log.warn('An environment could not be read; it is tried again.', { environment: name, error });
          timers.after(`environment:${key}`, retryMs, again);
        },
      );
    },
  };
}
