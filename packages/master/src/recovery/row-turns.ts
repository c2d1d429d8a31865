/**
 * Work on the rows of runs that no bus owns: for one run, one piece of work after the other, so that nobody writes what
 * somebody else has changed since he read it.
 */
import type { WorkflowInstanceId } from '@vaquita/core';

export interface RowTurns {
  /** Does the work when everything asked for before it, for the same run, is over. */
  alone<T>(id: WorkflowInstanceId, work: () => Promise<T>): Promise<T>;
}

export function createRowTurns(): RowTurns {
  const last = new Map<WorkflowInstanceId, Promise<unknown>>();

  return {
    async alone(id, work) {
      const before = last.get(id);
      const mine = (async () => {
        await before?.catch(() => {});
        return work();
      })();
      last.set(id, mine);
      try {
        return await mine;
      } finally {
        if (last.get(id) === mine) last.delete(id);
      }
    },
  };
}
