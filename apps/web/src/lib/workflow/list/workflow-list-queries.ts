/** The list of workflows by what is wished for. Below the key of runs, so that every event of a run makes it old; `touched.ts` adds those of workflows. */
import { infiniteQueryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';
import { requestOf, type Wish } from './wish.ts';

/** Each has a strip of runs: more would be a heavy page. */
const AT_ONCE = 30;

/** @param project the one that is meant; undefined: all; empty: it is not known yet */
export const workflowList = (query: Wish['query'], project: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'workflows', project ?? null, query],
    queryFn: ({ pageParam, signal }) =>
      api.workflows.overview(
        { ...requestOf(query, project), limit: AT_ONCE, cursor: pageParam === '' ? undefined : pageParam },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    enabled: project !== '',
  });
