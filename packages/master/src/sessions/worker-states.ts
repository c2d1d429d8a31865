/**
 * Writes of connected workers whether they take tasks. One write per worker at a time, and the newest state in the end;
 * what does not work for a passing reason is tried again for as long as the worker is connected.
 */
import { type Clock, toAppError, type WorkerId } from '@vaquita/core';
import type { Holds } from '../dispatch/holds.ts';
import type { WorkerPool } from '../dispatch/worker-pool.ts';
import { isPassing } from '../recovery/durable-commit.ts';
import type { Logger } from '../settings.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { TermWorkers } from './term-workers.ts';

export interface WorkerStates {
  /** `why` the worker is in the state that it is in. */
  tell(id: WorkerId, why: string): void;
  /** What its row says is about to change. */
  isBeingTold(id: WorkerId): boolean;
}

export interface WorkerStatesDeps {
  readonly workers: Pick<TermWorkers, 'setState'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly timers: Pick<TimerQueue, 'after'>;
  readonly pool: Pick<WorkerPool, 'get'>;
  readonly holds: Pick<Holds, 'has'>;
  readonly log: Logger;
  /** An event may have been written. */
  readonly told: () => void;
}

const RETRY_MS = 1_000;

export function createWorkerStates(deps: WorkerStatesDeps): WorkerStates {
  const { clock, holds, pool } = deps;
  /** Workers whose state is being written, and why it is to be written once more after that. */
  const writing = new Map<WorkerId, string | null>();

  async function writeAll(id: WorkerId, why: string): Promise<void> {
    for (let next: string | null = why; next !== null && pool.get(id); ) {
      writing.set(id, null);
      const done = await write(id, next);
      next = writing.get(id) ?? (done ? null : next);
    }
    writing.delete(id);
  }

  /** False: it is to be tried again. */
  async function write(id: WorkerId, why: string): Promise<boolean> {
    const drains = holds.has(id, 'asked') || holds.has(id, 'own');
    const state = drains ? 'draining' : 'online';
    try {
      await deps.workers.setState(id, { state, at: clock.now(), why });
      deps.told();
      return true;
    } catch (thrown) {
      const { code, message: error } = toAppError(thrown);
      deps.log.warn('The state of a worker could not be written.', { worker: id, state, error });
      if (!isPassing(code)) return true;
      await new Promise<void>((resolve) => deps.timers.after(`worker-state:${id}`, RETRY_MS, resolve));
      return false;
    }
  }

  return {
    tell(id, why) {
      if (writing.has(id)) writing.set(id, why);
      else void writeAll(id, why);
    },
    isBeingTold: (id) => writing.has(id),
  };
}
