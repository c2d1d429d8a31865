/** What can be asked about triggers. What they notice is no event of the live stream: it is asked for again. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/svelte-query';
import type { TriggerView } from '@vaquita/client';
import { api } from '#lib/data/api.ts';
import type { Outcome, TriggerKind } from './trigger-state.ts';

const AGAIN_MS = 3_000;

export interface TriggerFilter {
  readonly project?: string | undefined;
  readonly kind?: TriggerKind | undefined;
}

export const triggerQueries = {
  list: (filter: TriggerFilter) =>
    infiniteQueryOptions({
      queryKey: ['triggers', 'list', filter],
      queryFn: ({ pageParam, signal }) =>
        api.triggers.list({ ...filter, limit: 100, cursor: pageParam === '' ? undefined : pageParam }, { signal }),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
      refetchInterval: AGAIN_MS,
    }),

  ofWorkflow: (project: string, workflow: string) =>
    queryOptions({
      queryKey: ['triggers', 'of', project, workflow],
      queryFn: () => Array.fromAsync<TriggerView>(api.triggers.allOf(project, workflow)),
      staleTime: 30_000,
    }),

  one: (id: string) =>
    queryOptions({
      queryKey: ['triggers', 'one', id],
      queryFn: ({ signal }) => api.triggers.get(id, { signal }),
      refetchInterval: AGAIN_MS,
    }),

  firings: (id: string, outcome: Outcome | undefined) =>
    infiniteQueryOptions({
      queryKey: ['triggers', 'firings', id, outcome ?? ''],
      queryFn: ({ pageParam, signal }) =>
        api.triggers.firings(id, { outcome, limit: 50, cursor: pageParam === '' ? undefined : pageParam }, { signal }),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
      refetchInterval: AGAIN_MS,
    }),
};
