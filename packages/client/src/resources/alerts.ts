/** Alerts: what was said to whom, through which channels, and who is told together. Groups and channels by id or by name. */
import type {
  AlertChannelChange,
  AlertChannelCreate,
  AlertChannelPage,
  AlertChannelTypePage,
  AlertChannelView,
  AlertDetail,
  AlertGroupChange,
  AlertGroupCreate,
  AlertGroupDeleted,
  AlertGroupPage,
  AlertGroupView,
  AlertPage,
  AlertQuery,
  AlertTestAnswer,
  AlertView,
  PageQuery,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface AlertsClient {
  /** Newest first, without those that were folded into others. */
  list(query?: AlertQuery, options?: CallOptions): Promise<AlertPage>;
  all(query?: AlertQuery): AsyncGenerator<AlertView, void, undefined>;
  get(id: string, options?: CallOptions): Promise<AlertDetail>;
  /** Those that this one speaks for. */
  folded(id: string, query?: PageQuery, options?: CallOptions): Promise<AlertPage>;
  /** To the channels that were not reached. */
  resend(id: string, options?: PostOptions): Promise<AlertDetail>;
}

export function createAlertsClient(transport: Transport): AlertsClient {
  const at = (...rest: string[]) => pathOf('alerts', ...rest);
  const list: AlertsClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ limit: 200, ...query, cursor })),
    get: (id, options) => transport.call('GET', at(id), options),
    folded: (id, query, options) => transport.call('GET', at(id, 'folded'), { query, ...options }),
    resend: (id, options) => transport.call('POST', at(id, 'resend'), options),
  };
}

export interface AlertChannelsClient {
  /** With the JSON Schema of their settings. */
  types(options?: CallOptions): Promise<AlertChannelTypePage>;
  list(query?: PageQuery, options?: CallOptions): Promise<AlertChannelPage>;
  all(): AsyncGenerator<AlertChannelView, void, undefined>;
  get(channel: string, options?: CallOptions): Promise<AlertChannelView>;
  create(body: AlertChannelCreate, options?: PostOptions): Promise<AlertChannelView>;
  /** Settings as a whole; secrets that are left out stay. */
  update(channel: string, change: AlertChannelChange, options?: CallOptions): Promise<AlertChannelView>;
  /** Sends a test: `alerts.get` of the id shows what came of it. */
  test(channel: string, options?: PostOptions): Promise<AlertTestAnswer>;
  /** Refused while alert groups use it. */
  delete(channel: string, options?: CallOptions): Promise<void>;
}

export function createAlertChannelsClient(transport: Transport): AlertChannelsClient {
  const at = (...rest: string[]) => pathOf('alert-channels', ...rest);
  const list: AlertChannelsClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    types: (options) => transport.call('GET', at('types'), options),
    list,
    all: () => eachItem((cursor) => list({ limit: 200, cursor })),
    get: (channel, options) => transport.call('GET', at(channel), options),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (channel, json, options) => transport.call('PATCH', at(channel), { json, ...options }),
    test: (channel, options) => transport.call('POST', at(channel, 'test'), options),
    delete: (channel, options) => transport.call('DELETE', at(channel), options),
  };
}

export interface AlertGroupsClient {
  list(query?: PageQuery, options?: CallOptions): Promise<AlertGroupPage>;
  all(): AsyncGenerator<AlertGroupView, void, undefined>;
  get(group: string, options?: CallOptions): Promise<AlertGroupView>;
  create(body: AlertGroupCreate, options?: PostOptions): Promise<AlertGroupView>;
  update(group: string, change: AlertGroupChange, options?: CallOptions): Promise<AlertGroupView>;
  /** @returns which workflows name it still. */
  delete(group: string, options?: CallOptions): Promise<AlertGroupDeleted>;
}

export function createAlertGroupsClient(transport: Transport): AlertGroupsClient {
  const at = (...rest: string[]) => pathOf('alert-groups', ...rest);
  const list: AlertGroupsClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    list,
    all: () => eachItem((cursor) => list({ limit: 200, cursor })),
    get: (group, options) => transport.call('GET', at(group), options),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (group, json, options) => transport.call('PATCH', at(group), { json, ...options }),
    delete: (group, options) => transport.call('DELETE', at(group), options),
  };
}
