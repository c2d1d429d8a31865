/** Projects and workflows in memory. */
import { AppError, isWorkflowTerminal } from '@vaquita/core';
import type { ProjectStore, WorkflowRow, WorkflowStore, WorkflowVersionRow } from '../../ports/api.ts';
import type { DefinitionSource } from '../../ports/master.ts';
import { checkLimit, toPage } from '../../sql/page.ts';
import { stillHolds } from '../../verbs/projects.ts';
import { WORKFLOW_OFFLINE } from '../../verbs/schedules/people.ts';
import { nameCursor, readNameCursor } from '../../verbs/workflow-list.ts';
import { HAS_CHANGED, HAS_RUNS } from '../../verbs/workflows.ts';
import { folded } from './names.ts';
import { addEvent } from './runs.ts';
import { begin, leave, removeSchedule, rest, schedulesOf } from './schedules.ts';
import { compare, type Memory, pageOf, type Transaction } from './tables.ts';
import { dropTriggersOf } from './trigger-rows.ts';

export function createMemoryProjects({ tables, unit }: Memory): ProjectStore {
  const { projects, workflows } = tables;

  function take(tx: Transaction, name: string, id: string): void {
    if ((tables.unique.get(`project:${name}`) ?? id) !== id) {
      throw new AppError('name_in_use', `A project named "${name}" exists already. Choose another name.`);
    }
    tx.claim(`project:${name}`, id);
  }

  return {
    async create(row) {
      unit((tx) => {
        take(tx, row.name, row.id);
        tx.put(projects, row.id, row);
      });
    },
    async find(idOrName) {
      return projects.get(idOrName) ?? projects.get(tables.unique.get(`project:${idOrName}`) ?? '');
    },
    async list(page) {
      return pageOf(projects.values(), page, (row) => row.name, 'up');
    },
    async update(id, { name, description, params, at }) {
      unit((tx) => {
        const row = projects.get(id);
        if (row === undefined) throw new AppError('not_found', `There is no project ${id}.`);
        tx.release(`project:${row.name}`);
        take(tx, name ?? row.name, id);
        tx.put(projects, id, {
          ...row,
          name: name ?? row.name,
          description: description ?? row.description,
          params: params ?? row.params,
          updatedAt: at,
        });
      });
    },
    async delete(id) {
      unit((tx) => {
        const row = projects.get(id);
        if (row === undefined) throw new AppError('not_found', `There is no project ${id}.`);
        const isOfIt = ({ projectId }: { readonly projectId: string | null }) => projectId === id;
        if ([...workflows.values()].some(isOfIt)) throw stillHolds(true);
        const { environments, secrets, dataSources } = tables;
        if ([environments, secrets, dataSources].some((rows) => [...rows.values()].some(isOfIt)))
          throw stillHolds(false);
        tx.release(`project:${row.name}`);
        tx.drop(projects, id);
      });
    },
  };
}

