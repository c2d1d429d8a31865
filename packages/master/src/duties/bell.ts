/** Sleeps until a time or until it is rung; a ring while nobody sleeps wakes the next sleeper at once. */
import type { Clock, TimerHandle } from '@vaquita/core';

export interface Bell {
  ring(): void;
  /** What it was rung for is being seen to: it wakes nobody any more. */
  hush(): void;
  wait(ms: number): Promise<void>;
}

export function createBell(clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    hush() {
      rung = false;
    },
    async wait(ms) {
      let timer: TimerHandle | undefined;
      if (!rung) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = clock.setTimeout(resolve, Math.max(0, ms));
        });
        if (timer !== undefined) clock.clearTimeout(timer);
      }
      wake = undefined;
      rung = false;
    },
  };
}
