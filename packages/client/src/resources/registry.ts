/** /registry: for administrators. */
import type {
  PageQuery,
  RegistryCheckView,
  RegistryClientPage,
  RegistryClientView,
  RegistryDatumPage,
  RegistryDatumView,
  RegistryEventPage,
  RegistryEventView,
  RegistryLockPage,
  RegistryLockView,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface RegistryPathQuery extends PageQuery {
  /** Only this key and what is below it. */
  readonly path?: string | undefined;
}

export interface RegistryClient {
  clients(query?: PageQuery, options?: CallOptions): Promise<RegistryClientPage>;
  allClients(): AsyncGenerator<RegistryClientView, void, undefined>;
  data(query?: RegistryPathQuery, options?: CallOptions): Promise<RegistryDatumPage>;
  allData(path?: string): AsyncGenerator<RegistryDatumView, void, undefined>;
  locks(query?: PageQuery, options?: CallOptions): Promise<RegistryLockPage>;
  allLocks(): AsyncGenerator<RegistryLockView, void, undefined>;
  /** Newest first. */
  events(query?: RegistryPathQuery, options?: CallOptions): Promise<RegistryEventPage>;
  allEvents(path?: string): AsyncGenerator<RegistryEventView, void, undefined>;
  /** Whether its tables fit together. */
  check(options?: CallOptions): Promise<RegistryCheckView>;
  /** Puts right what a check finds. */
  repair(options?: PostOptions): Promise<RegistryCheckView>;
}

export function createRegistryClient(transport: Transport): RegistryClient {
  const at = (part: string) => pathOf('registry', part);
  const clients: RegistryClient['clients'] = (query, options) =>
    transport.call('GET', at('clients'), { query, ...options });
  const data: RegistryClient['data'] = (query, options) => transport.call('GET', at('data'), { query, ...options });
  const locks: RegistryClient['locks'] = (query, options) => transport.call('GET', at('locks'), { query, ...options });
  const events: RegistryClient['events'] = (query, options) =>
    transport.call('GET', at('events'), { query, ...options });
  return {
    clients,
    allClients: () => eachItem((cursor) => clients({ limit: 200, cursor })),
    data,
    allData: (path) => eachItem((cursor) => data({ path, limit: 200, cursor })),
    locks,
    allLocks: () => eachItem((cursor) => locks({ limit: 200, cursor })),
    events,
    allEvents: (path) => eachItem((cursor) => events({ path, limit: 200, cursor })),
    check: (options) => transport.call('GET', at('check'), options),
    repair: (options) => transport.call('POST', at('repair'), options),
  };
}
