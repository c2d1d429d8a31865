/** What can be asked about the audit log. It grows without an event of the stream: its newest part is asked for again. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';
import type { AuditFilterQuery } from '#lib/routes/route-for.ts';

const AGAIN_MS = 10_000;
const HOUR_MS = 3_600_000;

/** How far back is looked, as it is written in an address. */
export const SPANS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS, '30d': 720 * HOUR_MS } as const;
export type Span = keyof typeof SPANS;

function isSpan(text: string | undefined): text is Span {
  return text !== undefined && Object.hasOwn(SPANS, text);
}

export const auditQueries = {
  list: ({ within, actor, action, subject }: AuditFilterQuery) =>
    infiniteQueryOptions({
      queryKey: ['audit', 'list', { within, actor, action, subject }],
      queryFn: ({ pageParam, signal }) =>
        api.audit.list(
          {
            ...{ actor, action, subject, limit: 50 },
            ...(isSpan(within) ? { since: new Date(Date.now() - SPANS[within]).toISOString() } : {}),
            cursor: pageParam === '' ? undefined : pageParam,
          },
          { signal },
        ),
      initialPageParam: '',
      getNextPageParam: (last) => last.nextCursor,
      refetchInterval: AGAIN_MS,
    }),

  entry: (id: string) =>
    queryOptions({
      queryKey: ['audit', 'entry', id],
      queryFn: ({ signal }) => api.audit.get(id, { signal }),
      staleTime: Number.POSITIVE_INFINITY,
    }),

  words: () =>
    queryOptions({
      queryKey: ['audit', 'words'],
      queryFn: ({ signal }) => api.audit.words({ signal }),
      staleTime: 60_000,
    }),
};
