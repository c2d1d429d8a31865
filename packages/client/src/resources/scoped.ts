/** Things that are of one project or of all. Addressed by id or by name; of two of one name, `project` says whose is meant. */
import type { ScopedPageQuery, ScopeQuery } from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface ScopedClient<View, Detail, Create, Change> {
  list(
    query?: ScopedPageQuery,
    options?: CallOptions,
  ): Promise<{ readonly items: View[]; readonly nextCursor: string | null }>;
  all(query?: ScopeQuery): AsyncGenerator<View, void, undefined>;
  get(idOrName: string, query?: ScopeQuery, options?: CallOptions): Promise<Detail>;
  create(body: Create, options?: PostOptions): Promise<Detail>;
  update(idOrName: string, change: Change, query?: ScopeQuery, options?: CallOptions): Promise<Detail>;
  /** Refused while anything uses it. */
  delete(idOrName: string, query?: ScopeQuery, options?: CallOptions): Promise<void>;
}

export function createScopedClient<View, Detail, Create, Change>(
  transport: Transport,
  collection: string,
): ScopedClient<View, Detail, Create, Change> {
  const at = (...rest: string[]) => pathOf(collection, ...rest);
  const list: ScopedClient<View, Detail, Create, Change>['list'] = (query, options) =>
    transport.call('GET', at(), { query, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ ...query, limit: 200, cursor })),
    get: (idOrName, query, options) => transport.call('GET', at(idOrName), { query, ...options }),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (idOrName, json, query, options) => transport.call('PATCH', at(idOrName), { json, query, ...options }),
    delete: (idOrName, query, options) => transport.call('DELETE', at(idOrName), { query, ...options }),
  };
}
