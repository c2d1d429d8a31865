/** Reads about other runs, for tasks that start them, wait for them or ask how they ended. */
import type { WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import type { SqlDriver, SqlRow } from '../ports/driver.ts';
import type { DependencyRun, OtherRunsStore } from '../ports/master.ts';
import { many, one } from '../sql/access.ts';
import { INSTANCES, TASKS } from '../sql/tables.ts';
import type { DocumentCache } from './document-cache.ts';
import { createProjectVerbs } from './projects.ts';
import { createResolveWorkflow } from './resolve-workflow.ts';
import { createWorkflowVerbs } from './workflows.ts';

const INSTANCES_OF = `select ${INSTANCES.columns} from workflow_instances
  where id in (select value from json_each(?)) order by id`;
/** Told which index: without statistics SQLite cannot know that an interval holds few of a workflow's runs. */
const COUNTED = `from workflow_instances indexed by workflow_instances_business_time
  where workflow_id = ? and dry_run = 0 and id <> ?`;
const NEWEST_IN = `select id, number, version, state, business_time, ended_at ${COUNTED}
  and business_time between ? and ? order by business_time desc, id desc limit 1`;
const NEWEST_OF = NEWEST_IN.replace('order by', 'and origin_id = ? order by');
const HAS_OTHER = `select 1 ${COUNTED} limit 1`;
const CURRENT_TASKS = `select ${TASKS.columns} from task_instances indexed by task_instances_current
  where workflow_instance_id = ? and current = 1`;
const NAMED_TASKS = `${CURRENT_TASKS} and name in (select value from json_each(?)) order by name`;

export function createOtherRunVerbs(driver: SqlDriver, documents: DocumentCache): OtherRunsStore {
  return {
    resolveWorkflow: createResolveWorkflow({
      projects: createProjectVerbs(driver),
      workflows: createWorkflowVerbs(driver, documents),
    }),
    async instances(ids) {
      return (await many(driver, INSTANCES_OF, [JSON.stringify(ids)])).map(INSTANCES.read);
    },
    async newestIn(workflowId, intervals, { id, originKind, originId }) {
      const newest = intervals.map(async ({ from, to }) => {
        const args = [workflowId, id, from, to];
        const ofSame = originKind === 'backfill' ? await one(driver, NEWEST_OF, [...args, originId]) : undefined;
        const row = ofSame ?? (await one(driver, NEWEST_IN, args));
        return row && readDependencyRun(row);
      });
      return await Promise.all(newest);
    },
    async hasOther(workflowId, not) {
      return (await one(driver, HAS_OTHER, [workflowId, not])) !== undefined;
    },
    async currentTasks(id, names) {
      const rows =
        names === null
          ? await many(driver, `${CURRENT_TASKS} order by name`, [id])
          : await many(driver, NAMED_TASKS, [id, JSON.stringify(names)]);
      return rows.map(TASKS.read);
    },
  };
}

function readDependencyRun(row: SqlRow): DependencyRun {
  return {
    id: row.id as WorkflowInstanceId,
    number: row.number as number | null,
    version: Number(row.version),
    state: row.state as WorkflowState,
    businessTime: Number(row.business_time),
    endedAt: row.ended_at as number | null,
  };
}
