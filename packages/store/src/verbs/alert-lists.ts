/** Verbs of alerts as people look for them, and of the one that people file. */
import type { AlertRow } from '@vaquita/core';
import { AppError, firstIdAt } from '@vaquita/core';
import type { AlertFilter, AlertReader } from '../ports/alerts.ts';
import type { SqlDriver, SqlStatement, SqlValue } from '../ports/driver.ts';
import { many, statement, writeOr } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { ALERT_DELIVERIES, ALERTS } from '../sql/tables.ts';

const SELECT = `select ${ALERTS.columns} from alerts`;
const FOLDED = `${SELECT} where folded_into = ? and id < ? order by id desc limit ?`;
const FILE_DELIVERY = `${ALERT_DELIVERIES.insertSelect} where exists (select 1 from alert_channels where id = ?)`;
/** After every id. */
const END = '~';

/** By how much each narrows the list: the first that is asked for leads, along its index, and the others are looked at row by row. */
const COLUMNS = {
  workflowInstanceId: 'workflow_instance_id',
  workflowId: 'workflow_id',
  status: 'status',
  group: 'group_name',
  projectId: 'project_id',
  kind: 'kind',
  severity: 'severity',
} as const satisfies Partial<Record<keyof AlertFilter, string>>;
const KEYS = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

export function createAlertReaderVerbs(driver: SqlDriver): AlertReader {
  const keyOf = (row: AlertRow) => row.id;

  return {
    async list(filter, page) {
      const limit = checkLimit(page.limit);
      const rows = await driver.query(selectAlerts(filter, decodeCursor(page, 'text'), limit + 1));
      return toPage(rows.map(ALERTS.read), limit, keyOf);
    },
    async folded(id, page) {
      const limit = checkLimit(page.limit);
      const rows = await many(driver, FOLDED, [id, decodeCursor(page, 'text') ?? END, limit + 1]);
      return toPage(rows.map(ALERTS.read), limit, keyOf);
    },
    async fileDirect(alert, delivery) {
      const unit = [
        statement(ALERTS.insert, ALERTS.args(alert)),
        statement(FILE_DELIVERY, [...ALERT_DELIVERIES.args(delivery), delivery.channelId], 1),
      ];
      await writeOr(driver, unit, () => cannotFile(delivery.channelName));
    },
  };
}

/** Whether those that another one speaks for are left out. */
export function speaksOnly({ status, workflowInstanceId }: AlertFilter): boolean {
  return status !== 'folded' && workflowInstanceId === undefined;
}

export function cannotFile(channelName: string): AppError {
  return new AppError('conflict', `The channel "${channelName}" was removed meanwhile, or the alert is there already.`);
}

function selectAlerts(filter: AlertFilter, before: string | null, limit: number): SqlStatement {
  const where: string[] = speaksOnly(filter) ? ['folded_into is null'] : [];
  const args: SqlValue[] = [];
  const add = (condition: string, value: SqlValue) => {
    where.push(condition);
    args.push(value);
  };
  let leads = true;
  for (const key of KEYS) {
    const value = filter[key];
    if (value === undefined) continue;
    add(leads ? `${COLUMNS[key]} = ?` : `+${COLUMNS[key]} = ?`, value);
    leads = false;
  }
  // One bound on each side, so that both belong to the range of the index.
  const until = filter.until === undefined ? null : firstIdAt(filter.until);
  const below = before === null || (until !== null && until < before) ? until : before;
  if (below !== null) add('id < ?', below);
  if (filter.since !== undefined) add('id >= ?', firstIdAt(filter.since));
  const condition = where.length === 0 ? '' : `where ${where.join(' and ')}`;
  return statement(`${SELECT} ${condition} order by id desc limit ?`, [...args, limit]);
}
