/** What can be asked about what will run. */
import { keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

export const forecastQueries = {
  forecast: (days: number) =>
    queryOptions({
      queryKey: ['forecast', days],
      queryFn: ({ signal }) => api.schedules.forecast({ days, next: 20 }, { signal }),
      placeholderData: keepPreviousData,
      refetchInterval: 60_000,
    }),
};
