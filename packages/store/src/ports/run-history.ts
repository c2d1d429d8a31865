/** How long what has succeeded took: what forecasts are made from. */
import type { PastWorkflow, WorkflowId } from '@vaquita/core';

export interface RunHistoryStore {
  /**
   * Of each workflow its newest runs that succeeded, at most `runs` of them, taken together; none of those that never did. Dry runs
   * and tasks without a worker do not count. Means are rounded to whole milliseconds.
   *
   * @param ids at most 500
   */
  past(ids: readonly WorkflowId[], runs: number): Promise<readonly PastWorkflow[]>;
}
