/** What a plan of a backfill is made from: dependents, other backfills, runs that there are, how long they took. */
import type {
  BackfillId,
  PastRun,
  ProjectId,
  WorkflowDocument,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowState,
} from '@vaquita/core';
import type { BackfillSources } from '../../ports/backfills.ts';
import type { SqlDriver, SqlRow } from '../../ports/driver.ts';
import { many } from '../../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../../sql/page.ts';

/** A document that does not hold the word at all is not taken apart. */
const DEPENDENTS = `select p.id as project_id, p.name as project_name, w.id as workflow_id, w.name as workflow_name, w.version,
    w.online, v.document from workflows w
  cross join workflow_versions v on v.workflow_id = w.id and v.version = w.version
  cross join projects p on p.id = w.project_id
  where w.id > ? and instr(v.document, '"dependent"') > 0
    and exists (select 1 from json_each(v.document, '$.tasks') t where t.value ->> 'type' = 'dependent')
  order by w.id limit ?`;
const HOLDERS = `select b.id, b.description, count(*) as times, min(i.business_time) as first
  from json_each(?) t cross join backfill_items i indexed by backfill_items_once on i.workflow_id = ? and i.version = ?
    and i.business_time = t.value and i.state in ('waiting', 'running')
  cross join backfills b on b.id = i.backfill_id group by b.id order by b.id`;
const RUNS_AT = `select r.business_time, r.id, r.state
  from json_each(?) t cross join workflow_instances r indexed by workflow_instances_business_time
    on r.workflow_id = ? and r.business_time = t.value and r.dry_run = 0
  where r.state not in ('failure', 'stopped') order by r.business_time, r.id`;
const PAST = `r.ended_at - r.started_at as duration_ms, (select coalesce(sum(t.ended_at - t.started_at), 0) from task_instances t
    where t.workflow_instance_id = r.id and t.worker_id is not null and t.ended_at > t.started_at) as slot_ms`;
const HISTORY = `select ${PAST} from workflow_instances r indexed by workflow_instances_workflow_state
  where r.workflow_id = ? and r.state = 'success' and r.dry_run = 0 and r.started_at is not null and r.ended_at is not null
  order by r.id desc limit ?`;
const HISTORY_OF = `select workflow_id, avg(duration_ms) as duration_ms, avg(slot_ms) as slot_ms from (
    select i.workflow_id, ${PAST} from backfill_items i cross join workflow_instances r on r.id = i.workflow_instance_id
    where i.backfill_id = ? and i.state = 'success' and r.ended_at is not null and r.started_at is not null
    order by i.position desc limit 200) group by workflow_id`;

export function createBackfillSources(driver: SqlDriver): BackfillSources {
  return {
    async dependents({ after, limit }) {
      const from = decodeCursor({ limit: checkLimit(limit), cursor: after }, 'text') ?? '';
      const rows = await many(driver, DEPENDENTS, [from, limit + 1]);
      return toPage(rows.map(readDependent), limit, (row) => row.workflowId);
    },
    async holders(workflowId, version, times) {
      const rows = await many(driver, HOLDERS, [JSON.stringify(times), workflowId, version]);
      return rows.map((row) => ({
        ...{ backfillId: row.id as BackfillId, description: String(row.description) },
        ...{ times: Number(row.times), first: Number(row.first) },
      }));
    },
    async runsAt(workflowId, times) {
      const rows = await many(driver, RUNS_AT, [JSON.stringify(times), workflowId]);
      return rows.map((row) => ({
        businessTime: Number(row.business_time),
        id: row.id as WorkflowInstanceId,
        state: row.state as WorkflowState,
      }));
    },
    async history(workflowId, limit) {
      return (await many(driver, HISTORY, [workflowId, limit])).map(readPast);
    },
    async historyOf(id) {
      const rows = await many(driver, HISTORY_OF, [id]);
      return new Map(rows.map((row) => [row.workflow_id as WorkflowId, readPast(row)]));
    },
  };
}

function readPast(row: SqlRow): PastRun {
  return { durationMs: Math.max(0, Math.round(Number(row.duration_ms))), slotMs: Math.round(Number(row.slot_ms)) };
}

function readDependent(row: SqlRow) {
  return {
    projectId: row.project_id as ProjectId,
    projectName: String(row.project_name),
    workflowId: row.workflow_id as WorkflowId,
    workflowName: String(row.workflow_name),
    version: Number(row.version),
    online: row.online === 1,
    document: JSON.parse(String(row.document)) as WorkflowDocument,
  };
}
