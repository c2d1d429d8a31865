/**
 * Workers that are given nothing for a while, because they refuse or do not answer. Each rest in a row is twice as long;
 * one that takes a task again starts anew.
 */
import type { WorkerId } from '@vaquita/core';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { WorkerPool } from './worker-pool.ts';

const LONGEST_REST_MS = 30_000;

export interface Rests {
  begin(id: WorkerId): void;
  /** The worker has taken a task. */
  over(id: WorkerId): void;
}

export interface RestsDeps {
  readonly timers: TimerQueue;
  readonly pool: WorkerPool;
  readonly firstMs: number;
  /** The worker may be given tasks again. */
  readonly wake: () => void;
}

export function createRests({ timers, pool, firstMs, wake }: RestsDeps): Rests {
  const inARow = new Map<WorkerId, number>();

  return {
    begin(id) {
      const before = inARow.get(id) ?? 0;
      inARow.set(id, before + 1);
      pool.setResting(id, true);
      timers.after(`rest:${id}`, Math.min(LONGEST_REST_MS, firstMs * 2 ** Math.min(before, 16)), () => {
        pool.setResting(id, false);
        wake();
      });
    },
    over(id) {
      inARow.delete(id);
    },
  };
}
