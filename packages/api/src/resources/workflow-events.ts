/** The events that tell of a changed workflow. The store writes them in the unit of the change itself. */
import type { NewEvent } from '@vaquita/core';
import type { WorkflowRow } from '@vaquita/store';

const TYPES = {
  created: 'workflow.added',
  version: 'workflow.updated',
  online: 'workflow.updated',
  offline: 'workflow.updated',
  deleted: 'workflow.removed',
} as const satisfies Record<string, NewEvent['type']>;

export interface WorkflowChange {
  readonly change: keyof typeof TYPES;
  readonly by: string;
  readonly at: number;
  readonly more?: Readonly<Record<string, unknown>>;
}

export function workflowEvent(
  workflow: Pick<WorkflowRow, 'id' | 'projectId' | 'name'>,
  { change, by, at, more }: WorkflowChange,
): NewEvent {
  return {
    type: TYPES[change],
    projectId: workflow.projectId,
    workflowInstanceId: null,
    taskInstanceId: null,
    at,
    data: { workflowId: workflow.id, name: workflow.name, change, by, ...more },
  };
}
