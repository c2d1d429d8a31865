/** Verbs of backfills as people see and change them. */
import { AppError, BACKFILL_ITEM_STATES, type BackfillId, type BackfillItemState } from '@vaquita/core';
import type {
  BackfillChange,
  BackfillCounts,
  BackfillFilter,
  BackfillStore,
  ToldBackfill,
} from '../../ports/backfills.ts';
import type { SqlDriver, SqlStatement, SqlValue } from '../../ports/driver.ts';
import { many, one, statement, writeOr } from '../../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../../sql/page.ts';
import { AUDIT, BACKFILLS, NEW_EVENTS } from '../../sql/tables.ts';
import { readShown, SHOWN_COLUMNS, SHOWN_STATE, WITH_RUN } from './shown.ts';

const SELECT = `select ${BACKFILLS.columns} from backfills`;
const COUNTS = `select backfill_id, ${SHOWN_STATE} as shown_state, count(*) as n from ${WITH_RUN}
  where backfill_id in (select value from json_each(?)) group by 1, 2`;
/** A row of the array is a row of the table: thousands of items are one statement. */
const ADD_ITEMS = `insert into backfill_items (backfill_id, position, project_id, workflow_id, version, level, business_time,
    waits, state, reason, workflow_instance_id, tries, started_at, ended_at)
  select ?, value ->> 0, ?, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value -> 5, value ->> 6, value ->> 7,
    value ->> 8, 0, null, value ->> 9 from json_each(?)`;
const CHANGE = `update backfills set state = ?, parallelism = coalesce(?, parallelism), description = coalesce(?, description),
  hold = null, revision = revision + 1, updated_at = ?, ended_at = case when ? then ended_at else ? end
  where id = ? and revision = ? and state = ?`;
const CANCEL_ITEMS = `update backfill_items set state = 'cancelled', reason = ?, ended_at = ?
  where backfill_id = ? and state = 'waiting'`;
const HAS_FAILED = `(state = 'failure' and not exists (select 1 from workflow_instances r
    where r.id = backfill_items.workflow_instance_id and r.state not in ('failure', 'stopped')))`;
const RETRY = `update backfill_items set state = 'waiting', reason = null, ended_at = null where backfill_id = ?`;
const RETRY_ITEMS = `${RETRY} and (state = 'blocked' or ${HAS_FAILED})`;
const RETRY_CHOSEN = `${RETRY} and position in (select value from json_each(?)) and ${HAS_FAILED}`;
const FAILED_AMONG = `select position from backfill_items
  where backfill_id = ? and position in (select value from json_each(?)) and ${HAS_FAILED}`;
const ITEMS_AT_ONCE = 1_000;

export function createBackfillVerbs(driver: SqlDriver): BackfillStore {
  async function find(id: string) {
    const row = await one(driver, `${SELECT} where id = ?`, [id]);
    return row && BACKFILLS.read(row);
  }

  async function notFailedOf(id: BackfillId, positions: readonly number[]): Promise<readonly number[]> {
    const failed = await many(driver, FAILED_AMONG, [id, JSON.stringify(positions)]);
    const known = new Set(failed.map(({ position }) => Number(position)));
    return positions.filter((position) => !known.has(position));
  }

  return {
    find,
    async create(row, items, told) {
      const unit = [statement(BACKFILLS.insert, BACKFILLS.args(row))];
      for (let from = 0; from < items.length; from += ITEMS_AT_ONCE) {
        const some = items.slice(from, from + ITEMS_AT_ONCE);
        unit.push(...addItems(row.id, some));
      }
      await writeOr(driver, [...unit, ...tell(told)], async () =>
        (await find(row.id)) === undefined ? timesTaken() : thereAlready(row.id),
      );
    },
    async list(filter, page) {
      const limit = checkLimit(page.limit);
      const rows = await driver.query(selectBackfills(filter, decodeCursor(page, 'text'), limit + 1));
      return toPage(rows.map(BACKFILLS.read), limit, (row) => row.id);
    },
    async counts(ids) {
      const counts = new Map<BackfillId, Record<BackfillItemState, number>>(ids.map((id) => [id, noItems()]));
      for (const { backfill_id, shown_state, n } of await many(driver, COUNTS, [JSON.stringify(ids)])) {
        counts.get(backfill_id as BackfillId)![shown_state as BackfillItemState] = Number(n);
      }
      return counts satisfies ReadonlyMap<BackfillId, BackfillCounts>;
    },
    async items(id, { state, workflowId }, page) {
      const limit = checkLimit(page.limit);
      const where = ['backfill_id = ?', 'position > ?'];
      const args: SqlValue[] = [id, decodeCursor(page, 'number') ?? -1];
      if (workflowId !== undefined) {
        where.push('+backfill_items.workflow_id = ?');
        args.push(workflowId);
      }
      if (state !== undefined) {
        where.push(`${SHOWN_STATE} = ?`);
        args.push(state);
      }
      const sql = `select ${SHOWN_COLUMNS} from ${WITH_RUN} where ${where.join(' and ')} order by position limit ?`;
      return toPage((await many(driver, sql, [...args, limit + 1])).map(readShown), limit, (row) => row.position);
    },
    async change(before, change, told) {
      const { at } = told.event;
      const { state, endedAt } = after(before.state, change, at);
      const { parallelism = null, description = null } = change.kind === 'edit' ? change : {};
      const keeps = Number(change.kind === 'edit');
      const args = [state, parallelism, description, at, keeps, endedAt, before.id, before.revision, before.state];
      const items = itemsOf(change, before.id, at);
      const unit = [statement(CHANGE, args, 1), ...items, ...tell(told)];
      const results = await writeOr(driver, unit, async () => {
        const now = await find(before.id);
        const isAsRead = now?.revision === before.revision && now.state === before.state;
        if (!isAsRead) return changedMeanwhile();
        const wrong = change.kind === 'retry' ? await notFailedOf(before.id, change.positions ?? []) : [];
        return wrong.length > 0 ? notFailed(wrong) : timesTaken();
      });
      return items.length === 0 ? 0 : results[1]!.changes;
    },
  };
}

