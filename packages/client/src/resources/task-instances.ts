/** One attempt of one task: state, log, live log, and what can be asked of it. */
import type {
  ActionAnswer,
  ListedTaskView,
  LogChunk,
  LogEnd,
  PageQuery,
  TaskActionRequest,
  TaskInstanceView,
  TaskListPage,
  WhyView,
} from '@vaquita/api/views';
import type { TaskState } from '@vaquita/core';
import { eachItem } from '../pages.ts';
import { followStream, type StreamOptions } from '../server-sent-events.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface TaskListQuery extends PageQuery {
  readonly state?: readonly TaskState[] | undefined;
  readonly type?: string | undefined;
  /** Id or name of the worker that has or had it. */
  readonly worker?: string | undefined;
  /** Id or name. */
  readonly project?: string | undefined;
  /** Id, or name together with `project`. */
  readonly workflow?: string | undefined;
}

export interface LogQuery {
  /** Byte offset; negative counts from the end. */
  readonly offset?: number | undefined;
  /** Bytes at most. */
  readonly limit?: number | undefined;
}

export type LogMessage =
  | { readonly type: 'text'; readonly chunk: LogChunk }
  | { readonly type: 'end'; readonly end: LogEnd };

export interface LogFollowOptions extends Omit<StreamOptions, 'lastEventId'> {
  /** Byte offset to begin at; negative counts from the end. Default: the beginning. */
  readonly offset?: number | undefined;
}

export interface TaskInstancesClient {
  /** Of all runs, newest first. A page may hold none although `nextCursor` says that others follow. */
  list(query?: TaskListQuery, options?: CallOptions): Promise<TaskListPage>;
  all(query?: Omit<TaskListQuery, 'cursor'>): AsyncGenerator<ListedTaskView, void, undefined>;
  get(id: string, options?: CallOptions): Promise<TaskInstanceView>;
  why(id: string, options?: CallOptions): Promise<WhyView>;
  kill(id: string, body?: TaskActionRequest, options?: PostOptions): Promise<ActionAnswer>;
  /** Lets a failed or killed task count as a success. */
  forceSuccess(id: string, body?: TaskActionRequest, options?: PostOptions): Promise<ActionAnswer>;
  /** Lets a task go on without a slot of its task group. */
  forceStart(id: string, body?: TaskActionRequest, options?: PostOptions): Promise<ActionAnswer>;
  approve(id: string, body?: TaskActionRequest, options?: PostOptions): Promise<ActionAnswer>;
  reject(id: string, body?: TaskActionRequest, options?: PostOptions): Promise<ActionAnswer>;
  log(id: string, query?: LogQuery, options?: CallOptions): Promise<LogChunk>;
  /** The log as it grows; ends with an `end` message when the task has ended and all of its log was given. */
  followLog(id: string, options?: LogFollowOptions): AsyncGenerator<LogMessage, void, undefined>;
  /** Address of the whole log as a plain text file. */
  logDownloadUrl(id: string): string;
}

export function createTaskInstancesClient(transport: Transport): TaskInstancesClient {
  const at = (...rest: string[]) => pathOf('task-instances', ...rest);

  async function* followLog(id: string, options: LogFollowOptions = {}): AsyncGenerator<LogMessage, void, undefined> {
    const messages = followStream(
      {
        timers: transport.timers,
        open: (lastEventId, signal) =>
          transport.send('GET', at(id, 'log', 'stream'), {
            signal,
            query: { offset: options.offset },
            headers: { accept: 'text/event-stream', ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
          }),
        isLast: (message) => message.event === 'end',
      },
      { signal: options.signal, onStatus: options.onStatus },
    );
    for await (const message of messages) {
      if (message.event === 'log') yield { type: 'text', chunk: JSON.parse(message.data) as LogChunk };
      else if (message.event === 'end') yield { type: 'end', end: JSON.parse(message.data) as LogEnd };
    }
  }

  const list: TaskInstancesClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ limit: 200, ...query, cursor })),
    get: (id, options) => transport.call('GET', at(id), options),
    why: (id, options) => transport.call('GET', at(id, 'why'), options),
    kill: (id, json = {}, options) => transport.call('POST', at(id, 'kill'), { json, ...options }),
    forceSuccess: (id, json = {}, options) => transport.call('POST', at(id, 'force-success'), { json, ...options }),
    forceStart: (id, json = {}, options) => transport.call('POST', at(id, 'force-start'), { json, ...options }),
    approve: (id, json = {}, options) => transport.call('POST', at(id, 'approve'), { json, ...options }),
    reject: (id, json = {}, options) => transport.call('POST', at(id, 'reject'), { json, ...options }),
    log: (id, query, options) => transport.call('GET', at(id, 'log'), { query, ...options }),
    followLog,
    logDownloadUrl: (id) => transport.url(at(id, 'log', 'download')),
  };
}
