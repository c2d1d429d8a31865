/**
 * What can be asked, each with its key. Keys begin with the kind of thing, so that live.ts can mark as stale exactly
 * what an event touched.
 */

import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/svelte-query';
import type { InstanceQuery } from '@vaquita/client';
import { ApiError } from '@vaquita/client';
import { api } from './api.ts';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The live stream says when something changed; without it, data is asked anew when the tab is looked at.
        staleTime: 5_000,
        gcTime: 10 * 60_000,
        retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.retryable),
        retryDelay: (failures) => Math.min(4_000, 400 * 2 ** failures),
        refetchOnWindowFocus: true,
        // A browser that calls itself offline still reaches a server on its own machine or network: what is asked is tried, and says so if it fails.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}

export const queries = {
  me: () => queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => api.session.me({ signal }), staleTime: 300_000 }),

  cluster: () =>
    queryOptions({
      queryKey: ['workers', 'cluster'],
      queryFn: ({ signal }) => api.cluster({ signal }),
      refetchInterval: 15_000,
    }),

  projects: () =>
    queryOptions({
      queryKey: ['projects'],
      queryFn: ({ signal }) => api.projects.list({ limit: 500 }, { signal }),
      staleTime: 60_000,
    }),

  workflows: (project: string) =>
    queryOptions({
      queryKey: ['workflows', project],
      queryFn: ({ signal }) => api.workflows.list(project, { limit: 500 }, { signal }),
      enabled: project !== '',
    }),

  workflow: (project: string, workflow: string) =>
    queryOptions({
      queryKey: ['workflow', project, workflow],
      queryFn: ({ signal }) => api.workflows.get(project, workflow, { signal }),
    }),

  workflowYaml: (project: string, workflow: string, version: number) =>
    queryOptions({
      queryKey: ['workflow-yaml', project, workflow, version],
      queryFn: ({ signal }) => api.workflows.exportYaml(project, workflow, { version }, { signal }),
      staleTime: Number.POSITIVE_INFINITY,
    }),

  taskTypes: () =>
    queryOptions({
      queryKey: ['task-types'],
      queryFn: ({ signal }) => api.taskTypes({ signal }),
      staleTime: Number.POSITIVE_INFINITY,
    }),

  /** The newest runs in one piece: for strips and small lists. */
  recentRuns: (query: Omit<InstanceQuery, 'cursor'>) =>
    queryOptions({
      queryKey: ['runs', 'recent', query],
      queryFn: ({ signal }) => api.instances.list(query, { signal }),
    }),

  run: (id: string) =>
    queryOptions({ queryKey: ['run', id], queryFn: ({ signal }) => api.instances.get(id, { signal }) }),

  runTasks: (id: string) =>
    queryOptions({ queryKey: ['run', id, 'tasks'], queryFn: ({ signal }) => api.instances.tasks(id, { signal }) }),

  runGraph: (id: string) =>
    queryOptions({ queryKey: ['run', id, 'graph'], queryFn: ({ signal }) => api.instances.graph(id, { signal }) }),

  runEvents: (id: string) =>
    infiniteQueryOptions({
      queryKey: ['run', id, 'events'],
      queryFn: ({ pageParam, signal }) =>
        api.instances.events(id, { limit: 200, cursor: pageParam === '' ? undefined : pageParam }, { signal }),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
    }),

  /** Runs that tasks of this run started. Among the lists of runs, so that a change of any of them makes it old. */
  childRuns: (parent: string) =>
    queryOptions({
      queryKey: ['runs', 'children', parent],
      queryFn: ({ signal }) => api.instances.list({ parent, limit: 500 }, { signal }),
    }),

  /** A task by its name: one that has no task instance. */
  namedTaskWhy: (run: string, task: string) =>
    queryOptions({
      queryKey: ['run', run, 'named-task-why', task],
      queryFn: ({ signal }) => api.instances.why(run, { task, signal }),
    }),

  taskGroups: () =>
    queryOptions({
      queryKey: ['task-groups', 'list'],
      queryFn: ({ signal }) => api.taskGroups.list({ limit: 500 }, { signal }),
      // Slots are taken by events of tasks, which are many; their number is asked for.
      refetchInterval: 5_000,
    }),

  taskGroupMembers: (group: string) =>
    queryOptions({
      queryKey: ['task-groups', 'members', group],
      queryFn: ({ signal }) => api.taskGroups.members(group, { limit: 200 }, { signal }),
      refetchInterval: 5_000,
    }),

  runWhy: (id: string) =>
    queryOptions({ queryKey: ['run', id, 'why'], queryFn: ({ signal }) => api.instances.why(id, { signal }) }),

  taskWhy: (run: string, id: string) =>
    queryOptions({
      queryKey: ['run', run, 'task-why', id],
      queryFn: ({ signal }) => api.taskInstances.why(id, { signal }),
    }),

  workers: () =>
    queryOptions({
      queryKey: ['workers', 'list'],
      queryFn: ({ signal }) => api.workers.list({ limit: 500 }, { signal }),
      // Heartbeats are no events: their age is asked for.
      refetchInterval: 10_000,
    }),

  workerGroups: () =>
    queryOptions({
      queryKey: ['workers', 'groups'],
      queryFn: ({ signal }) => api.workerGroups.list({ limit: 500 }, { signal }),
      // Slots and queues follow from events of tasks, which are many.
      refetchInterval: 5_000,
    }),

  tokens: (kind: 'api' | 'worker', user?: string) =>
    queryOptions({
      queryKey: ['tokens', kind, user ?? ''],
      queryFn: ({ signal }) => (kind === 'api' ? api.tokens : api.workerTokens).list({ limit: 200, user }, { signal }),
    }),
};
