/** When clients are looked at next: often while one of them is new or was late, seldom while all are settled. Pure. */
import type { Look } from '../registry-store.ts';
import type { RegistrySettings } from '../settings.ts';

/** Looking may take this part of the time at most, so that a slow database is not made slower by it. */
const MAX_SHARE = 0.1;

/**
 * @param tookMs how long this look took.
 * @returns milliseconds until the next. Whoever falls silent is found within its timeout and this.
 */
export function nextLookIn(
  { now, firstExpiry, unsettledUntil, shortestTimeoutMs }: Look,
  { fastLookMs, slowLookMs }: Pick<RegistrySettings, 'fastLookMs' | 'slowLookMs'>,
  tookMs: number,
): number {
  const isSettled = unsettledUntil === null || unsettledUntil <= now;
  const settledPeriod = shortestTimeoutMs === null ? slowLookMs : Math.min(slowLookMs, shortestTimeoutMs / 2);
  const period = isSettled ? settledPeriod : fastLookMs;
  // Nobody can be dead before the first timeout is over, and then somebody may be.
  const untilFirst = firstExpiry === null ? period : firstExpiry - now + 1;
  return Math.ceil(Math.max(fastLookMs, Math.min(period, untilFirst), tookMs / MAX_SHARE));
}
