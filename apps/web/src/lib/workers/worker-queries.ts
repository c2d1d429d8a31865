/** What can be asked of one worker. */
import { queryOptions } from '@tanstack/svelte-query';
import type { WorkerView } from '@vaquita/client';
import { api } from '#lib/data/api.ts';

/** As often as workers send heartbeats, about. */
const AGAIN_MS = 5_000;

export const workerQueries = {
  one: (worker: string) =>
    queryOptions({
      queryKey: ['workers', 'one', worker],
      queryFn: ({ signal }) => api.workers.get(worker, { signal }),
      // Heartbeats are no events.
      refetchInterval: AGAIN_MS,
    }),

  record: (worker: Named) =>
    queryOptions({
      queryKey: ['workers', 'record', keyOf(worker)],
      queryFn: ({ signal }) => api.registry.events({ path: keyOf(worker), limit: 20 }, { signal }),
    }),
};

type Named = Pick<WorkerView, 'id' | 'groups' | 'assignedGroups'>;

/** Where the registry has it: once under each group that it names; one of them tells all. */
function keyOf({ id, groups, assignedGroups }: Named): string {
  const group = groups.find((one) => !assignedGroups.includes(one)) ?? groups[0] ?? 'default';
  return `/nodes/worker/${group.replace(/[%/\p{Cc}]/gu, encodeURIComponent)}/${id}`;
}
