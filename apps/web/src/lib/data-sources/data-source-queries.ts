/** What can be asked about data sources. */
import { queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

export const dataSourceQueries = {
  list: () =>
    queryOptions({
      queryKey: ['data-sources', 'list'],
      queryFn: ({ signal }) => api.dataSources.list({ limit: 500 }, { signal }),
    }),

  kinds: () =>
    queryOptions({
      queryKey: ['data-sources', 'kinds'],
      queryFn: ({ signal }) => api.dataSources.kinds({ signal }),
    }),

  dataSource: (id: string) =>
    queryOptions({
      queryKey: ['data-sources', 'one', id],
      queryFn: ({ signal }) => api.dataSources.get(id, {}, { signal }),
    }),
};
