/**
 * Verbs of alerts. One is filed in the unit of the change it tells of.
 *
 * Filing the same id twice writes it once. A resolution is written only where the alert of its subject that was filed last
 * is open, and goes to the group that this went to: who files one need not know whether anything is open.
 *
 * Ids may say another order than that of filing: what a timer has a run tell has the id of when that was due, and another
 * leader's clock may be ahead. So what comes before what is told by the numbers of the rows, here and where alerts are sent.
 * A new row gets a number above all that are there, also where rows above were removed. VACUUM may number rows anew (the
 * table has no key that is a number), but it copies them in their order, as `.dump` does: what was filed first stays first.
 */
import type { AlertRow, NewAlert } from '@vaquita/core';
import type { SqlStatement, SqlValue } from '../ports/driver.ts';
import { BEING_REMOVED } from '../retention/final.ts';
import { statement } from '../sql/access.ts';
import { ALERTS } from '../sql/tables.ts';

const ONCE = 'on conflict (id) do nothing';
const FILE = `${ALERTS.insert} ${ONCE}`;
const FROM_OPENING = ALERTS.insertFrom({ groupName: 'opening.group_name' });
const resolveWhere = (condition: string) => `${FROM_OPENING.sql}
  from (select group_name, message from alerts indexed by alerts_filed where subject = ? order by rowid desc limit 1) opening
  where json_extract(opening.message, '$.state') = 'open' and ${condition} ${ONCE}`;
const RESOLVE = resolveWhere('true');
/** What has set many runs of a workflow aside is over with the last of them. */
const RESOLVE_ASIDE = resolveWhere(`not exists (
    select 1 from workflow_instances indexed by workflow_instances_aside
    where workflow_id = ? and quarantine is not null and id <> ? and json_extract(quarantine, '$.code') <> '${BEING_REMOVED}')`);

export function fileAlert(alert: NewAlert): SqlStatement {
  const row = newAlertRow(alert);
  if (row.message.state === 'open') return statement(FILE, ALERTS.args(row));
  const args = [...FROM_OPENING.args(row), row.subject];
  if (row.kind !== 'workflow_quarantined') return statement(RESOLVE, args);
  return statement(RESOLVE_ASIDE, [...args, row.workflowId, row.workflowInstanceId]);
}

/** Filed only where a condition on other rows holds, such as `from workers where id = ?`. */
export function fileAlertIf(alert: NewAlert, condition: string, args: readonly SqlValue[]): SqlStatement {
  return statement(`${ALERTS.insertSelect} ${condition} ${ONCE}`, [...ALERTS.args(newAlertRow(alert)), ...args]);
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
