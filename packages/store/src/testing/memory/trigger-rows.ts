/** What else holds of the rows of triggers in memory: their names, and what goes with them and with their workflow. */
import { AppError, type TriggerFiringRow, type TriggerId, type TriggerRow, type WorkflowId } from '@vaquita/core';
import type { TriggerRevision } from '../../ports/triggers.ts';
import type { Tables, Transaction } from './tables.ts';

export const nameKey = ({ workflowId, name }: Pick<TriggerRow, 'workflowId' | 'name'>) =>
  `trigger:${workflowId}:${name}`;

export const firingRowKey = ({ triggerId, key }: Pick<TriggerFiringRow, 'triggerId' | 'key'>) => `${triggerId} ${key}`;

export const TRIGGER_CHANGED = 'The trigger is not as it was read.';

/** @throws AppError `conflict` */
export function asRead({ triggers }: Tables, { id, revision }: TriggerRevision): TriggerRow {
  const row = triggers.get(id);
  if (row?.revision !== revision || !row.online) throw new AppError('conflict', TRIGGER_CHANGED);
  return row;
}

/** In the unit in which the workflow goes. */
export function dropTriggersOf(tx: Transaction, tables: Tables, workflowId: WorkflowId): void {
  for (const row of [...tables.triggers.values()]) {
    if (row.workflowId !== workflowId) continue;
    tx.release(nameKey(row));
    tx.drop(tables.triggers, row.id);
    dropWatching(tx, tables, row.id);
  }
}

/** What the trigger knows of files, in the unit in which it goes. */
export function dropWatching(tx: Transaction, { watchers, things }: Tables, id: TriggerId): void {
  for (const [key, { triggerId }] of [...watchers]) if (triggerId === id) tx.drop(watchers, key);
  for (const [key, { triggerId }] of [...things]) if (triggerId === id) tx.drop(things, key);
}
