/** What the overview asks, each card by itself, so that one that fails leaves the others. */
import { queryOptions } from '@tanstack/svelte-query';
import type { InstanceView } from '@vaquita/client';
import { api } from '#lib/data/api.ts';
import { RANGES, type Range } from './range.ts';

/** How many a card lists. */
export const LISTED = 5;
const SLOW_MS = 30_000;

export interface WaitingRun {
  readonly run: InstanceView;
  /** Why, in the words of the server; undefined when nothing is known of it. */
  readonly why: string | undefined;
}

export const overviewQueries = {
  counts: (range: Range) =>
    queryOptions({
      queryKey: ['runs', 'overview', range],
      queryFn: ({ signal }) => api.overview({ hours: RANGES[range] }, { signal }),
      refetchInterval: 60_000,
    }),

  /** Runs that have not begun, and why: with one more than is listed, so that it is known that there are more. */
  waiting: () =>
    queryOptions({
      queryKey: ['runs', 'waiting'],
      queryFn: async ({ signal }): Promise<readonly WaitingRun[]> => {
        const state = ['submitted', 'serial_wait'] as const;
        const { items } = await api.instances.list({ state, limit: LISTED + 1 }, { signal });
        const why = await Promise.all(items.slice(0, LISTED).map(({ id }) => api.instances.why(id, { signal })));
        return items.map((run, i) => ({ run, why: why[i]?.summary }));
      },
      refetchInterval: SLOW_MS,
    }),

  undelivered: (range: Range) =>
    queryOptions({
      queryKey: ['alerts', 'undelivered', range],
      queryFn: ({ signal }) => {
        const since = new Date(Date.now() - RANGES[range] * 3_600_000).toISOString();
        return api.alerts.list({ status: 'failed', since, limit: LISTED + 1 }, { signal });
      },
      refetchInterval: SLOW_MS,
    }),

  next: () =>
    queryOptions({
      queryKey: ['forecast', 'next'],
      queryFn: ({ signal }) => api.schedules.forecast({ days: 1, next: LISTED }, { signal }),
      refetchInterval: 60_000,
    }),

  backfills: () =>
    queryOptions({
      queryKey: ['backfills', 'under-way'],
      queryFn: async ({ signal }) => {
        const [running, paused] = await Promise.all(
          (['running', 'paused'] as const).map((state) => api.backfills.list({ state, limit: LISTED }, { signal })),
        );
        return [...running!.items, ...paused!.items].slice(0, LISTED);
      },
      refetchInterval: 10_000,
    }),
};
