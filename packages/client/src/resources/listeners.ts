/** Listeners: plugins, who hears what through them, and what became of each event. Addressed by id or by name. */
import type {
  ListenerEventPage,
  ListenerEventTypePage,
  ListenerInstanceChange,
  ListenerInstanceChanged,
  ListenerInstanceCreate,
  ListenerInstancePage,
  ListenerInstanceView,
  ListenerLogPage,
  ListenerPluginInstall,
  ListenerPluginPage,
  ListenerPluginView,
  PageQuery,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface ListenerPluginsClient {
  /** Those of the server, and installed ones. */
  list(options?: CallOptions): Promise<ListenerPluginPage>;
  get(plugin: string, options?: CallOptions): Promise<ListenerPluginView>;
  install(body: ListenerPluginInstall, options?: PostOptions): Promise<ListenerPluginView>;
  /** Replaces its code, which has to be enabled again unless `enable` says so. */
  update(plugin: string, body: ListenerPluginInstall, options?: CallOptions): Promise<ListenerPluginView>;
  enable(plugin: string, options?: PostOptions): Promise<ListenerPluginView>;
  disable(plugin: string, options?: PostOptions): Promise<ListenerPluginView>;
  /** Refused while instances use it. */
  uninstall(plugin: string, options?: CallOptions): Promise<void>;
}

export type ListenerEventsQuery = PageQuery & { readonly status?: 'waiting' | 'failed' | 'delivered' | 'skipped' };

export interface ListenersClient {
  list(query?: PageQuery, options?: CallOptions): Promise<ListenerInstancePage>;
  all(): AsyncGenerator<ListenerInstanceView, void, undefined>;
  get(listener: string, options?: CallOptions): Promise<ListenerInstanceView>;
  create(body: ListenerInstanceCreate, options?: PostOptions): Promise<ListenerInstanceView>;
  update(listener: string, change: ListenerInstanceChange, options?: CallOptions): Promise<ListenerInstanceChanged>;
  delete(listener: string, options?: CallOptions): Promise<void>;
  /** Goes on after the event that blocks it; refused when this one does not. */
  skip(listener: string, seq: number, options?: PostOptions): Promise<ListenerInstanceView>;
  /** Has the event that blocks it tried now. */
  retry(listener: string, options?: PostOptions): Promise<ListenerInstanceView>;
  /** What its plugin has said on the server that is asked. */
  log(listener: string, options?: CallOptions): Promise<ListenerLogPage>;
  events(listener: string, query?: ListenerEventsQuery, options?: CallOptions): Promise<ListenerEventPage>;
  eventTypes(options?: CallOptions): Promise<ListenerEventTypePage>;
}

export function createListenerPluginsClient(transport: Transport): ListenerPluginsClient {
  const at = (...rest: string[]) => pathOf('listener-plugins', ...rest);
  return {
    list: (options) => transport.call('GET', at(), options),
    get: (plugin, options) => transport.call('GET', at(plugin), options),
    install: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (plugin, json, options) => transport.call('PUT', at(plugin), { json, ...options }),
    enable: (plugin, options) => transport.call('POST', at(plugin, 'enable'), options),
    disable: (plugin, options) => transport.call('POST', at(plugin, 'disable'), options),
    uninstall: (plugin, options) => transport.call('DELETE', at(plugin), options),
  };
}

export function createListenersClient(transport: Transport): ListenersClient {
  const at = (...rest: string[]) => pathOf('listener-instances', ...rest);
  const list: ListenersClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    list,
    all: () => eachItem((cursor) => list({ limit: 200, cursor })),
    get: (listener, options) => transport.call('GET', at(listener), options),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (listener, json, options) => transport.call('PATCH', at(listener), { json, ...options }),
    delete: (listener, options) => transport.call('DELETE', at(listener), options),
    skip: (listener, seq, options) => transport.call('POST', at(listener, 'skip'), { json: { seq }, ...options }),
    retry: (listener, options) => transport.call('POST', at(listener, 'retry'), options),
    log: (listener, options) => transport.call('GET', at(listener, 'log'), options),
    events: (listener, query, options) =>
      transport.call('GET', pathOf('listener-events'), { query: { ...query, listener }, ...options }),
    eventTypes: (options) => transport.call('GET', pathOf('listener-events', 'types'), options),
  };
}
