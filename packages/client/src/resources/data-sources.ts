/** Data sources, their kinds, and a test of one. */
import type {
  DataSourceChange,
  DataSourceCreate,
  DataSourceDetail,
  DataSourceKindPage,
  DataSourceTest,
  DataSourceTestAnswer,
  DataSourceView,
  ScopeQuery,
} from '@vaquita/api/views';
import { type CallOptions, pathOf, type Transport } from '../transport.ts';
import { createScopedClient, type ScopedClient } from './scoped.ts';

export interface DataSourcesClient
  extends ScopedClient<DataSourceView, DataSourceDetail, DataSourceCreate, DataSourceChange> {
  kinds(options?: CallOptions): Promise<DataSourceKindPage>;
  /** Tries to reach it, and answers what happened. */
  test(
    dataSource: string,
    body?: DataSourceTest,
    query?: ScopeQuery,
    options?: CallOptions,
  ): Promise<DataSourceTestAnswer>;
}

const COLLECTION = 'data-sources';

export function createDataSourcesClient(transport: Transport): DataSourcesClient {
  return {
    ...createScopedClient(transport, COLLECTION),
    kinds: (options) => transport.call('GET', pathOf(COLLECTION, 'kinds'), options),
    test: (dataSource, json = {}, query, options) =>
      transport.call('POST', pathOf(COLLECTION, dataSource, 'test'), { json, query, ...options }),
  };
}
