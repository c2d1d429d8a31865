/** The time an attempt may take. It stands still while nothing of the attempt does: while only its output is on its way. */
import type { Clock, TimerHandle } from '@vaquita/core';

export interface TimeLimit {
  /** The time runs from now on. `spentMs` has passed before. */
  start(spentMs: number): void;
  hold(): void;
  /** Runs on after `hold`; nothing otherwise. */
  goOn(): void;
  close(): void;
}

/** `limitMs` null: there is none. */
export function createTimeLimit(clock: Clock, limitMs: number | null, onPassed: () => void): TimeLimit {
  let timer: TimerHandle | undefined;
  let runningSince = 0;
  /** What is left while it stands still; null when it runs, or never began. */
  let held: number | null = null;
  let left = limitMs ?? 0;

  function run(): void {
    runningSince = clock.now();
    timer = clock.setTimeout(onPassed, left);
  }

  return {
    start(spentMs) {
      if (limitMs === null) return;
      left = within(limitMs, limitMs - spentMs);
      run();
    },
    hold() {
      if (timer === undefined) return;
      clock.clearTimeout(timer);
      timer = undefined;
      held = within(left, left - (clock.now() - runningSince));
    },
    goOn() {
      if (held === null) return;
      left = held;
      held = null;
      run();
    },
    close() {
      if (timer !== undefined) clock.clearTimeout(timer);
      timer = undefined;
      held = null;
    },
  };
}

/** A clock that was set back gives no more time than there was. */
function within(most: number, value: number): number {
  return Math.min(most, Math.max(0, value));
}
