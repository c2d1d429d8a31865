/** The runs that a sub_workflow or dynamic task has started and that have not succeeded or failed as far as it knows. */
import type { WorkflowInstanceId } from '../identity/ids.ts';
import type { TaskInstanceRow } from '../machine/rows.ts';

export function childrenOf({ logic }: Pick<TaskInstanceRow, 'logic'>): readonly WorkflowInstanceId[] {
  if (logic?.kind === 'child') return logic.child === null ? [] : [logic.child];
  if (logic?.kind !== 'children') return [];
  return logic.items.flatMap(({ child, state }) =>
    child !== null && (state === 'started' || state === 'paused') ? [child] : [],
  );
}