/** Where a change leads to; an edit leaves the end as it was. */
export function after(
  state: Parameters<BackfillStore['change']>[0]['state'],
  { kind }: BackfillChange,
  at: number,
): { readonly state: typeof state; readonly endedAt: number | null } {
  switch (kind) {
    case 'pause':
      return { state: 'paused', endedAt: null };
    case 'resume':
      return { state: 'running', endedAt: null };
    case 'cancel':
      return { state: 'cancelled', endedAt: at };
    case 'retry':
      return { state: state === 'paused' ? 'paused' : 'running', endedAt: null };
    case 'edit':
      return { state, endedAt: null };
  }
}

export const CANCELLED_REASON = 'The backfill was cancelled before it was started.';

function itemsOf(change: BackfillChange, id: BackfillId, at: number): readonly SqlStatement[] {
  if (change.kind === 'cancel') return [statement(CANCEL_ITEMS, [CANCELLED_REASON, at, id])];
  if (change.kind !== 'retry') return [];
  const { positions } = change;
  if (positions === undefined) return [statement(RETRY_ITEMS, [id])];
  return [statement(RETRY_CHOSEN, [id, JSON.stringify(positions)], new Set(positions).size)];
}

function addItems(id: BackfillId, items: Parameters<BackfillStore['create']>[1]): readonly SqlStatement[] {
  // Items of one statement are of one project.
  const byProject = Map.groupBy(items, ({ projectId }) => projectId);
  return [...byProject].map(([projectId, some]) => {
    const rows = some.map((item) => [
      ...[item.position, item.workflowId, item.version, item.level, item.businessTime, item.waits],
      ...[item.state, item.reason, item.workflowInstanceId, item.endedAt],
    ]);
    return statement(ADD_ITEMS, [id, projectId, JSON.stringify(rows)], some.length);
  });
}

function tell({ event, audit }: ToldBackfill): readonly SqlStatement[] {
  return [statement(NEW_EVENTS.insert, NEW_EVENTS.args(event)), statement(AUDIT.insert, AUDIT.args(audit))];
}

function selectBackfills(filter: BackfillFilter, before: string | null, limit: number): SqlStatement {
  const { projectId, workflowId, state } = filter;
  const where: string[] = [];
  const args: SqlValue[] = [];
  // The index of what there are fewest of does the work, the rest is looked at row by row.
  const [first, ...rest] = [
    ...(workflowId === undefined ? [] : [{ column: 'workflow_id', index: 'backfills_workflow', value: workflowId }]),
    ...(projectId === undefined ? [] : [{ column: 'project_id', index: 'backfills_project', value: projectId }]),
    ...(state === undefined ? [] : [{ column: 'state', index: 'backfills_state', value: state }]),
  ];
  for (const { column, value } of first === undefined ? [] : [first, ...rest]) {
    where.push(`${column === first?.column ? '' : '+'}${column} = ?`);
    args.push(value);
  }
  if (before !== null) {
    where.push('id < ?');
    args.push(before);
  }
  const from = first === undefined ? SELECT : `${SELECT} indexed by ${first.index}`;
  const condition = where.length === 0 ? '' : `where ${where.join(' and ')}`;
  return statement(`${from} ${condition} order by id desc limit ?`, [...args, limit]);
}

export function noItems(): Record<BackfillItemState, number> {
  return Object.fromEntries(BACKFILL_ITEM_STATES.map((state) => [state, 0])) as Record<BackfillItemState, number>;
}

export function timesTaken(): AppError {
  return new AppError('conflict', 'Another backfill has some of these times; wait for it or cancel it.');
}

const TOLD_POSITIONS = 10;

export function notFailed(positions: readonly number[]): AppError {
  const named = positions.slice(0, TOLD_POSITIONS).join(', ');
  const more = positions.length > TOLD_POSITIONS ? ` and ${positions.length - TOLD_POSITIONS} more` : '';
  const which = positions.length === 1 ? `item ${named} has` : `items ${named}${more} have`;
  return new AppError(
    'conflict',
    `Only what has failed can be tried again, and ${which} not. Look at the items again.`,
  );
}

export function thereAlready(id: string): AppError {
  return new AppError('conflict', `The backfill ${id} has been filed already.`);
}

export function changedMeanwhile(): AppError {
  return new AppError('conflict', 'The backfill has changed meanwhile. Look at it again.');
}
