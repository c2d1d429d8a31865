/** Reads of the reconciler in memory. */
import { isTaskTerminal, isWorkflowTerminal, PRIORITIES, type WorkflowInstanceRow } from '@vaquita/core';
import type { OpenRunRow, ReconcileStore } from '../../ports/reconcile.ts';
import { tasksOf } from './runs.ts';
import { compare, type Memory, pageOf } from './tables.ts';

export function createMemoryReconcile({ tables }: Memory): ReconcileStore {
  return {
    async openRunRows({ after, limit }) {
      const open = [...tables.instances.values()].filter(({ state }) => !isWorkflowTerminal(state));
      const page = pageOf(open, { limit, cursor: after }, ({ id }) => id, 'up');
      return { items: page.items.map(openRun), next: page.next };
    },
    async openRunRowsOf(ids) {
      const rows = [...new Set(ids)].sort(compare).map((id) => tables.instances.get(id));
      return rows.filter((row) => row !== undefined && !isWorkflowTerminal(row.state)).map((row) => openRun(row!));
    },
    async liveTaskRows(ids) {
      return [...new Set(ids)]
        .flatMap((id) => tasksOf(tables, id))
        .filter(({ current, state }) => current && !isTaskTerminal(state))
        .map(({ id, workflowInstanceId, name, state, dispatchId, groupSlot }) => {
          return { id, workflowInstanceId, name, state, dispatchId, groupSlot };
        });
    },
    async pendingSince(before, limit) {
      const old = [...tables.commands.values()].filter(
        ({ doneAt, createdAt }) => doneAt === null && createdAt < before,
      );
      return PRIORITIES.flatMap((priority) =>
        old
          .filter((command) => command.priority === priority)
          .sort((a, b) => a.createdAt - b.createdAt || compare(a.id, b.id))
          .slice(0, limit)
          .map(({ doneAt: _doneAt, outcome: _outcome, ...command }) => command),
      );
    },
    async pendingRuns(ids) {
      const wanted = new Set(ids);
      const pending = [...tables.commands.values()].filter(({ doneAt }) => doneAt === null);
      return [...new Set(pending.map((row) => row.workflowInstanceId))].filter((id) => wanted.has(id));
    },
    async workerStates({ after, limit }) {
      const page = pageOf([...tables.workers.values()], { limit, cursor: after }, ({ id }) => id, 'up');
      return { items: page.items.map(({ id, state }) => ({ id, state })), next: page.next };
    },
    async workerStatesOf(ids) {
      const rows = [...new Set(ids)].sort(compare).map((id) => tables.workers.get(id));
      return rows.filter((row) => row !== undefined).map(({ id, state }) => ({ id, state }));
    },
  };
}

function openRun(row: WorkflowInstanceRow): OpenRunRow {
  const { id, workflowId, state, runCounter, queuedAt, executionSlot, quarantine, updatedAt } = row;
  return { id, workflowId, state, runCounter, queuedAt, executionSlot, isAside: quarantine !== null, updatedAt };
}
