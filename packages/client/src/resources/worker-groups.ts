/** Worker groups: which workers stand together, and how one is chosen among them. Addressed by id or by name. */
import type {
  PageQuery,
  WorkerGroupChange,
  WorkerGroupCreate,
  WorkerGroupPage,
  WorkerGroupView,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface WorkerGroupsClient {
  /** Declared ones, and those that workers or waiting tasks name. */
  list(query?: PageQuery, options?: CallOptions): Promise<WorkerGroupPage>;
  all(): AsyncGenerator<WorkerGroupView, void, undefined>;
  get(group: string, options?: CallOptions): Promise<WorkerGroupView>;
  create(body: WorkerGroupCreate, options?: PostOptions): Promise<WorkerGroupView>;
  update(group: string, change: WorkerGroupChange, options?: CallOptions): Promise<WorkerGroupView>;
  /** Puts a worker into it, by its name. */
  assign(group: string, worker: string, options?: CallOptions): Promise<WorkerGroupView>;
  unassign(group: string, worker: string, options?: CallOptions): Promise<WorkerGroupView>;
  /** Refused while workflows, runs or tasks name it. */
  delete(group: string, options?: CallOptions): Promise<void>;
}

export function createWorkerGroupsClient(transport: Transport): WorkerGroupsClient {
  const at = (...rest: string[]) => pathOf('worker-groups', ...rest);
  const list: WorkerGroupsClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    list,
    all: () => eachItem((cursor) => list({ limit: 200, cursor })),
    get: (group, options) => transport.call('GET', at(group), options),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (group, json, options) => transport.call('PATCH', at(group), { json, ...options }),
    assign: (group, worker, options) => transport.call('PUT', at(group, 'workers', worker), options),
    unassign: (group, worker, options) => transport.call('DELETE', at(group, 'workers', worker), options),
    delete: (group, options) => transport.call('DELETE', at(group), options),
  };
}
