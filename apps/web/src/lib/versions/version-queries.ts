/** What can be asked about the versions of a workflow. What a version says never changes. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

export const versionQueries = {
  pages: (project: string, workflow: string) =>
    infiniteQueryOptions({
      queryKey: ['workflow', project, workflow, 'version-pages'],
      queryFn: ({ pageParam, signal }) =>
        api.workflows.versions(
          project,
          workflow,
          { limit: 50, cursor: pageParam === '' ? undefined : pageParam },
          { signal },
        ),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
    }),

  one: (project: string, workflow: string, version: number) =>
    queryOptions({
      queryKey: ['workflow-version', project, workflow, version],
      queryFn: ({ signal }) => api.workflows.version(project, workflow, version, { signal }),
      staleTime: Number.POSITIVE_INFINITY,
    }),

  diff: (project: string, workflow: string, from: number, to: number) =>
    queryOptions({
      queryKey: ['workflow-diff', project, workflow, from, to],
      queryFn: ({ signal }) => api.workflows.diff(project, workflow, { from, to }, { signal }),
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: keepPreviousData,
    }),
};
