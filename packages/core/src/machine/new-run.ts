/** A run as it is recorded first, whoever starts it: its row, the command that has a leader take it, its first event. */
import { reasonData } from '../history/event-data.ts';
import type { IdSource } from '../identity/ids.ts';
import type { RunOrigin } from './origin.ts';
import type { CommandRow, NewEvent, Reason, WorkflowInstanceRow } from './rows.ts';

/** What belongs together and is filed in one unit. */
export interface NewRun {
  readonly instance: WorkflowInstanceRow;
  readonly command: CommandRow;
  readonly event: NewEvent;
}

/** What the one who starts a run decides; the rest is the same for every new run. */
export type RunChoices = Pick<
  WorkflowInstanceRow,
  | 'projectId'
  | 'workflowId'
  | 'workflowName'
  | 'version'
  | 'params'
  | 'startTasks'
  | 'scope'
  | 'failureStrategy'
  | 'priority'
  | 'workerGroup'
  | 'environment'
  | 'dryRun'
  | 'timeoutMs'
  | 'alertOn'
  | 'alertGroup'
  | 'businessTime'
  | 'createdBy'
> & {
  /** What starts it by itself; absent: a person, or the parent. */
  readonly origin?: RunOrigin;
  /** Absent: that of the definition. */
  readonly timezone?: string | null;
  /** The task that starts it and waits for it; null when nobody does. */
  readonly parent: Pick<
    WorkflowInstanceRow,
    'parentInstanceId' | 'parentTask' | 'parentTaskId' | 'childIndex' | 'lineage'
  > | null;
};

const NO_PARENT = { parentInstanceId: null, parentTask: null, parentTaskId: null, childIndex: 0, lineage: [] } as const;

/** @param now in epoch milliseconds. */
export function newRun(
  { parent, origin, timezone = null, ...choices }: RunChoices,
  ids: IdSource,
  now: number,
): NewRun {
  const why: Reason = {
    code: 'waiting_for_leader',
    text: 'The run is recorded and waits for the leader to take it.',
    since: now,
    next: 'the leader starts it',
  };
  const instance: WorkflowInstanceRow = {
    ...choices,
    ...(parent ?? NO_PARENT),
    originKind: origin?.kind ?? null,
    originId: origin?.id ?? null,
    timezone,
    id: ids.next<'workflow-instance'>(),
    number: null,
    state: 'submitted',
    runCounter: 1,
    queuedAt: null,
    executionSlot: null,
    outputs: {},
    createdAt: now,
    startedAt: null,
    endedAt: null,
    updatedAt: now,
    reason: why,
    quarantine: null,
  };
  return {
    instance,
    command: {
      id: ids.next<'command'>(),
      kind: 'start',
      workflowInstanceId: instance.id,
      payload: {},
      priority: instance.priority,
      createdBy: instance.createdBy,
      createdAt: now,
    },
    event: {
      type: 'workflow_instance.created',
      projectId: instance.projectId,
      workflowInstanceId: instance.id,
      taskInstanceId: null,
      at: now,
      data: {
        state: instance.state,
        workflowId: instance.workflowId,
        workflowName: instance.workflowName,
        version: instance.version,
        params: instance.params,
        ...reasonData(why, now),
        ...(origin === undefined ? {} : { origin: origin.kind, originId: origin.id }),
        ...(parent === null ? {} : { parent: parent.parentInstanceId, parentTask: parent.parentTask }),
      },
    },
  };
}
