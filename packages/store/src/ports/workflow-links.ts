/** Which workflows start or wait for which others: what their newest versions and their triggers say. */
import type { LinkTaskType, ProjectId, TriggerId, WorkflowId } from '@vaquita/core';
import type { RunOutline } from './workflow-history.ts';

/** A workflow as a link names it. The ids are null where there is none of the name. */
export interface LinkEnd {
  readonly projectId: ProjectId | null;
  readonly projectName: string;
  readonly workflowId: WorkflowId | null;
  readonly workflowName: string;
}

/** `said` is the workflow in which it is said, or which the trigger starts; `named` the one that it names. */
export interface WorkflowLink {
  readonly kind: LinkTaskType | 'after_workflow';
  readonly said: LinkEnd;
  readonly named: LinkEnd;
  /** The task that says so; null: a trigger does. */
  readonly task: string | null;
  readonly trigger: { readonly id: TriggerId; readonly name: string } | null;
  /** False: the task is passed over, or the trigger is offline. */
  readonly enabled: boolean;
  /** Of a `dependent` task: which task it waits for, and which runs; of a trigger: after which ends. */
  readonly ofTask: string | null;
  readonly range: string | null;
}

export interface WorkflowOutline extends LinkEnd {
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly online: boolean;
}

export interface WorkflowLinkStore {
  /** Links in which one of these is an end, each once; at most about as many as `limit` of each way. @param ids at most 500 */
  around(ids: readonly WorkflowId[], limit: number): Promise<readonly WorkflowLink[]>;
  /** Links in which a workflow of the project is an end, likewise. */
  ofProject(id: ProjectId, limit: number): Promise<readonly WorkflowLink[]>;
  /** Those that there are. @param ids at most 1000 */
  outlines(ids: readonly WorkflowId[]): Promise<readonly WorkflowOutline[]>;
  /** The newest runs of each, newest first. @param ids at most 1000 */
  newestRuns(
    ids: readonly WorkflowId[],
    each: number,
  ): Promise<readonly (RunOutline & { readonly workflowId: WorkflowId })[]>;
}
