/** Schedules, and what they will do. Those of a workflow by its project and name or id; one schedule by its id. */
import type {
  FirePage,
  FireView,
  ForecastQuery,
  ForecastView,
  PageQuery,
  PreviewRequest,
  PreviewView,
  ScheduleChange,
  ScheduleCreate,
  SchedulePage,
  SchedulePauseRequest,
  ScheduleQuery,
  ScheduleSaved,
  ScheduleVerbRequest,
  ScheduleView,
  StartAnswer,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface SchedulesClient {
  list(query?: ScheduleQuery, options?: CallOptions): Promise<SchedulePage>;
  all(query?: ScheduleQuery): AsyncGenerator<ScheduleView, void, undefined>;
  get(id: string, options?: CallOptions): Promise<ScheduleView>;
  create(project: string, workflow: string, body: ScheduleCreate, options?: PostOptions): Promise<ScheduleSaved>;
  /** With `revision`, a change that somebody else has made since is not overwritten. */
  update(id: string, change: ScheduleChange, options?: CallOptions): Promise<ScheduleSaved>;
  delete(id: string, options?: CallOptions): Promise<void>;
  /** It fires from now on; what lies behind is not made up for. */
  online(id: string, body?: ScheduleVerbRequest, options?: PostOptions): Promise<ScheduleView>;
  offline(id: string, body?: ScheduleVerbRequest, options?: PostOptions): Promise<ScheduleView>;
  /** Skips fire times until a moment, or for a while; `until: null` ends it. */
  pause(id: string, body: SchedulePauseRequest, options?: PostOptions): Promise<ScheduleView>;
  /** Starts a run now, as the schedule would. */
  run(id: string, options?: PostOptions): Promise<StartAnswer>;
  /** What became of its fire times, newest first. */
  fires(id: string, query?: PageQuery, options?: CallOptions): Promise<FirePage>;
  allFires(id: string): AsyncGenerator<FireView, void, undefined>;
  /** What a plan would do. It may be wrong: the answer says in which place. */
  preview(body: PreviewRequest, options?: CallOptions): Promise<PreviewView>;
  /** What all of them will run in the next days. */
  forecast(query?: ForecastQuery, options?: CallOptions): Promise<ForecastView>;
}

export function createSchedulesClient(transport: Transport): SchedulesClient {
  const at = (...rest: string[]) => pathOf('schedules', ...rest);
  const list: SchedulesClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  const fires: SchedulesClient['fires'] = (id, query, options) =>
    transport.call('GET', at(id, 'fires'), { query, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ limit: 200, ...query, cursor })),
    get: (id, options) => transport.call('GET', at(id), options),
    create: (project, workflow, json, options) =>
      transport.call('POST', pathOf('projects', project, 'workflows', workflow, 'schedules'), { json, ...options }),
    update: (id, json, options) => transport.call('PATCH', at(id), { json, ...options }),
    delete: (id, options) => transport.call('DELETE', at(id), options),
    online: (id, json = {}, options) => transport.call('POST', at(id, 'online'), { json, ...options }),
    offline: (id, json = {}, options) => transport.call('POST', at(id, 'offline'), { json, ...options }),
    pause: (id, json, options) => transport.call('POST', at(id, 'pause'), { json, ...options }),
    run: (id, options) => transport.call('POST', at(id, 'run'), options),
    fires,
    allFires: (id) => eachItem((cursor) => fires(id, { limit: 200, cursor })),
    preview: (json, options) => transport.call('POST', at('preview'), { json, ...options }),
    forecast: (query, options) => transport.call('GET', pathOf('forecast'), { query, ...options }),
  };
}
