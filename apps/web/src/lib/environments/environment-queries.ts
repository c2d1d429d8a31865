/** What can be asked about environments and secrets. */
import { queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

export const environmentQueries = {
  list: () =>
    queryOptions({
      queryKey: ['environments', 'list'],
      queryFn: ({ signal }) => api.environments.list({ limit: 500 }, { signal }),
    }),

  /** Those that workflows of the project can use. */
  usable: (project: string) =>
    queryOptions({
      queryKey: ['environments', 'usable', project],
      queryFn: ({ signal }) => api.environments.list({ project, limit: 500 }, { signal }),
    }),

  environment: (id: string) =>
    queryOptions({
      queryKey: ['environments', 'one', id],
      queryFn: ({ signal }) => api.environments.get(id, {}, { signal }),
    }),

  secrets: () =>
    queryOptions({
      queryKey: ['secrets', 'list'],
      queryFn: ({ signal }) => api.secrets.list({ limit: 500 }, { signal }),
    }),

  secret: (id: string) =>
    queryOptions({
      queryKey: ['secrets', 'one', id],
      queryFn: ({ signal }) => api.secrets.get(id, {}, { signal }),
    }),
};
