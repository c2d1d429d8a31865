/** Calendars: named sets of days that schedules include or leave out. Addressed by id or by name. */
import type {
  CalendarChange,
  CalendarCreate,
  CalendarDetail,
  CalendarImport,
  CalendarImported,
  CalendarPage,
  CalendarView,
  PageQuery,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface CalendarsClient {
  list(query?: PageQuery, options?: CallOptions): Promise<CalendarPage>;
  all(): AsyncGenerator<CalendarView, void, undefined>;
  get(calendar: string, options?: CallOptions): Promise<CalendarDetail>;
  create(body: CalendarCreate, options?: PostOptions): Promise<CalendarDetail>;
  update(calendar: string, change: CalendarChange, options?: CallOptions): Promise<CalendarDetail>;
  /** Refused while schedules use it. */
  delete(calendar: string, options?: CallOptions): Promise<void>;
  /** Takes the events of an ICS file as entries; with `dryRun` it only tells what it would take. */
  import(body: CalendarImport, options?: PostOptions): Promise<CalendarImported>;
}

export function createCalendarsClient(transport: Transport): CalendarsClient {
  const at = (...rest: string[]) => pathOf('calendars', ...rest);
  const list: CalendarsClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    list,
    all: () => eachItem((cursor) => list({ limit: 200, cursor })),
    get: (calendar, options) => transport.call('GET', at(calendar), options),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (calendar, json, options) => transport.call('PATCH', at(calendar), { json, ...options }),
    delete: (calendar, options) => transport.call('DELETE', at(calendar), options),
    import: (json, options) => transport.call('POST', at('import'), { json, ...options }),
  };
}
