/** What a trigger starts, as it is now. */
import { compileWorkflow, type StartTarget, type TriggerRow, toAppError } from '@vaquita/core';
import type { OtherRunsStore } from '@vaquita/store';

export type TriggerTarget = (StartTarget & { readonly online: boolean }) | { readonly problem: string };

/** @returns why nothing of it can be started at all, in a sentence, or what would be. */
export async function targetOf(
  others: Pick<OtherRunsStore, 'resolveWorkflow'>,
  { projectId, workflowId, start }: Pick<TriggerRow, 'projectId' | 'workflowId' | 'start'>,
): Promise<TriggerTarget> {
  const query = { ownProject: projectId, project: null, workflow: workflowId, version: start.version };
  const found = await others.resolveWorkflow(query);
  if ('missing' in found) return { problem: 'The workflow is not there any more.' };
  const { workflowName, version, document, online } = found;
  if (version === null || document === null) {
    return { problem: `The workflow “${workflowName}” has no version ${start.version ?? 'at all'}.` };
  }
  try {
    const definition = compileWorkflow(document);
    return { projectId: found.projectId, workflowId, workflowName, version, online, definition };
  } catch (error) {
    const { code, message } = toAppError(error);
    if (code !== 'bad_definition') throw error;
    return { problem: `Version ${version} of the workflow cannot be read: ${message}` };
  }
}
