/** Forgets what has served its time: ended sessions and old idempotency keys. Any server may do it, at any time. */
import type { ApiDeps } from './deps.ts';

/** How long an answer is kept for a request that is repeated under its key. */
export const IDEMPOTENCY_KEPT_MS = 24 * 3_600_000;

export interface HousekeepingDeps extends Pick<ApiDeps, 'store' | 'clock' | 'log'> {
  /** @returns how many leftovers of files that were replaced, removed or broke off are gone. */
  readonly content: { clearAway(): Promise<number> };
}

/** Never rejects: what could not be forgotten now is forgotten the next time. */
export async function housekeeping({ store, content, clock, log }: HousekeepingDeps): Promise<void> {
  const now = clock.now();
  const chores = [
    { what: 'ended sessions', forget: () => store.sessions.purge(now) },
    { what: 'idempotency keys', forget: () => store.requests.purge(now - IDEMPOTENCY_KEPT_MS) },
    { what: 'leftovers of files', forget: () => content.clearAway() },
  ];
  for (const { what, forget } of chores) {
    try {
      const count = await forget();
      if (count > 0) log.info(`Old ${what} were forgotten.`, { count });
    } catch (cause) {
      log.warn(`Old ${what} could not be forgotten; the next round tries again.`, { cause });
    }
  }
}
