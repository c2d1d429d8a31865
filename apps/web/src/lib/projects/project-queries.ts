/** The list of projects, page by page. Below the key of projects, so that a change makes it old. */
import { infiniteQueryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

export const projectQueries = {
  list: () =>
    infiniteQueryOptions({
      queryKey: ['projects', 'list'],
      queryFn: ({ pageParam, signal }) =>
        api.projects.list({ limit: 50, cursor: pageParam === '' ? undefined : pageParam }, { signal }),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
    }),

  one: (name: string) => ({
    queryKey: ['projects', 'one', name],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => api.projects.get(name, { signal }),
  }),
};
