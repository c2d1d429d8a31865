/** What can be asked about which workflows belong together. Runs change how its nodes stand, so it is among the lists of runs. */
import { keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

export const dependencyQueries = {
  around: (project: string, workflow: string, depth: number) =>
    queryOptions({
      queryKey: ['runs', 'dependencies', project, workflow, depth],
      queryFn: ({ signal }) => api.workflows.dependencies(project, workflow, { depth }, { signal }),
      placeholderData: keepPreviousData,
    }),

  ofProject: (project: string) =>
    queryOptions({
      queryKey: ['runs', 'dependencies', project],
      queryFn: ({ signal }) => api.projects.dependencies(project, { signal }),
      enabled: project !== '',
    }),
};
