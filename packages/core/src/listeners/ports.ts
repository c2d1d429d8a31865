/**
 * What stands between the record of events and the listeners: a log that events are put into in order, and that is read
 * for each instance from where it is. The leader makes it anew for each of its terms.
 */
import type { ProjectId } from '../identity/ids.ts';
import type { ListenerEvent, ListenerEventType } from './event.ts';

export interface ListenerBatch {
  /** In order of `seq`, each above the position before. */
  readonly events: readonly ListenerEvent[];
  /** The record has been read up to here. Not below the last of the events. */
  readonly position: number;
}

export interface ListenerEventProducer {
  /** Up to where the record has been read and all of it that matters is kept; null: it has never been begun. */
  position(): Promise<number | null>;
  /**
   * Keeps the events and the position, for good when it resolves. Doing it again, wholly or from any place on, changes
   * nothing: an event is known by its `seq`, and a position never goes back.
   * @throws AppError: nothing, or a part from the beginning, was kept. `fenced`: the term is over.
   */
  append(batch: ListenerBatch): Promise<void>;
}

/** Which events an instance hears. */
export interface ListenerSelection {
  readonly types: readonly ListenerEventType[];
  /** Null: of every project, and of none. */
  readonly project: ProjectId | null;
}

export interface ListenerEventConsumer {
  /** The next events of the selection after `seq`, in order. */
  next(
    selection: ListenerSelection & { readonly after: number; readonly limit: number },
  ): Promise<readonly ListenerEvent[]>;
  /** What of the selection lies after `seq`, counted up to 10,000, and when the first of it happened. */
  waiting(selection: ListenerSelection & { readonly after: number }): Promise<ListenerBacklog>;
}

export interface ListenerBacklog {
  readonly events: number;
  /** Null: nothing waits. */
  readonly oldestAt: number | null;
}

/** The bound of `waiting`. */
export const MAX_COUNTED_BACKLOG = 10_000;

export interface ListenerEventKeeper {
  /** Of all that is kept. */
  weight(): Promise<{ readonly events: number; readonly bytes: number }>;
  /**
   * Looks at the next `limit` events from `after` on and removes those that happened before the moment and that no
   * enabled instance has yet to hear. `next`: where to go on; null: at the end.
   */
  removeHeard(options: {
    readonly after: number;
    readonly before: number;
    readonly limit: number;
  }): Promise<{ readonly removed: number; readonly next: number | null }>;
}

/** Everything of one store of listener events. */
export interface ListenerLog {
  readonly producer: ListenerEventProducer;
  readonly consumer: ListenerEventConsumer;
  readonly keeper: ListenerEventKeeper;
}
