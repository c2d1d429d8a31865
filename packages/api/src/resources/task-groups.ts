/** /task-groups: how many tasks of a kind may run at once, and who holds or waits for a slot. */
import { AppError, type Id, type NewEvent, type TaskInstanceRow, type WorkflowInstanceRow } from '@vaquita/core';
import type { TaskGroupRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { toReasonView } from '../runs/instance-view.ts';
import { PageQuery } from '../views/page.ts';
import {
  TaskGroupChange,
  TaskGroupCreate,
  type TaskGroupMember,
  TaskGroupMemberPage,
  TaskGroupPage,
  TaskGroupView,
} from '../views/task-group.ts';
import { isoTime, pageRequest } from './paging.ts';

const TAG = 'Task groups';
const LIST = '/api/v1/task-groups';
const ITEM = `${LIST}/{group}`;

export function taskGroupEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  return [...readEndpoints(deps), ...changeEndpoints(deps, audit)];
}

async function requireGroup(store: ApiStore, idOrName: string): Promise<TaskGroupRow> {
  const group = await store.taskGroups.find(idOrName);
  if (group) return group;
  throw new AppError('not_found', `There is no task group “${idOrName}”.`);
}

async function viewOf(store: ApiStore, group: TaskGroupRow): Promise<TaskGroupView> {
  return toView(group, await store.taskGroups.held());
}

function toView(row: TaskGroupRow, held: Readonly<Record<string, number>>): TaskGroupView {
  const { id, name, description, size, open } = row;
  const times = { createdAt: isoTime(row.createdAt), updatedAt: isoTime(row.updatedAt) };
  return { id, name, description, size, open, held: held[name] ?? 0, ...times };
}

function toMember(task: TaskInstanceRow, instance: WorkflowInstanceRow | undefined): TaskGroupMember {
  return {
    taskInstanceId: task.id,
    taskName: task.name,
    state: task.state,
    workflowInstanceId: task.workflowInstanceId,
    workflowName: instance?.workflowName ?? '',
    number: instance?.number ?? null,
    slot: task.groupSlot,
    forced: task.groupForced,
    priority: task.groupPriority,
    since: isoTime(task.firstSubmittedAt),
    reason: task.reason === null ? null : toReasonView(task.reason),
  };
}

function readEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'view',
      summary: 'List task groups by name',
      query: PageQuery,
      status: 200,
      answer: TaskGroupPage,
      async handle({ query }) {
        const page = await store.taskGroups.list(pageRequest(query));
        const held = await store.taskGroups.held();
        return { items: page.items.map((row) => toView(row, held)), nextCursor: page.next };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show a task group, by id or by name',
      status: 200,
      answer: TaskGroupView,
      handle: async ({ params }) => viewOf(store, await requireGroup(store, params.group)),
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/members`,
      tag: TAG,
      access: 'view',
      summary: 'Tasks that hold a slot, then those that wait for one in the order in which they will get it',
      query: PageQuery,
      status: 200,
      answer: TaskGroupMemberPage,
      async handle({ params, query }) {
        const group = await requireGroup(store, params.group);
        const page = await store.taskGroups.members(group.name, pageRequest(query));
        const runs = new Map<string, Promise<WorkflowInstanceRow | undefined>>();
        for (const { workflowInstanceId: id } of page.items) if (!runs.has(id)) runs.set(id, store.instances.find(id));
        const items = await Promise.all(
          page.items.map(async (task) => toMember(task, await runs.get(task.workflowInstanceId))),
        );
        return { items, nextCursor: page.next };
      },
    }),
  ];
}

type Change = 'created' | 'updated' | 'deleted';

function changeEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;

  function eventOf({ id, name }: Pick<TaskGroupRow, 'id' | 'name'>, change: Change, by: string, at: number): NewEvent {
    const data = { taskGroupId: id, name, change, by };
    return { type: 'task_group.changed', projectId: null, workflowInstanceId: null, taskInstanceId: null, at, data };
  }

  function tell(): void {
    deps.changes.announce();
    deps.taskGroupsChanged();
  }

  return [
    endpoint({
      method: 'post',
      path: LIST,
      tag: TAG,
      access: 'admin',
      summary: 'Create a task group',
      body: TaskGroupCreate,
      errors: ['name_in_use'],
      status: 201,
      answer: TaskGroupView,
      async handle({ body, caller, ids }) {
        const now = clock.now();
        const id: Id<'task-group'> = ids.next<'task-group'>();
        const row: TaskGroupRow = { id, ...body, createdAt: now, updatedAt: now };
        const event = eventOf(row, 'created', caller.name, now);
        await createOnce(
          () => store.taskGroups.create(row, event),
          () => store.taskGroups.find(id),
        );
        tell();
        await audit(caller, { action: 'task_group.create', subject: row.name, data: { id, ...body } });
        return viewOf(store, row);
      },
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Open or close a task group, or change its size or description',
      description: 'A smaller size takes no slot away: it is reached as tasks end.',
      body: TaskGroupChange,
      status: 200,
      answer: TaskGroupView,
      async handle({ params, body, caller }) {
        const group = await requireGroup(store, params.group);
        const change = {
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.size === undefined ? {} : { size: body.size }),
          ...(body.open === undefined ? {} : { open: body.open }),
        };
        await store.taskGroups.update(group.id, change, eventOf(group, 'updated', caller.name, clock.now()));
        tell();
        const { id, description, size, open } = group;
        const data = { id, ...change, before: { description, size, open } };
        await audit(caller, { action: 'task_group.update', subject: group.name, data });
        return viewOf(store, await requireGroup(store, group.id));
      },
    }),
    endpoint({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      access: 'admin',
      summary: 'Delete a task group that no task uses now',
      errors: ['conflict'],
      status: 204,
      async handle({ params, caller }) {
        const group = await requireGroup(store, params.group);
        await store.taskGroups.delete(group.id, eventOf(group, 'deleted', caller.name, clock.now()));
        tell();
        const { id, size, open } = group;
        await audit(caller, { action: 'task_group.delete', subject: group.name, data: { id, before: { size, open } } });
      },
    }),
  ];
}
