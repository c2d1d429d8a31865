/** What can be asked about the grid of a workflow. */
import { keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

export const gridQueries = {
  /** The whole of it, asked for once: what changes afterwards comes run by run. */
  grid: (project: string, workflow: string, query: { readonly runs: number; readonly cursor?: string | undefined }) =>
    queryOptions({
      queryKey: ['grid', project, workflow, query],
      queryFn: ({ signal }) => api.workflows.grid(project, workflow, query, { signal }),
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnMount: 'always',
      placeholderData: keepPreviousData,
    }),

  /** One run of it. Every event of the run makes it old. */
  column: (project: string, workflow: string, run: string) =>
    queryOptions({
      queryKey: ['run', run, 'grid'],
      queryFn: ({ signal }) => api.workflows.grid(project, workflow, { run: [run] }, { signal }),
    }),
};
