/** Runs, commands and events in memory, as people look at them. */
import { AppError, type NewEvent, type TaskInstanceRow, type WorkflowState } from '@vaquita/core';
import type { CommandStore, EventRow, EventStore, InstanceStore } from '../../ports/api.ts';
import { checkLimit } from '../../sql/page.ts';
import { compare, type Memory, pageOf, type Tables, type Transaction } from './tables.ts';

export function addEvent(tx: Transaction, tables: Tables, event: NewEvent): void {
  const seq = tables.events.size + 1;
  tx.put(tables.events, seq, { ...event, seq });
}

export function tasksOf(tables: Tables, runId: string): readonly TaskInstanceRow[] {
  const ids = tables.tasksOfRun.get(runId) ?? [];
  return ids.map((id) => tables.tasks.get(id)!).sort((a, b) => compare(a.id, b.id));
}

export function createMemoryInstances({ tables, unit }: Memory): InstanceStore {
  const { instances, versions, commands } = tables;
  return {
    async start(row, command, event) {
      unit((tx) => {
        if (instances.has(row.id)) throw new AppError('conflict', `The run ${row.id} has been filed already.`);
        if (!versions.get(row.workflowId)?.some(({ version }) => version === row.version)) {
          throw new AppError('conflict', `Version ${row.version} of workflow ${row.workflowName} is no longer there.`);
        }
        if (commands.has(command.id)) throw new AppError('conflict', `Already there: command ${command.id}`);
        tx.put(instances, row.id, row);
        tx.put(commands, command.id, { ...command, doneAt: null, outcome: null });
        addEvent(tx, tables, event);
      });
    },
    async find(id) {
      return instances.get(id);
    },
    async list({ projectId, workflowId, states }, page) {
      const rows = [...instances.values()].filter(
        (row) =>
          (projectId === undefined || row.projectId === projectId) &&
          (workflowId === undefined || row.workflowId === workflowId) &&
          (states === undefined || states.includes(row.state)),
      );
      return pageOf(rows, page, (row) => row.id, 'down');
    },
    async tasks(id) {
      return tasksOf(tables, id);
    },
    async task(id) {
      return tables.tasks.get(id);
    },
    async countsByState(since) {
      const counts: Partial<Record<WorkflowState, number>> = {};
      for (const { state, createdAt } of instances.values()) {
        if (createdAt >= since) counts[state] = (counts[state] ?? 0) + 1;
      }
      return counts;
    },
  };
}

export function createMemoryCommands({ tables, unit }: Memory): CommandStore {
  const { commands } = tables;
  return {
    async file(command) {
      if (commands.has(command.id)) return;
      unit((tx) => tx.put(commands, command.id, { ...command, doneAt: null, outcome: null }));
    },
    async outcome(id) {
      const row = commands.get(id);
      return row && { done: row.doneAt !== null, outcome: row.outcome };
    },
    async pendingCount() {
      return [...commands.values()].filter(({ doneAt }) => doneAt === null).length;
    },
  };
}

export function createMemoryEvents({ tables }: Memory): EventStore {
  return {
    async after(seq, { limit, workflowInstanceId }) {
      checkLimit(limit);
      const found: EventRow[] = [];
      for (let next = seq + 1; next <= tables.events.size && found.length < limit; next++) {
        const event = tables.events.get(next);
        if (event === undefined) continue;
        if (workflowInstanceId === undefined || event.workflowInstanceId === workflowInstanceId) found.push(event);
      }
      return found;
    },
    async latestSeq() {
      return tables.events.size;
    },
  };
}
