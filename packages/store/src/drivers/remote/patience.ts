/** Trying again for a bounded time, with growing pauses. */
import type { Clock } from '@vaquita/core';

export interface Patience {
  /** Waits a moment. False when the time is over: give up. */
  pause(): Promise<boolean>;
  end(): void;
}

/** The last one repeats. */
const PAUSES_MS = [5, 10, 20, 50, 100, 200] as const;

/** @param limitMs Counted from now, requests included. */
export function createPatience(clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>, limitMs: number): Patience {
  let isOver = false;
  let pauses = 0;
  const timer = clock.setTimeout(() => {
    isOver = true;
  }, limitMs);
  return {
    async pause() {
      if (isOver) return false;
      const wait = PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)]!;
      pauses += 1;
      await new Promise<void>((resolve) => clock.setTimeout(resolve, wait));
      return !isOver;
    },
    end: () => clock.clearTimeout(timer),
  };
}
