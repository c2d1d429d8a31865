/** Verbs of the leader's duty. An item and its run change in one unit, and only from what the duty has seen. */
import type { BackfillId, ProgressItem, WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import type { BackfillQueue, ItemChange, RunningItem } from '../../ports/backfills.ts';
import type { SqlDriver, SqlRow, SqlStatement } from '../../ports/driver.ts';
import { many, one, statement } from '../../sql/access.ts';
import { fence } from '../../sql/fence.ts';
import { BACKFILLS, NEW_EVENTS } from '../../sql/tables.ts';
import { filingStatements } from '../instances.ts';

const ACTIVE = `select ${BACKFILLS.columns} from backfills indexed by backfills_state where state = 'running' order by id limit ?`;
const ITEM_RUN = 'i.backfill_id, i.position, i.workflow_instance_id, r.state as run_state';
const RUNNING = `select ${ITEM_RUN} from backfill_items i indexed by backfill_items_running
  left join workflow_instances r on r.id = i.workflow_instance_id where i.state = 'running' order by i.backfill_id, i.position`;
const RECOVERED = `select ${ITEM_RUN} from backfills b
  cross join backfill_items i indexed by backfill_items_state on i.backfill_id = b.id and i.state = 'failure'
  cross join workflow_instances r on r.id = i.workflow_instance_id and r.state = 'success'
  where b.state <> 'cancelled' limit ?`;
const ITEMS = `select position, workflow_id, business_time, waits, state from backfill_items where backfill_id = ? order by position`;
const START = `update backfill_items set state = 'running', workflow_instance_id = ?, tries = tries + 1, reason = null,
  started_at = ?, ended_at = null where backfill_id = ? and position = ? and state = 'waiting'
  and exists (select 1 from backfills where id = ? and revision = ? and state = 'running')`;
const SETTLE = `update backfill_items set state = ?, reason = ?, ended_at = ? where backfill_id = ? and position = ? and state = ?`;
const SETTLE_AS_READ = `${SETTLE} and exists (select 1 from backfills where id = ? and revision = ?)`;
const REOPEN = `update backfills set state = 'running', updated_at = ?, ended_at = null where id = ? and state = 'done'`;
const HOLD = `update backfills set hold = ? where id = ? and revision = ? and state = 'running'`;
const DONE = `update backfills set state = 'done', hold = null, updated_at = ?, ended_at = ?
  where id = ? and revision = ? and state = 'running'
  and not exists (select 1 from backfill_items where backfill_id = backfills.id and state in ('waiting', 'running'))`;
const FIGURES = `select
  (select count(*) from backfills where state = 'running') as running,
  (select count(*) from backfills where state = 'paused') as paused,
  (select count(*) from backfills b cross join backfill_items i indexed by backfill_items_state
    on i.backfill_id = b.id and i.state = 'waiting' where b.state in ('running', 'paused')) as waiting_items,
  (select count(*) from backfill_items indexed by backfill_items_running where state = 'running') as running_items`;

export function createBackfillQueueVerbs(driver: SqlDriver): BackfillQueue {
  return {
    active: async (limit) => (await many(driver, ACTIVE, [limit])).map(BACKFILLS.read),
    running: async () => (await many(driver, RUNNING)).map(readItemRun),
    recovered: async (limit) => (await many(driver, RECOVERED, [limit])).map(readItemRun),
    items: async (id) => (await many(driver, ITEMS, [id])).map(readProgress),
    async start(epoch, { backfill: { id, revision }, position }, filing) {
      const { id: run, createdAt } = filing.instance;
      await driver.write([
        fence(epoch),
        statement(START, [run, createdAt, id, position, id, revision], 1),
        ...filingStatements(filing),
      ]);
    },
    async settle(epoch, changes, at) {
      await driver.write([fence(epoch), ...changes.flatMap((change) => settling(change, at))]);
    },
    async mark(epoch, { id, revision }, what) {
      if ('hold' in what) {
        const hold = what.hold === null ? null : JSON.stringify(what.hold);
        await driver.write([fence(epoch), statement(HOLD, [hold, id, revision], 1)]);
        return;
      }
      const { at } = what.done;
      await driver.write([
        fence(epoch),
        statement(DONE, [at, at, id, revision], 1),
        statement(NEW_EVENTS.insert, NEW_EVENTS.args(what.done)),
      ]);
    },
    async figures() {
      const row = (await one(driver, FIGURES))!;
      return {
        ...{ running: Number(row.running), paused: Number(row.paused) },
        ...{ itemsWaiting: Number(row.waiting_items), itemsRunning: Number(row.running_items) },
      };
    },
  };
}

function settling(change: ItemChange, at: number): readonly SqlStatement[] {
  const { backfillId, position, from, to, reason, revision } = change;
  const endedAt = to === 'waiting' || to === 'running' ? null : at;
  const args = [to, reason, endedAt, backfillId, position, from];
  const settle =
    revision === undefined ? statement(SETTLE, args, 1) : statement(SETTLE_AS_READ, [...args, backfillId, revision], 1);
  return to === 'waiting' ? [settle, statement(REOPEN, [at, backfillId])] : [settle];
}

function readItemRun(row: SqlRow): RunningItem {
  return {
    backfillId: row.backfill_id as BackfillId,
    position: Number(row.position),
    workflowInstanceId: row.workflow_instance_id as WorkflowInstanceId,
    run: row.run_state as WorkflowState | null,
  };
}

function readProgress(row: SqlRow): ProgressItem {
  return {
    position: Number(row.position),
    workflowId: row.workflow_id as ProgressItem['workflowId'],
    businessTime: Number(row.business_time),
    waits: JSON.parse(String(row.waits)) as ProgressItem['waits'],
    state: row.state as ProgressItem['state'],
  };
}
