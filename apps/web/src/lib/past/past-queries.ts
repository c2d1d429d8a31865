/** What can be asked about what the past of a workflow comes to. Its runs change it, so it is among the lists of runs. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

/** Figures of many runs need not follow each of them. */
const STALE_MS = 30_000;

export const pastQueries = {
  calendar: (project: string, workflow: string, year: number) =>
    queryOptions({
      queryKey: ['past', 'calendar', project, workflow, year],
      queryFn: ({ signal }) =>
        api.workflows.calendar(project, workflow, { from: `${year}-01-01`, to: `${year}-12-31` }, { signal }),
      staleTime: STALE_MS,
      refetchInterval: STALE_MS,
      placeholderData: keepPreviousData,
    }),

  dayRuns: (project: string, workflow: string, day: string) =>
    infiniteQueryOptions({
      queryKey: ['runs', 'day', project, workflow, day],
      queryFn: ({ pageParam, signal }) =>
        api.workflows.dayRuns(
          project,
          workflow,
          day,
          { limit: 50, cursor: pageParam === '' ? undefined : pageParam },
          { signal },
        ),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
    }),

  statistics: (project: string, workflow: string, days: number) =>
    queryOptions({
      queryKey: ['past', 'statistics', project, workflow, days],
      queryFn: ({ signal }) => api.workflows.statistics(project, workflow, { days }, { signal }),
      staleTime: STALE_MS,
      refetchInterval: STALE_MS,
      placeholderData: keepPreviousData,
    }),
};
