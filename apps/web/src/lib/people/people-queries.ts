/** What can be asked about people. None of it is told by an event of the stream: it is asked for again. */
import { queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

const AGAIN_MS = 15_000;

export const peopleQueries = {
  users: () =>
    queryOptions({
      queryKey: ['people', 'users'],
      queryFn: async () => Array.fromAsync(api.users.all()),
      refetchInterval: AGAIN_MS,
    }),

  sessionsOf: (user: string) =>
    queryOptions({
      queryKey: ['people', 'sessions', user],
      queryFn: ({ signal }) => api.users.sessions(user, { limit: 100 }, { signal }),
      refetchInterval: AGAIN_MS,
    }),

  ownSessions: () =>
    queryOptions({
      queryKey: ['people', 'own-sessions'],
      queryFn: ({ signal }) => api.account.sessions({ limit: 100 }, { signal }),
      refetchInterval: AGAIN_MS,
    }),

  roles: () =>
    queryOptions({
      queryKey: ['people', 'roles'],
      queryFn: ({ signal }) => api.account.roles({ signal }),
      staleTime: Number.POSITIVE_INFINITY,
    }),
};
