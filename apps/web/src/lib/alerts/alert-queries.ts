/** What can be asked about alerts. They are no events of the live stream: what may still change is asked for again. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/svelte-query';
import type { AlertDetail, AlertQuery } from '@vaquita/client';
import { api } from '#lib/data/api.ts';

const AGAIN_MS = 5_000;
/** While somebody waits for what comes of it. */
const SOON_MS = 1_000;

export const alertQueries = {
  list: (query: Omit<AlertQuery, 'cursor' | 'limit'>) =>
    infiniteQueryOptions({
      queryKey: ['alerts', 'pages', query],
      queryFn: ({ pageParam, signal }) =>
        api.alerts.list({ ...query, limit: 50, cursor: pageParam === '' ? undefined : pageParam }, { signal }),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
      refetchInterval: AGAIN_MS,
    }),

  alert: (id: string) =>
    queryOptions({
      queryKey: ['alerts', 'one', id],
      queryFn: ({ signal }) => api.alerts.get(id, { signal }),
      refetchInterval: ({ state: { data } }) => (isUnderWay(data) ? SOON_MS : AGAIN_MS),
    }),

  folded: (id: string) =>
    infiniteQueryOptions({
      queryKey: ['alerts', 'folded', id],
      queryFn: ({ pageParam, signal }) =>
        api.alerts.folded(id, { limit: 50, cursor: pageParam === '' ? undefined : pageParam }, { signal }),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
    }),

  /** How many there are of a run. `state`: of the run; a change of it is when one may have come. */
  ofRun: (run: string, state: string) =>
    queryOptions({
      queryKey: ['alerts', 'run', run, state],
      queryFn: ({ signal }) => api.alerts.list({ run, limit: 50 }, { signal }),
      enabled: run !== '',
    }),

  channelTypes: () =>
    queryOptions({
      queryKey: ['alert-channels', 'types'],
      queryFn: ({ signal }) => api.alertChannels.types({ signal }),
      staleTime: Number.POSITIVE_INFINITY,
    }),

  channels: () =>
    queryOptions({
      queryKey: ['alert-channels', 'list'],
      queryFn: ({ signal }) => api.alertChannels.list({ limit: 500 }, { signal }),
      refetchInterval: AGAIN_MS,
    }),

  groups: () =>
    queryOptions({
      queryKey: ['alert-groups'],
      queryFn: ({ signal }) => api.alertGroups.list({ limit: 500 }, { signal }),
      staleTime: 30_000,
    }),
};

/** Whether something may come of it without anybody's doing. */
function isUnderWay(alert: Pick<AlertDetail, 'status'> | undefined): boolean {
  return alert?.status === 'waiting' || alert?.status === 'sending';
}
