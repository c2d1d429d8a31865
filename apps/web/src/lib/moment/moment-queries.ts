/** The record of a run, the run after one of its events, and the runs around it. */
import { queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';
import { type RunRecord, readOn } from './record.ts';

/** Among what is known of the run, so that each of its events has it read on. */
export const recordOf = (run: string) =>
  queryOptions({
    queryKey: ['run', run, 'record'],
    queryFn: ({ client, queryKey, signal }) =>
      readOn(client.getQueryData<RunRecord>(queryKey), (query) => api.instances.events(run, query, { signal })),
    structuralSharing: false,
  });

/** Among the lists of runs: a new run is the next of the newest one. */
export const neighboursOf = (run: string) =>
  queryOptions({
    queryKey: ['runs', 'neighbours', run],
    queryFn: ({ signal }) => api.instances.neighbours(run, { signal }),
  });

/** Not among what is known of the run: the past stays as it was. */
export const runAt = (run: string, seq: number | undefined) =>
  queryOptions({
    queryKey: ['run-at', run, seq],
    queryFn: ({ signal }) => api.instances.at(run, { seq }, { signal }),
    enabled: seq !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    // Each is as large as the run.
    gcTime: 30_000,
  });
