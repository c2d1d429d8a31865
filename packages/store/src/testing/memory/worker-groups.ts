/** Worker groups in memory. */
import { AppError, isLogicType, isWorkflowTerminal, type NewEvent, type TaskInstanceRow } from '@vaquita/core';
import type { WorkerGroupStore } from '../../ports/api.ts';
import type { WorkerGroupRow } from '../../ports/master.ts';
import { isLiveTask } from '../../verbs/places.ts';
import { addEvent } from './runs.ts';
import { compare, type Memory, type Transaction } from './tables.ts';

export function createMemoryWorkerGroups({ tables, unit }: Memory): WorkerGroupStore {
  const { workerGroups, tasks, instances, workflows, versions, projects } = tables;

  function change(id: string, event: NewEvent, apply: (row: WorkerGroupRow, tx: Transaction) => void): void {
    unit((tx) => {
      const row = workerGroups.get(id);
      if (row === undefined) throw new AppError('not_found', `There is no worker group ${id}.`);
      apply(row, tx);
      addEvent(tx, tables, event);
    });
  }

  function tasksOf(name: string): readonly TaskInstanceRow[] {
    return [...tasks.values()].filter((task) => task.workerGroup === name && !isLogicType(task.type));
  }

  function isOpen(id: TaskInstanceRow['workflowInstanceId']): boolean {
    const run = instances.get(id);
    return run !== undefined && !isWorkflowTerminal(run.state);
  }

  function namesGroup(id: string, group: string): boolean {
    const listed = versions.get(id)?.at(-1)?.document.tasks;
    return Array.isArray(listed) && listed.some((task: { workerGroup?: string }) => task.workerGroup === group);
  }

  return {
    async create(row, event) {
      unit((tx) => {
        if (tables.unique.has(`worker-group:${row.name}`)) {
          throw new AppError('name_in_use', `A worker group named "${row.name}" exists already. Choose another name.`);
        }
        tx.claim(`worker-group:${row.name}`, row.id);
        tx.put(workerGroups, row.id, row);
        addEvent(tx, tables, event);
      });
    },
    async find(idOrName) {
      return workerGroups.get(idOrName) ?? workerGroups.get(tables.unique.get(`worker-group:${idOrName}`) ?? '');
    },
    async all() {
      return [...workerGroups.values()].sort((a, b) => compare(a.name, b.name));
    },
    async update(id, { description, policy, workers }, event) {
      change(id, event, (row, tx) => {
        tx.put(workerGroups, id, {
          ...row,
          description: description ?? row.description,
          policy: policy ?? row.policy,
          workers: workers ?? row.workers,
          updatedAt: event.at,
        });
      });
    },
    async assign(id, { worker, assigned }, event) {
      change(id, event, (row, tx) => {
        const others = row.workers.filter((name) => name !== worker);
        const names = (assigned ? [...others, worker] : others).sort(compare);
        tx.put(workerGroups, id, { ...row, workers: names, updatedAt: event.at });
      });
    },
    async delete(id, event) {
      change(id, event, (row, tx) => {
        tx.release(`worker-group:${row.name}`);
        tx.drop(workerGroups, id);
      });
    },
    async uses(name, limit) {
      const named = [...workflows.values()]
        .filter(({ id }) => namesGroup(id, name))
        .map((row) => ({ project: projects.get(row.projectId)?.name ?? '', workflow: row.name }))
        .sort((a, b) => compare(a.project, b.project) || compare(a.workflow, b.workflow));
      return {
        workflows: named.slice(0, limit),
        runs: [...instances.values()].filter((run) => run.workerGroup === name && !isWorkflowTerminal(run.state))
          .length,
        tasks: tasksOf(name).filter((task) => isLiveTask(task) && isOpen(task.workflowInstanceId)).length,
      };
    },
    async queued() {
      const queued: Record<string, number> = {};
      for (const task of tasks.values()) {
        const { state, type, taskGroup, groupSlot, groupForced, workerGroup } = task;
        const ready = taskGroup === null || groupSlot !== null || groupForced;
        if (state !== 'submitted' || !ready || isLogicType(type)) continue;
        queued[workerGroup] = (queued[workerGroup] ?? 0) + 1;
      }
      return queued;
    },
  };
}
