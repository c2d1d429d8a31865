/**
 * Why a connected worker is given nothing for now. It is in the pool, and does not count as able to run anything, while
 * there is any reason.
 */
import type { WorkerId } from '@vaquita/core';
import type { WorkerPool } from './worker-pool.ts';

/**
 * `asked`: somebody has asked it to drain. `own`: it drains by itself. `unproven`: it has been deaf and is to return an
 * echo first. `closing`: its session is being ended.
 */
export type Hold = 'asked' | 'own' | 'unproven' | 'closing';

export interface Holds {
  add(id: WorkerId, hold: Hold): void;
  remove(id: WorkerId, hold: Hold): void;
  has(id: WorkerId, hold: Hold): boolean;
  /** Its session is over, and with it all reasons. */
  left(id: WorkerId): void;
}

/** @param wake There may be free slots. */
export function createHolds(pool: Pick<WorkerPool, 'setDraining'>, wake: () => void): Holds {
  const holds = new Map<WorkerId, Set<Hold>>();

  return {
    add(id, hold) {
      const own = holds.get(id);
      if (own) own.add(hold);
      else holds.set(id, new Set([hold]));
      pool.setDraining(id, true);
    },
    remove(id, hold) {
      const own = holds.get(id);
      if (!own?.delete(hold) || own.size > 0) return;
      holds.delete(id);
      pool.setDraining(id, false);
      wake();
    },
    has: (id, hold) => holds.get(id)?.has(hold) ?? false,
    left: (id) => void holds.delete(id),
  };
}
