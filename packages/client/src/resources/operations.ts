/** What an operator reads: workers, cluster, overview, task types, audit; and the live stream of events. */
import type {
  AuditPage,
  AuditQuery,
  AuditView,
  AuditWordsView,
  ClusterView,
  EventView,
  OverviewView,
  SearchQuery,
  SearchView,
  TaskTypePage,
  WorkerChange,
  WorkerPage,
  WorkerQuery,
  WorkerVerbRequest,
  WorkerView,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { followStream, type StreamOptions } from '../server-sent-events.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface WorkersClient {
  /** Of one group, or all. */
  list(query?: WorkerQuery, options?: CallOptions): Promise<WorkerPage>;
  all(query?: Pick<WorkerQuery, 'group'>): AsyncGenerator<WorkerView, void, undefined>;
  get(worker: string, options?: CallOptions): Promise<WorkerView>;
  /** It finishes what it runs and takes nothing new. A worker is addressed by id or by name. */
  drain(worker: string, request?: WorkerVerbRequest, options?: PostOptions): Promise<WorkerView>;
  /** It takes tasks again, or may come back. */
  resume(worker: string, request?: WorkerVerbRequest, options?: PostOptions): Promise<WorkerView>;
  /** Its session ends, its tasks are made anew elsewhere, and it may not come back. */
  evict(worker: string, request?: WorkerVerbRequest, options?: PostOptions): Promise<WorkerView>;
  /** Other slots, labels, weight or log level; null is what it was started with. */
  update(worker: string, change: WorkerChange, options?: CallOptions): Promise<WorkerView>;
}

export interface AuditClient {
  /** Newest first. */
  list(query?: AuditQuery, options?: CallOptions): Promise<AuditPage>;
  all(query?: Omit<AuditQuery, 'cursor'>): AsyncGenerator<AuditView, void, undefined>;
  get(id: string, options?: CallOptions): Promise<AuditView>;
  /** What there is to narrow the list by. */
  words(options?: CallOptions): Promise<AuditWordsView>;
}

export interface EventStreamOptions extends StreamOptions {
  /** Only events of this run. */
  readonly workflowInstanceId?: string | undefined;
  /** Only events of this project (id). */
  readonly projectId?: string | undefined;
  /** Called each time the stream stands; `seq` is the event after which it goes on. Good for fetching anew. */
  readonly onOpen?: ((position: { readonly seq: number }) => void) | undefined;
}

export interface OperationsClient {
  cluster(options?: CallOptions): Promise<ClusterView>;
  /** Counts of runs created in the last `hours` (default 24). */
  overview(query?: { readonly hours?: number }, options?: CallOptions): Promise<OverviewView>;
  taskTypes(options?: CallOptions): Promise<TaskTypePage>;
  /** What bears a name that begins so, and runs by id or as `name#12`. */
  search(query: SearchQuery, options?: CallOptions): Promise<SearchView>;
  /** Events as they happen, from now on or after `lastEventId`; goes on by itself after an interruption. */
  stream(options?: EventStreamOptions): AsyncGenerator<EventView, void, undefined>;
}

export function createWorkersClient(transport: Transport): WorkersClient {
  const list: WorkersClient['list'] = (query, options) =>
    transport.call('GET', pathOf('workers'), { query, ...options });
  const verb =
    (name: string): WorkersClient['drain'] =>
    (worker, json = {}, options) =>
      transport.call('POST', pathOf('workers', worker, name), { json, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ ...query, limit: 200, cursor })),
    get: (worker, options) => transport.call('GET', pathOf('workers', worker), options),
    drain: verb('drain'),
    resume: verb('resume'),
    evict: verb('evict'),
    update: (worker, json, options) => transport.call('PATCH', pathOf('workers', worker), { json, ...options }),
  };
}

export function createAuditClient(transport: Transport): AuditClient {
  const list: AuditClient['list'] = (query, options) => transport.call('GET', pathOf('audit'), { query, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ limit: 200, ...query, cursor })),
    get: (id, options) => transport.call('GET', pathOf('audit', id), options),
    words: (options) => transport.call('GET', pathOf('audit', 'words'), options),
  };
}

export function createOperationsClient(transport: Transport): OperationsClient {
  async function* stream(options: EventStreamOptions = {}): AsyncGenerator<EventView, void, undefined> {
    const messages = followStream(
      {
        timers: transport.timers,
        open: (lastEventId, signal) =>
          transport.send('GET', pathOf('stream'), {
            signal,
            query: { workflowInstanceId: options.workflowInstanceId, projectId: options.projectId },
            headers: { accept: 'text/event-stream', ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
          }),
      },
      options,
    );
    for await (const message of messages) {
      if (message.event === 'open') options.onOpen?.(JSON.parse(message.data) as { seq: number });
      else if (message.event === 'event') yield JSON.parse(message.data) as EventView;
    }
  }

  return {
    cluster: (options) => transport.call('GET', pathOf('cluster'), options),
    overview: (query, options) => transport.call('GET', pathOf('overview'), { query, ...options }),
    search: (query, options) => transport.call('GET', pathOf('search'), { query, ...options }),
    taskTypes: (options) => transport.call('GET', pathOf('task-types'), options),
    stream,
  };
}
