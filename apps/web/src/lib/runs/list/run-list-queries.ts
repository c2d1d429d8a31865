/** The list of runs by what is wished for. Below the key of runs, so that every event of a run makes it old. */
import { infiniteQueryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';
import { requestOf, type Wish } from './wish.ts';

export const runList = (wish: Wish, zone: string) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'list', wish.query, wish.nothing, zone],
    queryFn: ({ pageParam, signal }) =>
      api.instances.list(
        { ...requestOf(wish, Date.now(), zone), limit: 50, cursor: pageParam === '' ? undefined : pageParam },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    enabled: !wish.nothing,
  });
