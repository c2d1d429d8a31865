/** The record of events, as it is read for listeners: with what else is known of whatever a row tells of. */
import { type EventRecord, RELAYED_EVENT_TYPES, type RelayedRow } from '@vaquita/core';
import type { SqlDriver, SqlRow } from '../../ports/driver.ts';
import { many, one } from '../../sql/access.ts';
import { checkLimit } from '../../sql/page.ts';
import { EVENTS } from '../../sql/tables.ts';

const TYPES = RELAYED_EVENT_TYPES.map((type) => `'${type}'`).join(', ');
const LATEST = 'select coalesce(max(seq), 0) as seq from events';
const EXTENT =
  'select max(seq) as last, count(*) as n from (select seq from events where seq > ? order by seq limit ?)';
const ROWS = `select ${EVENTS.columns}, p.name as project_name,
    i.workflow_id, i.workflow_name, i.version, i.number, i.created_by, i.dry_run, i.parent_instance_id, i.parent_task,
    i.started_at, t.type as task_type, t.worker_name, t.started_at as task_started_at
  from events left join projects p on p.id = events.project_id
    left join workflow_instances i on i.id = events.workflow_instance_id
    left join task_instances t on t.id = events.task_instance_id
  where events.seq > ? and events.seq <= ? and events.type in (${TYPES}) order by events.seq`;

export function createEventRecord(driver: SqlDriver): EventRecord {
  return {
    async latestSeq() {
      return Number((await one(driver, LATEST))!.seq);
    },
    async page(seq, limit) {
      const extent = (await one(driver, EXTENT, [seq, checkLimit(limit)]))!;
      const position = extent.last === null ? seq : Number(extent.last);
      const isEnd = Number(extent.n) < limit;
      if (position === seq) return { rows: [], position, isEnd };
      return { rows: (await many(driver, ROWS, [seq, position])).map(readRow), position, isEnd };
    },
  };
}

function readRow(row: SqlRow): RelayedRow {
  return {
    ...EVENTS.read(row),
    projectName: row.project_name as string | null,
    run:
      row.workflow_id === null
        ? null
        : ({
            workflowId: row.workflow_id,
            workflowName: row.workflow_name,
            version: row.version,
            number: row.number,
            createdBy: row.created_by,
            dryRun: row.dry_run === 1,
            parentInstanceId: row.parent_instance_id,
            parentTask: row.parent_task,
            startedAt: row.started_at,
          } as RelayedRow['run']),
    task:
      row.task_type === null
        ? null
        : ({ type: row.task_type, workerName: row.worker_name, startedAt: row.task_started_at } as RelayedRow['task']),
  };
}
