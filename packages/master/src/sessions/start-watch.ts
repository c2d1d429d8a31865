/**
 * Dispatches that a worker has accepted and not started. Many come and go in the time that is waited here, so they are
 * looked at together, once in that time: one found twice has waited for at least as long.
 */
import type { DispatchId, WorkerId } from '@vaquita/core';
import type { TimerQueue } from '../timers/timer-queue.ts';

export interface StartWatch {
  accepted(id: DispatchId, worker: WorkerId): void;
  /** It has started, or it is over. */
  over(id: DispatchId): void;
}

export interface StartWatchDeps {
  readonly timers: TimerQueue;
  readonly timeoutMs: number;
  /** Told again each time, as long as it lasts. */
  readonly overdue: (worker: WorkerId, unstarted: readonly DispatchId[]) => void;
}

export function createStartWatch({ timers, timeoutMs, overdue }: StartWatchDeps): StartWatch {
  const waiting = new Map<DispatchId, { readonly worker: WorkerId; looks: number }>();
  let isWatching = false;

  function watch(): void {
    if (isWatching || waiting.size === 0) return;
    isWatching = true;
    timers.after('accepted and not started', timeoutMs, () => {
      isWatching = false;
      look();
      watch();
    });
  }

  function look(): void {
    const late = new Map<WorkerId, DispatchId[]>();
    for (const [id, entry] of waiting) {
      entry.looks += 1;
      if (entry.looks < 2) continue;
      const ids = late.get(entry.worker);
      if (ids) ids.push(id);
      else late.set(entry.worker, [id]);
    }
    for (const [worker, ids] of late) overdue(worker, ids);
  }

  return {
    accepted(id, worker) {
      if (!waiting.has(id)) waiting.set(id, { worker, looks: 0 });
      watch();
    },
    over: (id) => void waiting.delete(id),
  };
}
