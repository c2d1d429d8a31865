/** Runs: look, follow, act. */
import type {
  ActionAnswer,
  EventPage,
  EventView,
  GraphView,
  InstancePage,
  InstanceView,
  PageQuery,
  TaskInstancePage,
  WhyView,
} from '@vaquita/api/views';
import type { WorkflowState } from '@vaquita/core';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface InstanceQuery extends PageQuery {
  /** Id or name. */
  readonly project?: string | undefined;
  /** Id, or name together with `project`. */
  readonly workflow?: string | undefined;
  readonly state?: readonly WorkflowState[] | undefined;
}

export interface InstancesClient {
  /** Newest first. */
  list(query?: InstanceQuery, options?: CallOptions): Promise<InstancePage>;
  all(query?: Omit<InstanceQuery, 'cursor'>): AsyncGenerator<InstanceView, void, undefined>;
  get(id: string, options?: CallOptions): Promise<InstanceView>;
  /** Every task instance of the run, in order of creation. */
  tasks(id: string, options?: CallOptions): Promise<TaskInstancePage>;
  graph(id: string, options?: CallOptions): Promise<GraphView>;
  events(id: string, query?: PageQuery, options?: CallOptions): Promise<EventPage>;
  allEvents(id: string): AsyncGenerator<EventView, void, undefined>;
  why(id: string, options?: CallOptions): Promise<WhyView>;
  stop(id: string, options?: PostOptions): Promise<ActionAnswer>;
  rerun(id: string, options?: PostOptions): Promise<ActionAnswer>;
}

export function createInstancesClient(transport: Transport): InstancesClient {
  const at = (...rest: string[]) => pathOf('workflow-instances', ...rest);
  const list: InstancesClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  const events: InstancesClient['events'] = (id, query, options) =>
    transport.call('GET', at(id, 'events'), { query, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ limit: 200, ...query, cursor })),
    get: (id, options) => transport.call('GET', at(id), options),
    tasks: (id, options) => transport.call('GET', at(id, 'tasks'), options),
    graph: (id, options) => transport.call('GET', at(id, 'graph'), options),
    events,
    allEvents: (id) => eachItem((cursor) => events(id, { limit: 500, cursor })),
    why: (id, options) => transport.call('GET', at(id, 'why'), options),
    stop: (id, options) => transport.call('POST', at(id, 'stop'), options),
    rerun: (id, options) => transport.call('POST', at(id, 'rerun'), options),
  };
}
