import { type Clock, toAppError } from '@vaquita/core';
import type { Logger } from '../settings.ts';

export interface KeepTryingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly retryMs: number;
  readonly isOver: () => boolean;
}

/** Longest wait between two tries. */
const MAX_RETRY_MS = 5_000;

/** Reads until it works or the term is over (undefined), whatever goes wrong. `what` names it in the log. */
export async function keepTrying<T>(
  deps: KeepTryingDeps,
  what: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  for (let wait = deps.retryMs; !deps.isOver(); wait = Math.min(wait * 2, MAX_RETRY_MS)) {
    try {
      const answer = await read();
      return deps.isOver() ? undefined : answer;
    } catch (error) {
      if (deps.isOver()) break;
      deps.log.warn(`${what} could not be read; trying again.`, { error: toAppError(error).message, retryInMs: wait });
      await new Promise<void>((resolve) => deps.clock.setTimeout(resolve, wait));
    }
  }
  return undefined;
}
