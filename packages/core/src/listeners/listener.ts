/** Listener plugins and their configured uses, as they are stored. Times are epoch milliseconds. */
import type { Id, ProjectId } from '../identity/ids.ts';
import type { ListenerEventType } from './event.ts';

export type ListenerPluginId = Id<'listener-plugin'>;
export type ListenerInstanceId = Id<'listener-instance'>;

/** A plugin that somebody has installed; built-in ones have no row. */
export interface ListenerPluginRow {
  readonly id: ListenerPluginId;
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly origin: 'package' | 'uploaded';
  readonly packageName: string | null;
  /** JSON Schema of what an instance is told. */
  readonly settingsSchema: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly enabled: boolean;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ListenerInstanceRow {
  readonly id: ListenerInstanceId;
  readonly name: string;
  readonly plugin: string;
  /** JSON, sealed. */
  readonly settings: string;
  readonly eventTypes: readonly ListenerEventType[];
  readonly projectId: ProjectId | null;
  readonly enabled: boolean;
  readonly cursor: number;
  /** Up to here it was passed over: it was not made yet, switched off, or told to listen to something else. */
  readonly listensFrom: number;
  readonly blockedSeq: number | null;
  /** Tries of the event that blocks it. */
  readonly attempt: number;
  readonly nextAttemptAt: number | null;
  readonly reason: string | null;
  readonly blockedSince: number | null;
  readonly lastDeliveredAt: number | null;
  readonly delivered: number;
  readonly skipped: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
