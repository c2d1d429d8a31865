/** Data sources, addressed by id or by name; of two of one name, `project` says whose is meant. */
import type {
  DataSourceChange,
  DataSourceCreate,
  DataSourceDetail,
  DataSourceKindPage,
  DataSourcePage,
  DataSourceTest,
  DataSourceTestAnswer,
  DataSourceView,
  ScopedPageQuery,
  ScopeQuery,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface DataSourcesClient {
  kinds(options?: CallOptions): Promise<DataSourceKindPage>;
  list(query?: ScopedPageQuery, options?: CallOptions): Promise<DataSourcePage>;
  all(query?: ScopeQuery): AsyncGenerator<DataSourceView, void, undefined>;
  get(dataSource: string, query?: ScopeQuery, options?: CallOptions): Promise<DataSourceDetail>;
  create(body: DataSourceCreate, options?: PostOptions): Promise<DataSourceDetail>;
  update(
    dataSource: string,
    change: DataSourceChange,
    query?: ScopeQuery,
    options?: CallOptions,
  ): Promise<DataSourceDetail>;
  /** Refused while anything uses it. */
  delete(dataSource: string, query?: ScopeQuery, options?: CallOptions): Promise<void>;
  /** Tries to reach it, and answers what happened. */
  test(
    dataSource: string,
    body?: DataSourceTest,
    query?: ScopeQuery,
    options?: CallOptions,
  ): Promise<DataSourceTestAnswer>;
}

export function createDataSourcesClient(transport: Transport): DataSourcesClient {
  const at = (...rest: string[]) => pathOf('data-sources', ...rest);
  const list: DataSourcesClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    kinds: (options) => transport.call('GET', at('kinds'), options),
    list,
    all: (query) => eachItem((cursor) => list({ ...query, limit: 200, cursor })),
    get: (dataSource, query, options) => transport.call('GET', at(dataSource), { query, ...options }),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (dataSource, json, query, options) => transport.call('PATCH', at(dataSource), { json, query, ...options }),
    delete: (dataSource, query, options) => transport.call('DELETE', at(dataSource), { query, ...options }),
    test: (dataSource, json = {}, query, options) =>
      transport.call('POST', at(dataSource, 'test'), { json, query, ...options }),
  };
}
