/** What can be asked about calendars. */
import { queryOptions } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';

export const calendarQueries = {
  list: () =>
    queryOptions({
      queryKey: ['calendars', 'list'],
      queryFn: ({ signal }) => api.calendars.list({ limit: 500 }, { signal }),
    }),

  calendar: (name: string) =>
    queryOptions({
      queryKey: ['calendars', 'one', name],
      queryFn: ({ signal }) => api.calendars.get(name, { signal }),
    }),
};
