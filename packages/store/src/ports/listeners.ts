/** What people ask of listeners: plugins, instances, and what became of their events. */
import type {
  ListenerEvent,
  ListenerEventType,
  ListenerInstanceId,
  ListenerInstanceRow,
  ListenerPluginId,
  ListenerPluginRow,
  ProjectId,
} from '@vaquita/core';
import type { PageRequest } from './api.ts';
import type { Page } from './master.ts';

export interface ListenerStore {
  readonly plugins: ListenerPluginStore;
  readonly instances: ListenerInstanceStore;
}

export interface ListenerPluginStore {
  /** By name. */
  list(): Promise<readonly ListenerPluginRow[]>;
  /** By id or by name. */
  find(idOrName: string): Promise<ListenerPluginRow | undefined>;
  /** @throws AppError `name_in_use`. */
  install(row: ListenerPluginRow, code: string): Promise<void>;
  /** @throws AppError `not_found`. */
  update(
    id: ListenerPluginId,
    change: Partial<Pick<ListenerPluginRow, 'title' | 'version' | 'settingsSchema' | 'digest' | 'enabled'>> & {
      readonly code?: string;
      readonly at: number;
    },
  ): Promise<void>;
  /** @throws AppError `not_found`; `conflict`, naming the instances, while some use it. */
  uninstall(id: ListenerPluginId): Promise<void>;
}

/** What somebody decides about an instance; the rest of the row follows. */
export type NewListenerInstance = Pick<
  ListenerInstanceRow,
  'id' | 'name' | 'plugin' | 'settings' | 'eventTypes' | 'projectId' | 'enabled' | 'createdAt'
>;

export interface ListenerInstanceStore {
  /** By name. */
  list(page: PageRequest): Promise<Page<ListenerInstanceRow>>;
  /** By id or by name. */
  find(idOrName: string): Promise<ListenerInstanceRow | undefined>;
  /** It begins with what happens from now on. @throws AppError `name_in_use`. */
  create(row: NewListenerInstance): Promise<void>;
  /** One that is switched on begins with what happens from now on. @throws AppError `not_found`, `name_in_use`. */
  update(
    id: ListenerInstanceId,
    change: {
      readonly name?: string;
      readonly settings?: string;
      readonly eventTypes?: readonly ListenerEventType[];
      readonly projectId?: ProjectId | null;
      readonly enabled?: boolean;
      readonly at: number;
    },
  ): Promise<void>;
  /**
   * How many events it has not heard up to now, as far as the record still holds them: what it passes over when it is
   * switched on. Looks at 100,000 rows of the record, and counts up to 10,000. 0 when there is no such instance.
   */
  unheard(id: ListenerInstanceId): Promise<number>;
  /** With what is known of its failures. @throws AppError `not_found`. */
  delete(id: ListenerInstanceId): Promise<void>;
  /** Goes on after the event that blocks it. @throws AppError `conflict`: this one does not block it. */
  skip(id: ListenerInstanceId, skip: { readonly seq: number; readonly by: string; readonly at: number }): Promise<void>;
  /** Has the event that blocks it tried now. @throws AppError `conflict`: none does. */
  retry(id: ListenerInstanceId, at: number): Promise<void>;
  /** What it has yet to hear, oldest first; of all other kinds the newest first. */
  events(id: ListenerInstanceId, status: ListenerEventStatus, page: PageRequest): Promise<Page<HeardEvent>>;
}

export const LISTENER_EVENT_STATUSES = ['waiting', 'failed', 'delivered', 'skipped'] as const;
/** `failed`: it blocks the instance. */
export type ListenerEventStatus = (typeof LISTENER_EVENT_STATUSES)[number];

export interface HeardEvent {
  readonly event: ListenerEvent;
  /** Null: no try has failed. */
  readonly failure: {
    readonly attempts: number;
    readonly reason: string;
    readonly firstAt: number;
    readonly lastAt: number;
    readonly skippedBy: string | null;
  } | null;
}
