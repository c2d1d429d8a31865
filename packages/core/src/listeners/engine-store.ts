/**
 * What the leader's listener engine asks of a store. Whatever it writes names the epoch of the term.
 * @throws AppError `fenced` then, in every verb that takes an epoch, when the term is over: nothing was written.
 */
import type { NewAlert } from '../alerts/alert.ts';
import type { Epoch } from '../identity/ids.ts';
import type { ListenerEvent } from './event.ts';
import type { RelayedRow } from './from-record.ts';
import type { ListenerInstanceId, ListenerInstanceRow } from './listener.ts';
import type { ListenerLog, ListenerSelection } from './ports.ts';

export interface ListenerEngineStore extends ListenerProgress {
  readonly record: EventRecord;
  /** Where events are kept beside everything else. */
  openLog(epoch: Epoch): ListenerLog;
  /**
   * Says how far the record has been read: what lies after is not removed. For logs that are kept elsewhere; the one of
   * `openLog` says so itself.
   */
  markRead(epoch: Epoch, position: number): Promise<void>;
  /**
   * Files the alert unless the newest of its subject says the same, open or resolved; without any, it is resolved.
   * @returns whether it was filed.
   */
  fileAlert(epoch: Epoch, alert: NewAlert): Promise<boolean>;
}

/** The append-only record of what happened, as the relay reads it. */
export interface EventRecord {
  latestSeq(): Promise<number>;
  /** Looks at the next `limit` rows after `seq`. `position`: the last of them; `seq` itself when there is none. */
  page(
    seq: number,
    limit: number,
  ): Promise<{ readonly rows: readonly RelayedRow[]; readonly position: number; readonly isEnd: boolean }>;
}

/** An enabled instance, and the plugin it uses. */
export interface EnabledListener extends ListenerInstanceRow {
  /** Null: nobody has installed one of that name. */
  readonly installed: { readonly enabled: boolean; readonly digest: string } | null;
}

/** How far each instance is. What it changes of one that has been deleted or moved on meanwhile, it does not change. */
export interface ListenerProgress {
  enabled(): Promise<readonly EnabledListener[]>;
  /** Of an installed plugin, by name. */
  code(plugin: string): Promise<string | undefined>;
  /** The instance has dealt with the event and all before it. */
  heard(epoch: Epoch, id: ListenerInstanceId, delivery: { readonly seq: number; readonly at: number }): Promise<void>;
  /**
   * Nothing up to `seq` is for the instance as it was read: from there on it goes on. Changes nothing when it has been
   * blocked, moved on or given other events to hear since.
   */
  passed(
    epoch: Epoch,
    instance: Pick<ListenerInstanceRow, 'id' | 'cursor' | 'eventTypes' | 'projectId'>,
    seq: number,
  ): Promise<void>;
  /** The event blocks the instance. */
  failed(epoch: Epoch, id: ListenerInstanceId, failure: ListenerFailure): Promise<void>;
  /**
   * Forgets failures that ended before the moment, up to `limit` of them; never one whose event is kept here still: it
   * says what became of it. @returns how many.
   */
  forgetFailures(epoch: Epoch, options: { readonly before: number; readonly limit: number }): Promise<number>;
}

export interface ListenerFailure {
  readonly seq: number;
  /** Tries so far. */
  readonly attempt: number;
  readonly reason: string;
  readonly at: number;
  readonly nextAttemptAt: number;
}

export function selectionOf({
  eventTypes,
  projectId,
}: Pick<ListenerInstanceRow, 'eventTypes' | 'projectId'>): ListenerSelection {
  return { types: eventTypes, project: projectId };
}

/** Whether the instance is still to hear of the event. */
export function isToHear(
  { cursor, eventTypes, projectId }: Pick<ListenerInstanceRow, 'cursor' | 'eventTypes' | 'projectId'>,
  { seq, type, project }: Pick<ListenerEvent, 'seq' | 'type' | 'project'>,
): boolean {
  return cursor < seq && eventTypes.includes(type) && (projectId === null || projectId === project?.id);
}
