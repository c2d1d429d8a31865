/** Verbs on what runs of the past took. */
import type { PastTask, WorkflowId } from '@vaquita/core';
import type { SqlDriver } from '../ports/driver.ts';
import type { RunHistoryStore } from '../ports/run-history.ts';
import { many } from '../sql/access.ts';

/** Of each workflow the newest runs, by its index of states. */
const NEWEST = `json_each(?) w cross join workflow_instances r on r.id in (
    select n.id from workflow_instances n indexed by workflow_instances_workflow_state
    where n.workflow_id = w.value and n.state = 'success' and n.dry_run = 0
      and n.started_at is not null and n.ended_at is not null order by n.id desc limit ?)`;
const RUNS = `select r.workflow_id, count(*) as runs, avg(r.ended_at - r.started_at) as duration_ms
  from ${NEWEST} group by r.workflow_id order by r.workflow_id`;
const TASKS = `select r.workflow_id, t.worker_group, avg(t.started_at - r.started_at) as offset_ms,
    sum(t.ended_at - t.started_at) as slot_ms
  from ${NEWEST} cross join task_instances t on t.workflow_instance_id = r.id
  where t.worker_id is not null and t.ended_at > t.started_at
  group by r.workflow_id, t.name, t.worker_group order by t.name, t.worker_group`;

export function createRunHistoryVerbs(driver: SqlDriver): RunHistoryStore {
  return {
    async past(ids, runs) {
      if (ids.length === 0) return [];
      const args = [JSON.stringify(ids), runs];
      const [runRows, taskRows] = await Promise.all([many(driver, RUNS, args), many(driver, TASKS, args)]);
      const tasks = Map.groupBy(taskRows, (row) => row.workflow_id);
      return runRows.map((row) => ({
        workflowId: row.workflow_id as WorkflowId,
        runs: Number(row.runs),
        durationMs: Math.max(0, Math.round(Number(row.duration_ms))),
        tasks: (tasks.get(row.workflow_id) ?? []).map(
          (task): PastTask => ({
            workerGroup: String(task.worker_group),
            offsetMs: Math.max(0, Math.round(Number(task.offset_ms))),
            slotMs: Math.round(Number(task.slot_ms) / Number(row.runs)),
          }),
        ),
      }));
    },
  };
}
