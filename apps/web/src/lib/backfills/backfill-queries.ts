/** What can be asked about backfills. What moves is asked for again; what has come to rest is not. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import type { BackfillRequest, BackfillView } from '@vaquita/client';
import { api } from '#lib/data/api.ts';
import { type ItemState, isMoving } from './backfill-state.ts';

const AGAIN_MS = 3_000;
const ITEMS_AT_ONCE = 500;

export interface BackfillFilter {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  readonly state?: BackfillView['state'] | undefined;
}

export const backfillQueries = {
  list: (filter: BackfillFilter) =>
    infiniteQueryOptions({
      queryKey: ['backfills', 'list', filter],
      queryFn: ({ pageParam, signal }) =>
        api.backfills.list({ ...filter, limit: 50, cursor: pageParam === '' ? undefined : pageParam }, { signal }),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
      refetchInterval: AGAIN_MS,
    }),

  one: (id: string) =>
    queryOptions({
      queryKey: ['backfills', 'one', id],
      queryFn: ({ signal }) => api.backfills.get(id, { signal }),
      refetchInterval: ({ state }) => (state.data === undefined || isMoving(state.data) ? AGAIN_MS : 5 * AGAIN_MS),
    }),

  /** `moving`: whether they may change by themselves. The more there are, the less often they are asked for. */
  items: (id: string, state: ItemState | undefined, moving: boolean) =>
    infiniteQueryOptions({
      queryKey: ['backfills', 'items', id, state ?? ''],
      queryFn: ({ pageParam, signal }) =>
        api.backfills.items(
          id,
          { state, limit: ITEMS_AT_ONCE, cursor: pageParam === '' ? undefined : pageParam },
          { signal },
        ),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
      refetchInterval: (query) => (moving ? AGAIN_MS * Math.max(1, query.state.data?.pages.length ?? 1) : false),
    }),

  /** What it would do. Null: it is not known yet what is wanted. */
  plan: (request: BackfillRequest | null) =>
    queryOptions({
      queryKey: ['backfills', 'plan', request],
      queryFn: ({ signal }) => api.backfills.plan(request!, { signal }),
      enabled: request !== null,
      // What it was is shown, grey, until the new plan is there.
      placeholderData: keepPreviousData,
      staleTime: 10_000,
    }),

  /** What was done with it; `revision` has it asked for anew when somebody has changed it. */
  history: (id: string, revision: number) =>
    queryOptions({
      queryKey: ['backfills', 'history', id, revision],
      queryFn: ({ signal }) => api.backfills.acts(id, { limit: 50 }, { signal }),
      placeholderData: keepPreviousData,
    }),

  schedules: (project: string, workflow: string) =>
    queryOptions({
      queryKey: ['backfills', 'schedules-of', project, workflow],
      queryFn: ({ signal }) => api.schedules.list({ project, workflow, limit: 200 }, { signal }),
      enabled: project !== '' && workflow !== '',
    }),
};
