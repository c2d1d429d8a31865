/** Runs, commands and events in memory, as people look at them. */
import type { CommandRow, NewEvent, TaskInstanceRow, WorkflowInstanceRow, WorkflowState } from '@vaquita/core';
import { firstIdAt } from '@vaquita/core';
import type { CommandStore, EventRow, EventStore, InstanceFilter, InstanceStore } from '../../ports/api.ts';
import type { Filing } from '../../ports/master.ts';
import { checkLimit } from '../../sql/page.ts';
import { addRun } from './run-rows.ts';
import { compare, type Memory, pageOf, type Tables, type Transaction } from './tables.ts';

export function addEvent(tx: Transaction, tables: Tables, event: NewEvent): void {
  const seq = (tables.lastSeq.get('events') ?? 0) + 1;
  tx.put(tables.lastSeq, 'events', seq);
  tx.put(tables.events, seq, { ...event, seq });
}

export function tasksOf(tables: Tables, runId: string): readonly TaskInstanceRow[] {
  const ids = tables.tasksOfRun.get(runId) ?? [];
  return ids.map((id) => tables.tasks.get(id)!).sort((a, b) => compare(a.id, b.id));
}

/** Files a command, unless it has been filed before. */
export function fileCommand(tx: Transaction, { commands }: Tables, command: CommandRow): void {
  if (!commands.has(command.id)) tx.put(commands, command.id, { ...command, doneAt: null, outcome: null });
}

/** Files a run as a unit does it. */
export function fileRun(memory: Memory, tx: Transaction, filing: Filing): void {
  addRun(memory, tx, filing);
  addEvent(tx, memory.tables, filing.event);
  if (filing.audit) tx.put(memory.tables.audit, filing.audit.id, filing.audit);
}

function isMeant(filter: InstanceFilter): (row: WorkflowInstanceRow) => boolean {
  const { projectId, workflowId, states, parentId, origin, from, to, number } = filter;
  return (row) =>
    (projectId === undefined || row.projectId === projectId) &&
    (workflowId === undefined || row.workflowId === workflowId) &&
    (parentId === undefined || row.parentInstanceId === parentId) &&
    (states === undefined || states.includes(row.state)) &&
    (origin === undefined || ('id' in origin ? row.originId === origin.id : row.originKind === origin.kind)) &&
    (from === undefined || row.id >= firstIdAt(from)) &&
    (to === undefined || row.id < firstIdAt(to)) &&
    (number === undefined || (workflowId !== undefined && row.number === number));
}

export function createMemoryInstances(memory: Memory): InstanceStore {
  const { tables, unit } = memory;
  const { instances } = tables;
  return {
    async start(row, command, event, audit) {
      unit((tx) => fileRun(memory, tx, { instance: row, command, event, audit }));
    },
    async find(id) {
      return instances.get(id);
    },
    async list(filter, page) {
      return pageOf([...instances.values()].filter(isMeant(filter)), page, (row) => row.id, 'down');
    },
    async tasks(id) {
      return tasksOf(tables, id);
    },
    async taskPage(id, page) {
      return pageOf([...tasksOf(tables, id)], page, (row) => row.id, 'up');
    },
    async task(id) {
      return tables.tasks.get(id);
    },
    async countsOverTime({ since, everyMs, most }) {
      const rows = [...instances.values()].filter(({ createdAt }) => createdAt >= since);
      const counted = rows.sort((a, b) => b.createdAt - a.createdAt).slice(0, most + 1);
      const spans = new Map<string, { at: number; state: WorkflowState; count: number }>();
      for (const { createdAt, state } of counted) {
        const at = createdAt - (createdAt % everyMs);
        const span = spans.get(`${at} ${state}`) ?? { at, state, count: 0 };
        spans.set(`${at} ${state}`, { ...span, count: span.count + 1 });
      }
      const list = [...spans.values()].sort((a, b) => a.at - b.at || compare(a.state, b.state));
      return { spans: list, from: counted.length > most ? counted.at(-1)!.createdAt : null };
    },
    async setAside(limit) {
      const rows = [...instances.values()].filter(({ quarantine }) => quarantine !== null);
      return rows.sort((a, b) => compare(b.id, a.id)).slice(0, checkLimit(limit));
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
      unit((tx) => fileCommand(tx, tables, command));
    },
    async fileAll(all) {
      unit((tx) => {
        for (const command of all) fileCommand(tx, tables, command);
      });
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
      const last = tables.lastSeq.get('events') ?? 0;
      for (let next = seq + 1; next <= last && found.length < limit; next++) {
        const event = tables.events.get(next);
        if (event === undefined) continue;
        if (workflowInstanceId === undefined || event.workflowInstanceId === workflowInstanceId) found.push(event);
      }
      return found;
    },
    async latestSeq() {
      return tables.lastSeq.get('events') ?? 0;
    },
  };
}
