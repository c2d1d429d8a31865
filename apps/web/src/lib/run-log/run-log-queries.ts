/** The ends of the logs of a run: read once for what has ended, and on from where it was for what runs. */
import { queryOptions } from '@tanstack/svelte-query';
import type { TaskInstanceView } from '@vaquita/client';
import { api } from '#lib/data/api.ts';
import { grow, TAIL_BYTES, type Tail } from './tails.ts';

/** By ids of task instances. */
export type Tails = Readonly<Record<string, Tail>>;

/** Lines of a log are no events, so what runs is asked; a stream for each task would take all connections of a browser. */
const AGAIN_MS = 2_000;

export const runTails = (run: string, tasks: readonly Pick<TaskInstanceView, 'id'>[], live: boolean) =>
  queryOptions({
    queryKey: ['run-tails', run],
    queryFn: async ({ client, queryKey, signal }): Promise<Tails> => {
      const known = client.getQueryData<Tails>(queryKey) ?? {};
      const read = async ({ id }: Pick<TaskInstanceView, 'id'>): Promise<[string, Tail]> => {
        const before = known[id];
        if (before?.ended) return [id, before];
        const offset = before?.nextOffset ?? -TAIL_BYTES;
        return [id, grow(before, await api.taskInstances.log(id, { offset, limit: TAIL_BYTES }, { signal }))];
      };
      return Object.fromEntries(await Promise.all(tasks.map(read)));
    },
    structuralSharing: false,
    refetchInterval: ({ state }) =>
      live || Object.values(state.data ?? {}).some(({ ended }) => !ended) ? AGAIN_MS : false,
  });
