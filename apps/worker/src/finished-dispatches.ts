/** At least the 10,000 newest dispatch ids whose results are delivered: a copy of such a dispatch that comes late is not run (P3). */
import type { DispatchId } from '@vaquita/core';

export interface FinishedDispatches {
  add(dispatchId: DispatchId): void;
  has(dispatchId: DispatchId): boolean;
  /** In the order in which they were added. */
  list(): readonly DispatchId[];
}

const MAX_REMEMBERED = 10_000;

export function createFinishedDispatches(max: number = MAX_REMEMBERED): FinishedDispatches {
  // Two generations: when the newer one is full it becomes the older, and what was older is forgotten.
  let newer = new Set<DispatchId>();
  let older = new Set<DispatchId>();
  return {
    add(dispatchId) {
      if (newer.size >= max) {
        older = newer;
        newer = new Set();
      }
      newer.add(dispatchId);
    },
    list: () => [...older, ...newer],
    has: (dispatchId) => newer.has(dispatchId) || older.has(dispatchId),
  };
}
