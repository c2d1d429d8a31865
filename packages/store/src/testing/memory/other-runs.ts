/** Reads about other runs, in memory. */
import type { WorkflowInstanceRow } from '@vaquita/core';
import type { OtherRunsStore } from '../../ports/master.ts';
import { createResolveWorkflow } from '../../verbs/resolve-workflow.ts';
import { createMemoryProjects, createMemoryWorkflows } from './definitions.ts';
import { tasksOf } from './runs.ts';
import { compare, type Memory } from './tables.ts';

export function createMemoryOtherRuns(memory: Memory): OtherRunsStore {
  const { tables } = memory;

  /** Runs that tasks of other runs may depend on. */
  function others(workflowId: string, not: string): readonly WorkflowInstanceRow[] {
    const ids = tables.runsOfWorkflow.get(workflowId) ?? [];
    return ids.map((id) => tables.instances.get(id)!).filter(({ id, dryRun }) => id !== not && !dryRun);
  }

  return {
    resolveWorkflow: createResolveWorkflow({
      projects: createMemoryProjects(memory),
      workflows: createMemoryWorkflows(memory),
    }),
    async instances(ids) {
      const found = [...new Set(ids)].sort(compare).map((id) => tables.instances.get(id));
      return found.filter((row) => row !== undefined);
    },
    async newestIn(workflowId, intervals, { id: not, originKind, originId }) {
      const runs = others(workflowId, not);
      const isOfSame = (run: WorkflowInstanceRow) => originKind === 'backfill' && run.originId === originId;
      return intervals.map(({ from, to }) => {
        const within = runs.filter(({ businessTime }) => businessTime >= from && businessTime <= to);
        const newest = newestOf(within.filter(isOfSame)) ?? newestOf(within);
        if (newest === undefined) return undefined;
        const { id, number, version, state, businessTime, endedAt } = newest;
        return { id, number, version, state, businessTime, endedAt };
      });
    },
    async hasOther(workflowId, not) {
      return others(workflowId, not).length > 0;
    },
    async currentTasks(id, names) {
      const current = tasksOf(tables, id).filter((task) => task.current && (names?.includes(task.name) ?? true));
      return current.sort((a, b) => compare(a.name, b.name));
    },
  };
}

function newestOf(runs: readonly WorkflowInstanceRow[]): WorkflowInstanceRow | undefined {
  let newest: WorkflowInstanceRow | undefined;
  for (const run of runs) if (newest === undefined || isNewer(run, newest)) newest = run;
  return newest;
}

function isNewer(a: WorkflowInstanceRow, b: WorkflowInstanceRow): boolean {
  return a.businessTime > b.businessTime || (a.businessTime === b.businessTime && a.id > b.id);
}
