/** How the newest runs of a workflow went that have succeeded, taken together. Milliseconds. */
import type { WorkflowId } from '../identity/ids.ts';

export interface PastWorkflow {
  readonly workflowId: WorkflowId;
  readonly runs: number;
  /** On average. */
  readonly durationMs: number;
  readonly tasks: readonly PastTask[];
}

/** One task, all of its attempts, on a worker. */
export interface PastTask {
  readonly workerGroup: string;
  /** From the begin of a run to that of the task, on average of those that had it. */
  readonly offsetMs: number;
  /** For which it held a slot, on average of all runs. */
  readonly slotMs: number;
}
