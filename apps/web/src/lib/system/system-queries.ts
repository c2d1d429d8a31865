/** What can be asked about the servers, their registry and what is kept. Little of it is an event of the live stream: it is asked for again. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

const AGAIN_MS = 5_000;
const EVENTS_AGAIN_MS = 2_000;
const PAGE = 100;

interface Page {
  readonly nextCursor: string | null;
}

function pages<Answer extends Page>(
  key: readonly unknown[],
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Answer>,
  againMs = AGAIN_MS,
) {
  return infiniteQueryOptions({
    queryKey: ['system', 'registry', ...key],
    queryFn: ({ pageParam, signal }) => read(pageParam === '' ? undefined : pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: againMs,
  });
}

export const systemQueries = {
  reconciler: (enabled: boolean) =>
    queryOptions({
      queryKey: ['system', 'reconciler'],
      queryFn: ({ signal }) => api.reconciler({ signal }),
      refetchInterval: AGAIN_MS,
      enabled,
    }),

  janitor: (enabled: boolean) =>
    queryOptions({
      queryKey: ['system', 'janitor'],
      queryFn: ({ signal }) => api.janitor.get({ signal }),
      refetchInterval: EVENTS_AGAIN_MS,
      enabled,
    }),

  /** It counts rows: asked for when somebody looks, and not again by itself. */
  preview: (enabled: boolean) =>
    queryOptions({
      queryKey: ['system', 'preview'],
      queryFn: ({ signal }) => api.janitor.preview({ signal }),
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      enabled,
    }),

  clients: () => pages(['clients'], (cursor, signal) => api.registry.clients({ limit: PAGE, cursor }, { signal })),
  data: (path: string | undefined) =>
    pages(['data', path], (cursor, signal) => api.registry.data({ limit: PAGE, path, cursor }, { signal })),
  locks: () => pages(['locks'], (cursor, signal) => api.registry.locks({ limit: PAGE, cursor }, { signal })),
  events: (path: string | undefined) =>
    pages(
      ['events', path],
      (cursor, signal) => api.registry.events({ limit: PAGE, path, cursor }, { signal }),
      EVENTS_AGAIN_MS,
    ),
};