export function createMemoryWorkflows({ tables, unit }: Memory): WorkflowStore & DefinitionSource {
  const { projects, workflows, versions, instances } = tables;

  function take(
    tx: Transaction,
    projectId: string,
    { name, id }: { readonly name: string; readonly id: string },
  ): void {
    const key = `workflow:${projectId}:${name}`;
    if ((tables.unique.get(key) ?? id) !== id) {
      throw new AppError('name_in_use', `The project has a workflow named "${name}" already. Choose another name.`);
    }
    tx.claim(key, id);
  }

  function mustFind(id: string) {
    const row = workflows.get(id);
    if (row === undefined) throw new AppError('not_found', `There is no workflow ${id}.`);
    return row;
  }

  function withoutDocument({ document: _, ...head }: WorkflowVersionRow): Omit<WorkflowVersionRow, 'document'> {
    return head;
  }

  const version: WorkflowStore['version'] = async (id, number) =>
    versions.get(id)?.find((candidate) => candidate.version === number);

  const find: WorkflowStore['find'] = async (projectId, idOrName) => {
    const byId = workflows.get(idOrName);
    if (byId?.projectId === projectId) return byId;
    return workflows.get(tables.unique.get(`workflow:${projectId}:${idOrName}`) ?? '');
  };

  return {
    version,
    async document(id, number) {
      return (await version(id, number))?.document;
    },
    async create(row, first, event, tasks = []) {
      unit((tx) => {
        if (!projects.has(row.projectId)) throw new AppError('not_found', `There is no project ${row.projectId}.`);
        take(tx, row.projectId, row);
        tx.put(workflows, row.id, row);
        tx.put(versions, row.id, [first]);
        for (const one of [event, ...tasks]) addEvent(tx, tables, one);
      });
    },
    async saveVersion(id, { document, contentHash, createdBy, at, ...change }, event, tasks) {
      return unit((tx) => {
        const row = mustFind(id);
        const kept = versions.get(id) ?? [];
        const isStale = row.version !== (tasks?.base ?? row.version);
        if (isStale || kept.at(-1)?.contentHash === contentHash) return { version: row.version, created: false };
        const next = row.version + 1;
        tx.release(`workflow:${row.projectId}:${row.name}`);
        take(tx, row.projectId, { name: change.name, id });
        tx.put(workflows, id, { ...row, ...change, version: next, updatedAt: at });
        const added = { workflowId: id, version: next, document, contentHash, createdBy, createdAt: at };
        tx.put(versions, id, [...kept, added]);
        addEvent(tx, tables, { ...event, data: { ...event.data, version: next } });
        for (const one of tasks?.events ?? []) addEvent(tx, tables, one);
        return { version: next, created: true };
      });
    },
    find,
    async list({ projectId, online, prefix = '' }, page) {
      const limit = checkLimit(page.limit);
      const after = readNameCursor(page);
      const isAfter = ({ name, id }: WorkflowRow) =>
        after === null ||
        compare(folded(name), folded(after[0])) > 0 ||
        (folded(name) === folded(after[0]) && id > after[1]);
      const found = [...workflows.values()].filter(
        (row) =>
          row.projectId === (projectId ?? row.projectId) &&
          row.online === (online ?? row.online) &&
          folded(row.name).startsWith(folded(prefix)) &&
          isAfter(row),
      );
      found.sort((a, b) => compare(folded(a.name), folded(b.name)) || compare(a.id, b.id));
      return toPage(found.slice(0, limit + 1), limit, nameCursor);
    },
    async newest(projectId, refs) {
      const found = await Promise.all(refs.map((ref) => find(projectId, ref)));
      const rows = new Map(found.flatMap((row) => (row === undefined ? [] : [[row.id, row]])));
      return [...rows.values()].map((row) => ({ ...row, document: versions.get(row.id)!.at(-1)!.document }));
    },
    async versions(id, page) {
      return pageOf((versions.get(id) ?? []).map(withoutDocument), page, (row) => row.version, 'down', 'number');
    },
    async setOnline(id, online, event) {
      return unit((tx) => {
        const row = mustFind(id);
        if (row.online === online) return false;
        const resting = { why: WORKFLOW_OFFLINE, at: event.at };
        if (!online) for (const schedule of schedulesOf(tables, id)) leave(tables, tx, schedule, resting);
        tx.put(workflows, id, { ...row, online, updatedAt: event.at });
        for (const { id: schedule } of schedulesOf(tables, id)) {
          if (online) begin(tables, tx, schedule, event.at);
          else rest(tables, tx, schedule, resting);
        }
        addEvent(tx, tables, event);
        return true;
      });
    },
    async delete(id, event, tasks) {
      unit((tx) => {
        const row = mustFind(id);
        if (row.version !== (tasks?.base ?? row.version)) throw new AppError('conflict', HAS_CHANGED);
        for (const run of instances.values()) {
          if (run.workflowId !== id || isWorkflowTerminal(run.state)) continue;
          throw new AppError('conflict', HAS_RUNS);
        }
        tx.release(`workflow:${row.projectId}:${row.name}`);
        for (const { id: schedule } of schedulesOf(tables, id)) {
          removeSchedule(tables, tx, schedule, { why: WORKFLOW_OFFLINE, at: event.at });
        }
        dropTriggersOf(tx, tables, id);
        tx.drop(workflows, id);
        tx.drop(versions, id);
        for (const one of [...(tasks?.events ?? []), event]) addEvent(tx, tables, one);
      });
    },
  };
}
