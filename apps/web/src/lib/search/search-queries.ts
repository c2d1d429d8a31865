/** What can be asked about names and ids. */
import { keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

export const searchQueries = {
  /** Nothing is asked for an empty text. @param each how many of each kind */
  search: (text: string, each: number) =>
    queryOptions({
      queryKey: ['search', text, each],
      queryFn: ({ signal }) => api.search({ q: text, limit: each }, { signal }),
      enabled: text !== '',
      placeholderData: keepPreviousData,
    }),
};
