/** The past of one workflow, in memory. */
import type { WorkflowInstanceRow } from '@vaquita/core';
import type { RunOutline, WorkflowHistoryStore } from '../../ports/workflow-history.ts';
import { tasksOf } from './runs.ts';
import { compare, type Memory, pageOf } from './tables.ts';

/** What outlines hold of a run. */
export function toHead(run: WorkflowInstanceRow): RunOutline {
  const { id, number, version, state, scope, dryRun, originKind, businessTime, createdAt, startedAt, endedAt } = run;
  return { id, number, version, state, scope, dryRun, originKind, businessTime, createdAt, startedAt, endedAt };
}

export function createMemoryWorkflowHistory({ tables }: Memory): WorkflowHistoryStore {
  const runsOf = (workflowId: string) => [...tables.instances.values()].filter((run) => run.workflowId === workflowId);

  return {
    async heads(workflowId, page) {
      return pageOf(runsOf(workflowId).map(toHead), page, (head) => head.id, 'down');
    },
    async headsOf(workflowId, ids) {
      return runsOf(workflowId)
        .filter(({ id }) => ids.includes(id))
        .map(toHead)
        .sort((a, b) => compare(b.id, a.id));
    },
    async neighbours(workflowId, id) {
      const heads = runsOf(workflowId)
        .map(toHead)
        .sort((a, b) => compare(a.id, b.id));
      return { previous: heads.findLast((head) => head.id < id), next: heads.find((head) => head.id > id) };
    },
    async cells(ids) {
      return ids.flatMap((id) =>
        tasksOf(tables, id)
          .filter((task) => task.current)
          .map(({ workflowInstanceId, name, type, state, attempt, startedAt, endedAt }) => ({
            ...{ workflowInstanceId, name, type, state, attempt, startedAt, endedAt },
          })),
      );
    },
  };
}
