/** Task groups: how many tasks of a kind may run at once. A group is addressed by id or by name. */
import type {
  PageQuery,
  TaskGroupChange,
  TaskGroupCreate,
  TaskGroupMember,
  TaskGroupMemberPage,
  TaskGroupPage,
  TaskGroupView,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface TaskGroupsClient {
  list(query?: PageQuery, options?: CallOptions): Promise<TaskGroupPage>;
  all(): AsyncGenerator<TaskGroupView, void, undefined>;
  get(group: string, options?: CallOptions): Promise<TaskGroupView>;
  create(body: TaskGroupCreate, options?: PostOptions): Promise<TaskGroupView>;
  /** Opens or closes it, changes its size or its description. */
  update(group: string, change: TaskGroupChange, options?: CallOptions): Promise<TaskGroupView>;
  delete(group: string, options?: CallOptions): Promise<void>;
  /** Tasks that hold a slot, then those that wait for one in the order in which they will get it. */
  members(group: string, query?: PageQuery, options?: CallOptions): Promise<TaskGroupMemberPage>;
  allMembers(group: string): AsyncGenerator<TaskGroupMember, void, undefined>;
}

export function createTaskGroupsClient(transport: Transport): TaskGroupsClient {
  const at = (...rest: string[]) => pathOf('task-groups', ...rest);
  const list: TaskGroupsClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  const members: TaskGroupsClient['members'] = (group, query, options) =>
    transport.call('GET', at(group, 'members'), { query, ...options });
  return {
    list,
    all: () => eachItem((cursor) => list({ limit: 200, cursor })),
    get: (group, options) => transport.call('GET', at(group), options),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (group, json, options) => transport.call('PATCH', at(group), { json, ...options }),
    delete: (group, options) => transport.call('DELETE', at(group), options),
    members,
    allMembers: (group) => eachItem((cursor) => members(group, { limit: 200, cursor })),
  };
}
