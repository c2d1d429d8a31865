/** What is found by name and is not in the search of the server: asked for when something is typed, the newest or first of each. */
import { queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

const STALE_MS = 30_000;
const LIMIT = 200;

export const paletteQueries = {
  alerts: (enabled: boolean) =>
    queryOptions({
      queryKey: ['palette', 'alerts'],
      queryFn: ({ signal }) => api.alerts.list({ limit: 50 }, { signal }),
      staleTime: STALE_MS,
      enabled,
    }),

  users: (enabled: boolean) =>
    queryOptions({
      queryKey: ['palette', 'users'],
      queryFn: ({ signal }) => api.users.list({ limit: LIMIT }, { signal }),
      staleTime: STALE_MS,
      enabled,
    }),
};
