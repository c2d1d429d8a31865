/** The workflow a trigger starts, as it is now. */
import { compileWorkflow, type StartTarget, type TriggerRow } from '@vaquita/core';
import type { ApiStore } from '../deps.ts';

/** @returns why it cannot be started at all, in a sentence, or what would be. */
export async function findStartTarget(
  store: Pick<ApiStore, 'workflows'>,
  { projectId, workflowId, start }: Pick<TriggerRow, 'projectId' | 'workflowId' | 'start'>,
): Promise<(StartTarget & { readonly online: boolean }) | { readonly problem: string }> {
  const workflow = await store.workflows.find(projectId, workflowId);
  if (workflow === undefined) return { problem: 'The workflow is not there any more.' };
  const found = await store.workflows.version(workflowId, start.version ?? workflow.version);
  if (found === undefined) {
    return { problem: `The workflow “${workflow.name}” has no version ${start.version ?? workflow.version}.` };
  }
  const { name: workflowName, online } = workflow;
  const definition = compileWorkflow(found.document);
  return { projectId, workflowId, workflowName, version: found.version, online, definition };
}
