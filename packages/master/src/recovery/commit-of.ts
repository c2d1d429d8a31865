import { type NewEvent, type Reason, reasonData, type WorkflowInstanceRow } from '@vaquita/core';
import type { RunCommit } from '@vaquita/store';

/** A unit that writes only what is given. */
export function commitOf(part: Partial<RunCommit>): RunCommit {
  return {
    instance: null,
    assignNumber: false,
    newTasks: [],
    changedTasks: [],
    writtenBefore: new Map(),
    events: [],
    outboxPut: [],
    outboxDone: [],
    commandsDone: [],
    newRuns: [],
    newCommands: [],
    newAlerts: [],
    ...part,
  };
}

/** Why the run is set aside from now on; null when it no longer is. */
export function quarantineEvent(
  { id, projectId }: Pick<WorkflowInstanceRow, 'id' | 'projectId'>,
  why: Reason | null,
  at: number,
): NewEvent {
  return {
    type: 'workflow_instance.reason',
    projectId,
    workflowInstanceId: id,
    taskInstanceId: null,
    at,
    data: { quarantine: why && reasonData(why, at) },
  };
}
