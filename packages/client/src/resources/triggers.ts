/** Triggers, by their id: what starts workflows when something happens, and what has happened. */
import type {
  TriggerChange,
  TriggerCreate,
  TriggerCreated,
  TriggerFiringPage,
  TriggerFiringQuery,
  TriggerFiringView,
  TriggerPage,
  TriggerQuery,
  TriggerRotate,
  TriggerTest,
  TriggerTestAnswer,
  TriggerView,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface TriggersClient {
  list(query?: TriggerQuery, options?: CallOptions): Promise<TriggerPage>;
  all(query?: TriggerQuery): AsyncGenerator<TriggerView, void, undefined>;
  /** Those that start one workflow. */
  allOf(project: string, workflow: string): AsyncGenerator<TriggerView, void, undefined>;
  get(id: string, options?: CallOptions): Promise<TriggerView>;
  /** The only answer, but for that of `rotateSecret`, with the secret of a webhook. */
  create(project: string, workflow: string, body: TriggerCreate, options?: CallOptions): Promise<TriggerCreated>;
  /** With `revision`, a change that somebody else has made since is not overwritten. */
  update(id: string, change: TriggerChange, options?: CallOptions): Promise<TriggerView>;
  delete(id: string, options?: CallOptions): Promise<void>;
  /** It notices what happens from now on. */
  online(id: string, options?: PostOptions): Promise<TriggerView>;
  offline(id: string, options?: PostOptions): Promise<TriggerView>;
  rotateSecret(id: string, body?: TriggerRotate, options?: CallOptions): Promise<TriggerCreated>;
  /** What it would start; nothing is started. */
  test(id: string, body?: TriggerTest, options?: CallOptions): Promise<TriggerTestAnswer>;
  /** What it has noticed, newest first. */
  firings(id: string, query?: TriggerFiringQuery, options?: CallOptions): Promise<TriggerFiringPage>;
  allFirings(id: string, query?: TriggerFiringQuery): AsyncGenerator<TriggerFiringView, void, undefined>;
}

export function createTriggersClient(transport: Transport): TriggersClient {
  const at = (...rest: string[]) => pathOf('triggers', ...rest);
  const of = (project: string, workflow: string) => pathOf('projects', project, 'workflows', workflow, 'triggers');
  const list: TriggersClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  const firings: TriggersClient['firings'] = (id, query, options) =>
    transport.call('GET', at(id, 'firings'), { query, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ limit: 200, ...query, cursor })),
    allOf: (project, workflow) =>
      eachItem((cursor) =>
        transport.call<TriggerPage>('GET', of(project, workflow), { query: { limit: 200, cursor } }),
      ),
    get: (id, options) => transport.call('GET', at(id), options),
    create: (project, workflow, json, options) => transport.call('POST', of(project, workflow), { json, ...options }),
    update: (id, json, options) => transport.call('PATCH', at(id), { json, ...options }),
    delete: (id, options) => transport.call('DELETE', at(id), options),
    online: (id, options) => transport.call('POST', at(id, 'online'), options),
    offline: (id, options) => transport.call('POST', at(id, 'offline'), options),
    rotateSecret: (id, json = {}, options) => transport.call('POST', at(id, 'rotate-secret'), { json, ...options }),
    test: (id, json = {}, options) => transport.call('POST', at(id, 'test'), { json, ...options }),
    firings,
    allFirings: (id, query) => eachItem((cursor) => firings(id, { limit: 200, ...query, cursor })),
  };
}
