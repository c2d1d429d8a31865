/** Backfills: many business times of a workflow, and of what depends on it, run as one thing. */
import type {
  BackfillActPage,
  BackfillActView,
  BackfillAnswer,
  BackfillCancel,
  BackfillChange,
  BackfillItemPage,
  BackfillItemQuery,
  BackfillItemView,
  BackfillPage,
  BackfillPlan,
  BackfillQuery,
  BackfillRequest,
  BackfillRetry,
  BackfillView,
  PageQuery,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface BackfillsClient {
  /** What would be run, what is skipped and why, what is in the way, what it will cost. Starts nothing. */
  plan(body: BackfillRequest, options?: CallOptions): Promise<BackfillPlan>;
  start(body: BackfillRequest, options?: PostOptions): Promise<BackfillView>;
  list(query?: BackfillQuery, options?: CallOptions): Promise<BackfillPage>;
  all(query?: BackfillQuery): AsyncGenerator<BackfillView, void, undefined>;
  get(id: string, options?: CallOptions): Promise<BackfillView>;
  /** In the order of starting. */
  items(id: string, query?: BackfillItemQuery, options?: CallOptions): Promise<BackfillItemPage>;
  allItems(id: string, query?: BackfillItemQuery): AsyncGenerator<BackfillItemView, void, undefined>;
  /** Who did what with it, newest first. */
  acts(id: string, query?: PageQuery, options?: CallOptions): Promise<BackfillActPage>;
  allActs(id: string): AsyncGenerator<BackfillActView, void, undefined>;
  pause(id: string, options?: PostOptions): Promise<BackfillView>;
  resume(id: string, options?: PostOptions): Promise<BackfillView>;
  /** What runs goes on to its end, unless `stopRuns` is asked for. */
  cancel(id: string, body?: BackfillCancel, options?: PostOptions): Promise<BackfillView>;
  /** Has what failed, all of it or the items at these positions, and what that blocked, wait again. */
  retry(id: string, body?: BackfillRetry, options?: PostOptions): Promise<BackfillView>;
  update(id: string, change: BackfillChange, options?: CallOptions): Promise<BackfillView>;
}

export function createBackfillsClient(transport: Transport): BackfillsClient {
  const at = (...rest: string[]) => pathOf('backfills', ...rest);
  const list: BackfillsClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  const items: BackfillsClient['items'] = (id, query, options) =>
    transport.call('GET', at(id, 'items'), { query, ...options });
  const acts: BackfillsClient['acts'] = (id, query, options) =>
    transport.call('GET', at(id, 'acts'), { query, ...options });
  const ask = (json: BackfillRequest, options?: PostOptions): Promise<BackfillAnswer> =>
    transport.call('POST', at(), { json, ...options });
  const verb =
    (name: 'pause' | 'resume') =>
    (id: string, options?: PostOptions): Promise<BackfillView> =>
      transport.call('POST', at(id, name), options);
  return {
    plan: async (body, options) => (await ask({ ...body, dryRun: true }, options)).plan,
    start: async (body, options) => (await ask({ ...body, dryRun: false }, options)).backfill!,
    list,
    all: (query) => eachItem((cursor) => list({ limit: 100, ...query, cursor })),
    get: (id, options) => transport.call('GET', at(id), options),
    items,
    allItems: (id, query) => eachItem((cursor) => items(id, { limit: 500, ...query, cursor })),
    acts,
    allActs: (id) => eachItem((cursor) => acts(id, { limit: 200, cursor })),
    pause: verb('pause'),
    resume: verb('resume'),
    cancel: (id, json = {}, options) => transport.call('POST', at(id, 'cancel'), { json, ...options }),
    retry: (id, json = {}, options) => transport.call('POST', at(id, 'retry'), { json, ...options }),
    update: (id, json, options) => transport.call('PATCH', at(id), { json, ...options }),
  };
}
