/** What can be asked about schedules. That something has fired is no event of the live stream: it is asked for again. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import type { SchedulePlanRequest } from '@vaquita/client';
import { api } from '#lib/data/api.ts';

const AGAIN_MS = 5_000;

interface Scope {
  readonly project?: string | undefined;
  /** Needs the project. */
  readonly workflow?: string | undefined;
  readonly online?: 'yes' | 'no' | undefined;
}

export const scheduleQueries = {
  pages: ({ project, workflow, online }: Scope) =>
    infiniteQueryOptions({
      queryKey: ['schedules', 'pages', project ?? '', workflow ?? '', online ?? ''],
      queryFn: ({ pageParam, signal }) =>
        api.schedules.list(
          {
            ...{ project, workflow, limit: 200 },
            ...(online === undefined ? {} : { online: online === 'yes' }),
            ...(pageParam === '' ? {} : { cursor: pageParam }),
          },
          { signal },
        ),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
      refetchInterval: AGAIN_MS,
    }),

  ofWorkflow: (project: string, workflow: string) =>
    queryOptions({
      queryKey: ['schedules', 'workflow', project, workflow],
      queryFn: ({ signal }) => api.schedules.list({ project, workflow, limit: 20 }, { signal }),
      refetchInterval: AGAIN_MS,
    }),

  schedule: (id: string) =>
    queryOptions({
      queryKey: ['schedules', 'one', id],
      queryFn: ({ signal }) => api.schedules.get(id, { signal }),
      refetchInterval: AGAIN_MS,
    }),

  fires: (id: string) =>
    infiniteQueryOptions({
      queryKey: ['schedules', 'fires', id],
      queryFn: ({ pageParam, signal }) =>
        api.schedules.fires(id, { limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) }, { signal }),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
      refetchInterval: AGAIN_MS,
    }),

  /** An answer belongs to the plan it was asked for: a late one for an earlier plan is never taken for this one's. */
  preview: (plan: SchedulePlanRequest, count: number) =>
    queryOptions({
      queryKey: ['schedule-preview', plan, count],
      queryFn: ({ signal }) => api.schedules.preview({ plan, count }, { signal }),
      placeholderData: keepPreviousData,
      staleTime: 30_000,
      gcTime: 60_000,
      retry: false,
    }),
};
