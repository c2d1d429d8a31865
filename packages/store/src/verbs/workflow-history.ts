/** Verbs on the past of one workflow. They read what pages show and leave parameters, outputs and reasons where they are. */
import type { RunOriginKind, Scope, TaskState, WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import type { SqlDriver, SqlRow } from '../ports/driver.ts';
import type { RunOutline, TaskCell, WorkflowHistoryStore } from '../ports/workflow-history.ts';
import { many, one } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';

/** Columns of outlines; the table is `r`. */
export const HEAD =
  'r.id, r.number, r.version, r.state, r.scope, r.dry_run, r.origin_kind, r.business_time, r.created_at, r.started_at, r.ended_at';
const HEADS = `select ${HEAD} from workflow_instances r where r.workflow_id = ? order by r.id desc limit ?`;
const HEADS_BEFORE = `select ${HEAD} from workflow_instances r where r.workflow_id = ? and r.id < ? order by r.id desc limit ?`;
const HEAD_AFTER = `select ${HEAD} from workflow_instances r where r.workflow_id = ? and r.id > ? order by r.id limit 1`;
const HEADS_OF = `select ${HEAD} from json_each(?) w cross join workflow_instances r on r.id = w.value and +r.workflow_id = ?`;
const CELLS = `select t.workflow_instance_id, t.name, t.type, t.state, t.attempt, t.started_at, t.ended_at
  from json_each(?) w cross join task_instances t indexed by task_instances_current
    on t.workflow_instance_id = w.value and t.current = 1`;

export function createWorkflowHistoryVerbs(driver: SqlDriver): WorkflowHistoryStore {
  return {
    async heads(workflowId, page) {
      const limit = checkLimit(page.limit);
      const before = decodeCursor(page, 'text');
      const rows =
        before === null
          ? await many(driver, HEADS, [workflowId, limit + 1])
          : await many(driver, HEADS_BEFORE, [workflowId, before, limit + 1]);
      return toPage(rows.map(readHead), limit, (row) => row.id);
    },
    async headsOf(workflowId, ids) {
      const rows = await many(driver, HEADS_OF, [JSON.stringify([...new Set(ids)]), workflowId]);
      return rows.map(readHead).sort((a, b) => (a.id < b.id ? 1 : -1));
    },
    async neighbours(workflowId, id) {
      const [previous, next] = await Promise.all([
        one(driver, HEADS_BEFORE, [workflowId, id, 1]),
        one(driver, HEAD_AFTER, [workflowId, id]),
      ]);
      return { previous: previous && readHead(previous), next: next && readHead(next) };
    },
    async cells(ids) {
      return ids.length === 0 ? [] : (await many(driver, CELLS, [JSON.stringify(ids)])).map(readCell);
    },
  };
}

export function readHead(row: SqlRow): RunOutline {
  return {
    id: row.id as WorkflowInstanceId,
    number: row.number as number | null,
    version: Number(row.version),
    state: row.state as WorkflowState,
    scope: row.scope as Scope,
    dryRun: row.dry_run === 1,
    originKind: row.origin_kind as RunOriginKind | null,
    businessTime: Number(row.business_time),
    createdAt: Number(row.created_at),
    startedAt: row.started_at as number | null,
    endedAt: row.ended_at as number | null,
  };
}

function readCell(row: SqlRow): TaskCell {
  return {
    workflowInstanceId: row.workflow_instance_id as WorkflowInstanceId,
    name: String(row.name),
    type: String(row.type),
    state: row.state as TaskState,
    attempt: Number(row.attempt),
    startedAt: row.started_at as number | null,
    endedAt: row.ended_at as number | null,
  };
}
