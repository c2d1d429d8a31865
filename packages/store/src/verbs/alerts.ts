/** Verbs of alerts. One is filed in the unit of the change it tells of. */
import type { AlertRow, NewAlert } from '@vaquita/core';
import type { SqlStatement } from '../ports/driver.ts';
import { statement } from '../sql/access.ts';
import { ALERTS } from '../sql/tables.ts';

export function fileAlert(alert: NewAlert): SqlStatement {
  return statement(ALERTS.insert, ALERTS.args(newAlertRow(alert)));
}

/** As it is before the engine has taken it up. */
export function newAlertRow(alert: NewAlert): AlertRow {
  const { id, group, projectId, workflowId, workflowInstanceId, message, createdAt } = alert;
  return {
    ...{ id, groupName: group, projectId, workflowId, workflowInstanceId, message, createdAt },
    kind: message.kind,
    severity: message.severity,
    subject: message.subject,
    status: 'waiting',
    count: message.count,
    firstAt: message.firstAt,
    lastAt: message.lastAt,
    foldedInto: null,
    reason: null,
    updatedAt: createdAt,
  };
}
