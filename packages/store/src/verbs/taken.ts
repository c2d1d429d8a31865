/** Reads of what is taken now, places of runs and slots of task groups, and of groups. What a new leader begins with. */
import type { ProjectId, TaskInstanceId, WorkflowId, WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import type { SqlDriver } from '../ports/driver.ts';
import type { MasterStore } from '../ports/master.ts';
import { LIVE_RUN_STATES_SQL, LIVE_TASK_STATES_SQL, OPEN_STATES_SQL } from '../schema/state-lists.ts';
import { many } from '../sql/access.ts';
import { TASK_GROUPS } from '../sql/tables.ts';
import { readWorkerGroups } from './worker-groups.ts';

const LIVE_RUNS = `select id, workflow_id, project_id, state, execution_slot, queued_at
  from workflow_instances indexed by workflow_instances_open
  where state in ${OPEN_STATES_SQL} and (queued_at is not null or state in ${LIVE_RUN_STATES_SQL}) order by id`;
const SLOT_HOLDERS = `select id, workflow_instance_id, task_group, group_slot
  from task_instances indexed by task_instances_slot
  where group_slot is not null and state in ${LIVE_TASK_STATES_SQL} order by task_group, group_slot`;
const TASK_GROUP_ROWS = `select ${TASK_GROUPS.columns} from task_groups order by name`;

export function createTakenVerbs(
  driver: SqlDriver,
): Pick<MasterStore, 'liveRuns' | 'slotHolders' | 'taskGroups' | 'workerGroups'> {
  return {
    async liveRuns() {
      return (await many(driver, LIVE_RUNS)).map((row) => ({
        id: row.id as WorkflowInstanceId,
        workflowId: row.workflow_id as WorkflowId,
        projectId: row.project_id as ProjectId,
        state: row.state as WorkflowState,
        executionSlot: row.execution_slot as number | null,
        queuedAt: row.queued_at as number | null,
      }));
    },
    async slotHolders() {
      return (await many(driver, SLOT_HOLDERS)).map((row) => ({
        taskInstanceId: row.id as TaskInstanceId,
        workflowInstanceId: row.workflow_instance_id as WorkflowInstanceId,
        taskGroup: String(row.task_group),
        groupSlot: Number(row.group_slot),
      }));
    },
    async taskGroups() {
      return (await many(driver, TASK_GROUP_ROWS)).map(TASK_GROUPS.read);
    },
    async workerGroups() {
      return readWorkerGroups(driver);
    },
  };
}
