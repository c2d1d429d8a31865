/** Does the same thing again and again: now and then, and soon when something has woken it. One round at a time. */
import type { Clock, TimerHandle } from '@vaquita/core';

export interface Looper {
  /** A round soon; after the one under way, if there is one. */
  wake(): void;
  /** Resolves when no round goes on any more, and none begins again. */
  stop(): Promise<void>;
}

export interface LooperOptions {
  readonly clock: Clock;
  /** From the end of a round to the begin of the next that nobody has asked for. */
  readonly everyMs: number;
  /** From the end of a round to the begin of the next that somebody has. */
  readonly pauseMs: number;
  /** Must not reject. */
  readonly round: () => Promise<void>;
}

export function startLooper({ clock, everyMs, pauseMs, round }: LooperOptions): Looper {
  let timer: TimerHandle | undefined;
  let stopped = false;
  let awake = false;
  let running: Promise<void> | undefined = run();

  async function run(): Promise<void> {
    awake = false;
    await round();
    running = undefined;
    if (!stopped) set(awake ? pauseMs : everyMs);
  }

  function set(afterMs: number): void {
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = clock.setTimeout(() => {
      timer = undefined;
      running = run();
    }, afterMs);
  }

  return {
    wake() {
      if (stopped || awake) return;
      awake = true;
      if (running === undefined) set(pauseMs);
    },
    async stop() {
      stopped = true;
      if (timer !== undefined) clock.clearTimeout(timer);
      await running;
    },
  };
}
