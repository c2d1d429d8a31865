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
  const last = [...tables.alerts.values()].findLast((one) => one.subject === row.subject);
  if (last?.message.state !== 'open' || isAnotherAside(tables, row)) return;
  tx.put(tables.alerts, row.id, { ...row, groupName: last.groupName });
}

function isAnotherAside({ instances }: Tables, { kind, workflowId, workflowInstanceId }: AlertRow): boolean {
  if (kind !== 'workflow_quarantined') return false;
  return [...instances.values()].some(
    (run) =>
      run.workflowId === workflowId && run.id !== workflowInstanceId && run.quarantine !== null && !isBeingRemoved(run),
  );
}
