/** Does something now and then: at once, and again a while after each end. */
import type { Clock, TimerHandle } from '@vaquita/core';

/**
 * @param run must not reject.
 * @returns how to stop; resolves when a round that is under way has ended.
 */
export function repeat(
  clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>,
  intervalMs: number,
  run: () => Promise<void>,
): () => Promise<void> {
  let stopped = false;
  let timer: TimerHandle;
  let round = begin();

  async function begin(): Promise<void> {
    await run();
    if (stopped) return;
    timer = clock.setTimeout(() => {
      round = begin();
    }, intervalMs);
  }

  return async () => {
    stopped = true;
    clock.clearTimeout(timer);
    await round;
  };
}
