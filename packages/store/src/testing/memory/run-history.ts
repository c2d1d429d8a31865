/** What runs of the past took, in memory. */
import type { PastTask, TaskInstanceRow, WorkflowInstanceRow } from '@vaquita/core';
import type { RunHistoryStore } from '../../ports/run-history.ts';
import { tasksOf } from './runs.ts';
import { compare, type Memory } from './tables.ts';

const sum = (values: readonly number[]) => values.reduce((whole, value) => whole + value, 0);
const mean = (values: readonly number[]) => Math.max(0, Math.round(sum(values) / values.length));
const isPast = (run: WorkflowInstanceRow) =>
  run.state === 'success' && !run.dryRun && run.startedAt !== null && run.endedAt !== null;

export function createMemoryRunHistory(memory: Memory): RunHistoryStore {
  function tasksOfRuns(runs: readonly WorkflowInstanceRow[]): readonly PastTask[] {
    const begun = new Map(runs.map((run) => [run.id, run.startedAt!]));
    const tasks = runs
      .flatMap((run) => tasksOf(memory.tables, run.id))
      .filter(({ workerId, startedAt, endedAt }) => workerId !== null && (endedAt ?? 0) > (startedAt ?? Infinity));
    const key = ({ name, workerGroup }: TaskInstanceRow) => `${name}\0${workerGroup}`;
    return [...Map.groupBy(tasks, key)]
      .sort(([a], [b]) => compare(a, b))
      .map(([, same]) => ({
        workerGroup: same[0]!.workerGroup,
        offsetMs: mean(same.map((task) => task.startedAt! - begun.get(task.workflowInstanceId)!)),
        slotMs: Math.round(sum(same.map((task) => task.endedAt! - task.startedAt!)) / runs.length),
      }));
  }

  return {
    async past(ids, limit) {
      return [...new Set(ids)].sort(compare).flatMap((workflowId) => {
        const runs = [...memory.tables.instances.values()]
          .filter((run) => run.workflowId === workflowId && isPast(run))
          .sort((a, b) => compare(b.id, a.id))
          .slice(0, limit);
        if (runs.length === 0) return [];
        const durationMs = mean(runs.map((run) => run.endedAt! - run.startedAt!));
        return [{ workflowId, runs: runs.length, durationMs, tasks: tasksOfRuns(runs) }];
      });
    },
  };
}
