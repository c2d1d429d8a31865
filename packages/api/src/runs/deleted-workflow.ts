/** A run that has ended outlives its workflow; then it can be looked at, and nothing of it can be done again. */
import type { CommandKind, WorkflowInstanceRow } from '@vaquita/core';
import type { ApiStore } from '../deps.ts';

/** What may be asked of a run that has ended, and what its definition is needed for. */
const GOES_ON: ReadonlySet<CommandKind> = new Set<CommandKind>([
  'resume',
  'recover_failed',
  'rerun',
  'rerun_from',
  'force_success',
]);

export const DELETED = 'The workflow of this run was deleted, so the run cannot be done again.';

export type DeletedWorkflowCheck = (
  run: Pick<WorkflowInstanceRow, 'workflowId' | 'version'>,
  kind: CommandKind,
) => Promise<string | undefined>;

/** Answers why a command is not possible for want of the workflow, undefined when it is. Looks each version up once. */
export function createDeletedWorkflowCheck(store: Pick<ApiStore, 'workflows'>): DeletedWorkflowCheck {
  const known = new Map<string, Promise<boolean>>();
  return async ({ workflowId, version }, kind) => {
    if (!GOES_ON.has(kind)) return undefined;
    const key = `${workflowId} ${version}`;
    let exists = known.get(key);
    if (exists === undefined) {
      exists = store.workflows.version(workflowId, version).then((found) => found !== undefined);
      known.set(key, exists);
    }
    return (await exists) ? undefined : DELETED;
  };
}
