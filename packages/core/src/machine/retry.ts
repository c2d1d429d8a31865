/** When a failed attempt is tried again: engine rule "measured from the end of the failed attempt". */
import type { RetryPolicy } from '../definition/definition.ts';
import type { Random } from '../time/random.ts';

/** Doubling stops here: 2^30 intervals are beyond any `maxInterval` that makes sense. */
const MAX_DOUBLINGS = 30;

/**
 * Milliseconds to wait after the attempt that had used `retriesUsed` retries.
 * `exponential` doubles per retry up to `maxIntervalMs` and takes a random half of it off at most, so that tasks that
 * failed together do not come back together.
 */
export function retryDelayMs(policy: RetryPolicy, retriesUsed: number, random: Random): number {
  if (policy.backoff === 'fixed') return policy.intervalMs;
  const doubled = policy.intervalMs * 2 ** Math.min(retriesUsed, MAX_DOUBLINGS);
  const capped = Math.min(doubled, Math.max(policy.maxIntervalMs, policy.intervalMs));
  return Math.round(capped * (1 - random.next() / 2));
}
