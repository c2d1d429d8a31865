/** Runs: look, follow, act. */
import type {
  ActionAnswer,
  BulkAnswer,
  BulkRequest,
  EventPage,
  EventView,
  GraphView,
  InstancePage,
  InstanceView,
  MomentQuery,
  NeighboursView,
  OperationList,
  OperationView,
  PageQuery,
  RerunFromRequest,
  RunAtView,
  SignalRequest,
  TaskInstancePage,
  TaskInstanceView,
  WhyView,
} from '@vaquita/api/views';
import type { RunOriginKind, WorkflowState } from '@vaquita/core';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface InstanceQuery extends PageQuery {
  /** Id or name. */
  readonly project?: string | undefined;
  /** Id, or name together with `project`. */
  readonly workflow?: string | undefined;
  readonly state?: readonly WorkflowState[] | undefined;
  /** Runs that tasks of the run with this id started. */
  readonly parent?: string | undefined;
  /** Id of the schedule, backfill or trigger that started them. */
  readonly origin?: string | undefined;
  readonly originKind?: RunOriginKind | undefined;
  /** When they were created: from this moment on, before that one. ISO 8601. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** The run of `workflow` with this number. */
  readonly number?: number | undefined;
}

export interface InstancesClient {
  /** Newest first. */
  list(query?: InstanceQuery, options?: CallOptions): Promise<InstancePage>;
  all(query?: Omit<InstanceQuery, 'cursor'>): AsyncGenerator<InstanceView, void, undefined>;
  get(id: string, options?: CallOptions): Promise<InstanceView>;
  /**
   * Every task instance of the run, in order of creation. Read page by page: of a task that is tried again meanwhile an
   * older and a newer attempt may both be `current`; the later one in the list is.
   */
  tasks(id: string, options?: CallOptions): Promise<TaskInstancePage>;
  taskPage(id: string, query?: PageQuery, options?: CallOptions): Promise<TaskInstancePage>;
  allTasks(id: string, options?: CallOptions): AsyncGenerator<TaskInstanceView, void, undefined>;
  graph(id: string, options?: CallOptions): Promise<GraphView>;
  events(id: string, query?: PageQuery, options?: CallOptions): Promise<EventPage>;
  allEvents(id: string): AsyncGenerator<EventView, void, undefined>;
  /** Of the run, or of one of its tasks by name, also one that has not begun. */
  why(id: string, options?: CallOptions & { readonly task?: string | undefined }): Promise<WhyView>;
  /** The run as it was after an event or at a time; without either as it is. */
  at(id: string, moment?: MomentQuery, options?: CallOptions): Promise<RunAtView>;
  /** The runs of the same workflow before and after it. */
  neighbours(id: string, options?: CallOptions): Promise<NeighboursView>;
  /** What runs goes on to its end; nothing new starts. */
  pause(id: string, options?: PostOptions): Promise<ActionAnswer>;
  /** A paused or stopped run goes on where it was. */
  resume(id: string, options?: PostOptions): Promise<ActionAnswer>;
  /** Kills every active task. */
  stop(id: string, options?: PostOptions): Promise<ActionAnswer>;
  /** The failed and killed tasks again, and what follows them. */
  recoverFailed(id: string, options?: PostOptions): Promise<ActionAnswer>;
  /** Everything again, with the same scope and parameters. */
  rerun(id: string, options?: PostOptions): Promise<ActionAnswer>;
  /** These tasks and everything after them again, with edited parameters if given. */
  rerunFrom(id: string, body: RerunFromRequest, options?: PostOptions): Promise<ActionAnswer>;
  /** For a run that the engine has set aside. */
  retry(id: string, options?: PostOptions): Promise<ActionAnswer>;
  /** For wait tasks of the run that wait for it. */
  signal(id: string, body: SignalRequest, options?: PostOptions): Promise<ActionAnswer>;
  /** One action for many runs, by their ids or by a filter. `nextCursor` in the answer: more runs match. */
  actOnMany(body: BulkRequest, options?: PostOptions): Promise<BulkAnswer>;
  /** How an action ended, by the `operationId` of its answer. */
  operation(id: string, options?: CallOptions): Promise<OperationView>;
  /** The same of up to 100; an id that no operation has is left out. */
  operations(ids: readonly string[], options?: CallOptions): Promise<OperationList>;
}

export function createInstancesClient(transport: Transport): InstancesClient {
  const at = (...rest: string[]) => pathOf('workflow-instances', ...rest);
  const list: InstancesClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  const events: InstancesClient['events'] = (id, query, options) =>
    transport.call('GET', at(id, 'events'), { query, ...options });
  const taskPage: InstancesClient['taskPage'] = (id, query, options) =>
    transport.call('GET', at(id, 'tasks'), { query, ...options });
  const allTasks: InstancesClient['allTasks'] = (id, options) =>
    eachItem((cursor) => taskPage(id, { limit: 500, cursor }, options));
  return {
    list,
    all: (query) => eachItem((cursor) => list({ limit: 200, ...query, cursor })),
    get: (id, options) => transport.call('GET', at(id), options),
    async tasks(id, options) {
      const items: TaskInstanceView[] = [];
      for await (const task of allTasks(id, options)) items.push(task);
      return { items, nextCursor: null };
    },
    taskPage,
    allTasks,
    graph: (id, options) => transport.call('GET', at(id, 'graph'), options),
    events,
    allEvents: (id) => eachItem((cursor) => events(id, { limit: 500, cursor })),
    why: (id, { task, ...options } = {}) => transport.call('GET', at(id, 'why'), { query: { task }, ...options }),
    at: (id, moment, options) => transport.call('GET', at(id, 'at'), { query: moment, ...options }),
    neighbours: (id, options) => transport.call('GET', at(id, 'neighbours'), options),
    pause: (id, options) => transport.call('POST', at(id, 'pause'), options),
    resume: (id, options) => transport.call('POST', at(id, 'resume'), options),
    stop: (id, options) => transport.call('POST', at(id, 'stop'), options),
    recoverFailed: (id, options) => transport.call('POST', at(id, 'recover-failed'), options),
    rerun: (id, options) => transport.call('POST', at(id, 'rerun'), options),
    rerunFrom: (id, json, options) => transport.call('POST', at(id, 'rerun-from'), { json, ...options }),
    retry: (id, options) => transport.call('POST', at(id, 'retry'), options),
    signal: (id, json, options) => transport.call('POST', at(id, 'signal'), { json, ...options }),
    actOnMany: (json, options) => transport.call('POST', at('actions'), { json, ...options }),
    operation: (id, options) => transport.call('GET', pathOf('operations', id), options),
    operations: (ids, options) => transport.call('GET', pathOf('operations'), { query: { id: ids }, ...options }),
  };
}
