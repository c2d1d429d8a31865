/** Waits for what must become true, with a deadline and a failure that says what was seen instead. No fixed sleeps. */
import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  readonly withinMs?: number;
  readonly everyMs?: number;
  /** What to show when it never came: a log, the last states. */
  readonly evidence?: () => unknown;
}

/**
 * @param what What is waited for, as the end of "waited 30 s for …".
 * @param probe Gives the value once it is there; undefined, null, false and an exception mean "not yet".
 */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  { withinMs = 30_000, everyMs = 40, evidence }: EventuallyOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<T, false>>;
      last = undefined;
    } catch (thrown) {
      last = thrown;
    }
    if (Date.now() >= deadline) break;
    await pause(everyMs);
  }
  const shown = evidence === undefined ? '' : `\n${asText(await evidence())}`;
  throw new Error(`waited ${withinMs / 1000} s for ${what}${shown}`, last === undefined ? {} : { cause: last });
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
