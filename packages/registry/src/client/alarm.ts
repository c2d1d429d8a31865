/** Sleeping until somebody rouses, a time has passed, or it is all over. */
import type { Clock, TimerHandle } from '@vaquita/core';

export interface Alarm {
  /** The time allowed has passed, or nobody wants it any more. */
  readonly isOver: boolean;
  rouse(): void;
  sleep(ms: number): Promise<void>;
  close(): void;
}

export interface AlarmOptions {
  readonly withinMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function createAlarm(clock: Clock, { withinMs, signal }: AlarmOptions): Alarm {
  let isOver = signal?.aborted ?? false;
  let waking: (() => void) | undefined;
  /** Roused before it slept. */
  let isRoused = false;
  const deadline = withinMs === undefined ? undefined : clock.setTimeout(end, withinMs);
  signal?.addEventListener('abort', end);

  function end(): void {
    isOver = true;
    rouse();
  }

  function rouse(): void {
    isRoused = true;
    waking?.();
  }

  return {
    get isOver() {
      return isOver;
    },
    rouse,
    async sleep(ms) {
      let timer: TimerHandle | undefined;
      if (!isRoused) {
        await new Promise<void>((resolve) => {
          waking = resolve;
          timer = clock.setTimeout(resolve, ms);
        });
      }
      if (timer !== undefined) clock.clearTimeout(timer);
      waking = undefined;
      isRoused = false;
    },
    close() {
      if (deadline !== undefined) clock.clearTimeout(deadline);
      signal?.removeEventListener('abort', end);
    },
  };
}
