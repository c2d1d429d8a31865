/** What else holds of the rows of triggers in memory: their names, and that they go with their workflow. */
import type { TriggerRow, WorkflowId } from '@vaquita/core';
import type { Tables, Transaction } from './tables.ts';

export const nameKey = ({ workflowId, name }: Pick<TriggerRow, 'workflowId' | 'name'>) =>
  `trigger:${workflowId}:${name}`;

/** In the unit in which the workflow goes. */
export function dropTriggersOf(tx: Transaction, { triggers }: Tables, workflowId: WorkflowId): void {
  for (const row of [...triggers.values()]) {
    if (row.workflowId !== workflowId) continue;
    tx.release(nameKey(row));
    tx.drop(triggers, row.id);
  }
}
