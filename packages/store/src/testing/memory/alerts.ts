/** Filing alerts, as `verbs/alerts.ts` does it. */
import type { AlertRow, NewAlert } from '@vaquita/core';
import { isBeingRemoved } from '../../retention/final.ts';
import { newAlertRow } from '../../verbs/alerts.ts';
import type { Tables, Transaction } from './tables.ts';

export function putAlert(tx: Transaction, tables: Tables, alert: NewAlert): void {
  if (tables.alerts.has(alert.id)) return;
  const row = newAlertRow(alert);
  if (row.message.state === 'open') {
    tx.put(tables.alerts, row.id, row);
    return;
  }
  let newest: typeof row | undefined;
  let last: typeof row | undefined;
  for (const one of tables.alerts.values()) {
    if (one.subject !== row.subject) continue;
    if (newest === undefined || one.id > newest.id) newest = one;
    last = one;
  }
  const opening = [newest, last].find((one) => one?.message.state === 'open');
  if (opening && !isAnotherAside(tables, row)) tx.put(tables.alerts, row.id, { ...row, groupName: opening.groupName });
}

function isAnotherAside({ instances }: Tables, { kind, workflowId, workflowInstanceId }: AlertRow): boolean {
  if (kind !== 'workflow_quarantined') return false;
  return [...instances.values()].some(
    (run) =>
      run.workflowId === workflowId && run.id !== workflowInstanceId && run.quarantine !== null && !isBeingRemoved(run),
  );
}
