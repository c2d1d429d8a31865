/** Which workflow a sub_workflow or dynamic task means: the answer, or a sentence that says why there is none. */
import { compileWorkflow, type ResolvedWorkflow, toAppError } from '@vaquita/core';
import type { WorkflowTarget } from '@vaquita/store';

export interface TargetQuery {
  /** Null: the run's own. */
  readonly project: string | null;
  readonly workflow: string;
  /** Null: the newest, which must be online. */
  readonly version: number | null;
}

export type FoundTarget = WorkflowTarget | { readonly missing: 'project' | 'workflow' };

export function resolveTarget(query: TargetQuery, found: FoundTarget): ResolvedWorkflow | { readonly problem: string } {
  if ('missing' in found) return { problem: missingText(query, found.missing) };
  const { projectId, workflowId, workflowName, version, document } = found;
  if (version === null || document === null) {
    return { problem: `Workflow "${workflowName}" has no version ${query.version ?? 'at all'}.` };
  }
  if (query.version === null && !found.online) {
    return { problem: `Workflow "${workflowName}" is offline. Bring it online, or name the version to run.` };
  }
  try {
    const { execution, params } = compileWorkflow(document);
    const needs = params.filter(({ value }) => value === undefined).map(({ name }) => name);
    const typed = params.filter(({ type }) => type !== 'string').map(({ name, type }) => [name, type] as const);
    return {
      ...{ projectId, workflowId, workflowName, version, execution },
      ...(needs.length === 0 ? {} : { needs }),
      ...(typed.length === 0 ? {} : { types: Object.fromEntries(typed) }),
    };
  } catch (error) {
    const why = toAppError(error).message;
    return { problem: `Version ${version} of workflow "${workflowName}" cannot be read: ${why}` };
  }
}

function missingText({ project, workflow }: TargetQuery, missing: 'project' | 'workflow'): string {
  if (missing === 'project') return `There is no project "${project}".`;
  return project === null
    ? `This project has no workflow "${workflow}".`
    : `Project "${project}" has no workflow "${workflow}".`;
}
