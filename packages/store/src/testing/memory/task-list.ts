/** Task instances across runs, in memory. */
import type { TaskInstanceRow } from '@vaquita/core';
import type { ListedTask, TaskListStore } from '../../ports/task-list.ts';
import { matches, orderOf, placeOf } from '../../verbs/task-list.ts';
import { type Memory, pageOf, type Tables } from './tables.ts';

export function createMemoryTaskList({ tables }: Memory): TaskListStore {
  return {
    async list(filter, page) {
      const order = orderOf(filter);
      const rows = [...tables.tasks.values()].map((task) => listed(tables, task)).filter((row) => matches(row, filter));
      return pageOf(rows, page, (row) => placeOf(row, order), 'down');
    },
  };
}

function listed({ instances }: Tables, task: TaskInstanceRow): ListedTask {
  const { id, name, type, state, attempt, current, workerGroup, workerId, workerName, reason } = task;
  const { submittedAt, startedAt, endedAt, exitCode } = task;
  const { id: runId, number, projectId, workflowId, workflowName } = instances.get(task.workflowInstanceId)!;
  return {
    ...{ id, name, type, state, attempt, current, workerGroup, workerId, workerName, reason },
    ...{ submittedAt, startedAt, endedAt, exitCode },
    run: { id: runId, number, projectId, workflowId, workflowName },
  };
}
