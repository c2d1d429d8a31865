/** Reads of the reconciler, each along an index that holds nothing else. */
import {
  type DispatchId,
  PRIORITIES,
  type TaskInstanceId,
  type TaskState,
  type WorkerId,
  type WorkflowId,
  type WorkflowInstanceId,
  type WorkflowState,
} from '@vaquita/core';
import type { SqlDriver, SqlRow } from '../ports/driver.ts';
import type { LiveTaskRow, OpenRunRow, ReconcileStore, WorkerStateRow } from '../ports/reconcile.ts';
import { LIVE_TASK_STATES_SQL, OPEN_STATES_SQL } from '../schema/state-lists.ts';
import { many } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { COMMANDS } from '../sql/tables.ts';
import { fromStored } from './commands.ts';

const RUN = `select id, workflow_id, state, run_counter, queued_at, execution_slot, quarantine is not null as is_aside,
    updated_at from workflow_instances`;
/** Told which index: without statistics SQLite would rather sort all open runs for each page. */
const RUNS = `${RUN} indexed by workflow_instances_open where state in ${OPEN_STATES_SQL} and id > ? order by id limit ?`;
const RUNS_OF = `${RUN} where id in (select value from json_each(?)) and state in ${OPEN_STATES_SQL} order by id`;
const TASKS = `select id, workflow_instance_id, name, state, dispatch_id, group_slot
  from task_instances indexed by task_instances_current
  where workflow_instance_id in (select value from json_each(?)) and current = 1 and state in ${LIVE_TASK_STATES_SQL}`;
const OLDEST = `select * from (select ${COMMANDS.columns} from commands
  where done_at is null and priority = ? and created_at < ? order by created_at, id limit ?)`;
const OLDEST_OF_EACH = PRIORITIES.map(() => OLDEST).join(' union all ');
const PENDING = `select workflow_instance_id from commands indexed by commands_pending
  where done_at is null and workflow_instance_id in (select value from json_each(?))`;
const WORKERS = 'select id, state from workers where id > ? order by id limit ?';
const WORKERS_OF = 'select id, state from workers where id in (select value from json_each(?)) order by id';

export function createReconcileVerbs(driver: SqlDriver): ReconcileStore {
  return {
    async openRunRows({ after, limit }) {
      checkLimit(limit);
      const from = decodeCursor({ limit, cursor: after }, 'text') ?? '';
      return toPage((await many(driver, RUNS, [from, limit + 1])).map(readRun), limit, ({ id }) => id);
    },
    async openRunRowsOf(ids) {
      return (await many(driver, RUNS_OF, [JSON.stringify(ids)])).map(readRun);
    },
    async liveTaskRows(ids) {
      return (await many(driver, TASKS, [JSON.stringify(ids)])).map(readTask);
    },
    async pendingSince(before, limit) {
      const args = PRIORITIES.flatMap((_, rank) => [rank, before, limit]);
      return (await many(driver, OLDEST_OF_EACH, args)).map((row) => fromStored(COMMANDS.read(row)));
    },
    async pendingRuns(ids) {
      const rows = await many(driver, PENDING, [JSON.stringify(ids)]);
      return [...new Set(rows.map((row) => row.workflow_instance_id as WorkflowInstanceId))];
    },
    async workerStates({ after, limit }) {
      checkLimit(limit);
      const from = decodeCursor({ limit, cursor: after }, 'text') ?? '';
      return toPage((await many(driver, WORKERS, [from, limit + 1])).map(readWorker), limit, ({ id }) => id);
    },
    async workerStatesOf(ids) {
      return (await many(driver, WORKERS_OF, [JSON.stringify(ids)])).map(readWorker);
    },
  };
}

function readRun(row: SqlRow): OpenRunRow {
  return {
    id: row.id as WorkflowInstanceId,
    workflowId: row.workflow_id as WorkflowId,
    state: row.state as WorkflowState,
    runCounter: Number(row.run_counter),
    queuedAt: row.queued_at as number | null,
    executionSlot: row.execution_slot as number | null,
    isAside: row.is_aside === 1,
    updatedAt: Number(row.updated_at),
  };
}

function readWorker(row: SqlRow): WorkerStateRow {
  return { id: row.id as WorkerId, state: row.state as WorkerStateRow['state'] };
}

function readTask(row: SqlRow): LiveTaskRow {
  return {
    id: row.id as TaskInstanceId,
    workflowInstanceId: row.workflow_instance_id as WorkflowInstanceId,
    name: String(row.name),
    state: row.state as TaskState,
    dispatchId: row.dispatch_id as DispatchId | null,
    groupSlot: row.group_slot as number | null,
  };
}
