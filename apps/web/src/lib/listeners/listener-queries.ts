/** What can be asked about listeners. Their progress is no event of the live stream: it is asked for again. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';
import type { EventStatus } from './listener-state.ts';

const AGAIN_MS = 3_000;

export const listenerQueries = {
  plugins: () =>
    queryOptions({
      queryKey: ['listeners', 'plugins'],
      queryFn: ({ signal }) => api.listenerPlugins.list({ signal }),
      staleTime: 30_000,
    }),

  list: () =>
    queryOptions({
      queryKey: ['listeners', 'list'],
      queryFn: ({ signal }) => api.listeners.list({ limit: 500 }, { signal }),
      refetchInterval: AGAIN_MS,
    }),

  listener: (name: string) =>
    queryOptions({
      queryKey: ['listeners', 'one', name],
      queryFn: ({ signal }) => api.listeners.get(name, { signal }),
      refetchInterval: AGAIN_MS,
    }),

  log: (name: string) =>
    queryOptions({
      queryKey: ['listeners', 'log', name],
      queryFn: ({ signal }) => api.listeners.log(name, { signal }),
      refetchInterval: AGAIN_MS,
    }),

  events: (name: string, status: EventStatus) =>
    infiniteQueryOptions({
      queryKey: ['listeners', 'events', name, status],
      queryFn: ({ pageParam, signal }) =>
        api.listeners.events(
          name,
          { status, limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) },
          { signal },
        ),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
      refetchInterval: AGAIN_MS,
    }),
};
