/** The newest dispatch ids whose results are delivered: a copy of such a dispatch that comes late is not run (P3). */
import type { DispatchId } from '@vaquita/core';

export interface FinishedDispatches {
  add(dispatchId: DispatchId): void;
  has(dispatchId: DispatchId): boolean;
}

const MAX_REMEMBERED = 10_000;

export function createFinishedDispatches(max: number = MAX_REMEMBERED): FinishedDispatches {
  const known = new Set<DispatchId>();
  return {
    add(dispatchId) {
      known.add(dispatchId);
      if (known.size <= max) return;
      for (const oldest of known) {
        known.delete(oldest);
        return;
      }
    },
    has: (dispatchId) => known.has(dispatchId),
  };
}
