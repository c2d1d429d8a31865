/** What can be asked of tasks across runs. */
import { infiniteQueryOptions } from '@tanstack/svelte-query';
import type { TaskListQuery } from '@vaquita/client';
import { api } from '#lib/data/api.ts';

export const taskQueries = {
  pages: (query: Omit<TaskListQuery, 'cursor' | 'limit'>) =>
    infiniteQueryOptions({
      queryKey: ['tasks', 'pages', query],
      queryFn: ({ pageParam, signal }) =>
        api.taskInstances.list({ ...query, limit: 50, cursor: pageParam === '' ? undefined : pageParam }, { signal }),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
    }),
};
