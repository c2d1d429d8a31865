/**
 * The record of changes for everybody who follows it in this process: finds out that there is something new, and reads it once
 * for those who stand at the same place. A hint may get lost; then the next poll or look finds what it was about.
 */
import type { Clock, TimerHandle } from '@vaquita/core';
import type { RegistryEvent, RegistryStore } from '../registry-store.ts';
import type { RegistryLog, RegistrySettings } from '../settings.ts';
import { type Follower, type FollowOptions, startFollower } from './follower.ts';

export interface EventFeed {
  /** @param from the last event that needs no telling; left out: the newest one known of. */
  follow(options: Omit<FollowOptions, 'from'> & { readonly from?: number }): Follower;
  /** There is an event with this id. */
  announce(id: number): void;
  /** There may be new events. */
  stir(): void;
  /** Whether other servers may write events of which nobody here is told. */
  expectOthers(present: boolean): void;
  close(): void;
}

export interface EventFeedDeps {
  readonly store: Pick<RegistryStore, 'events'>;
  readonly clock: Clock;
  readonly log: RegistryLog;
  readonly settings: RegistrySettings;
}

export function createEventFeed({ store, clock, log, settings }: EventFeedDeps): EventFeed {
  const { events } = store;
  const followers = new Set<Follower>();
  /** Reads under way, by the event after which they begin. */
  const reads = new Map<number, Promise<readonly RegistryEvent[]>>();
  let head = 0;
  let others = false;
  let asking = false;
  let timer: TimerHandle | undefined;
  let closed = false;

  function announce(id: number): void {
    if (id <= head) return;
    head = id;
    for (const follower of [...followers]) follower.wake();
  }

  function stir(): void {
    if (asking || closed || followers.size === 0) return;
    asking = true;
    events
      .head()
      .then(announce, () => {})
      .finally(() => {
        asking = false;
      });
  }

  function planPoll(): void {
    if (timer !== undefined || closed || !others || followers.size === 0) return;
    timer = clock.setTimeout(() => {
      timer = undefined;
      stir();
      planPoll();
    }, settings.eventPollMs);
  }

  function readAfter(position: number): Promise<readonly RegistryEvent[]> {
    let read = reads.get(position);
    if (read === undefined) {
      read = events.after(position, settings.eventPage).finally(() => reads.delete(position));
      reads.set(position, read);
    }
    return read;
  }

  return {
    follow(options) {
      const follower = startFollower({ from: head, ...options }, { clock, log, settings, head: () => head, readAfter });
      followers.add(follower);
      planPoll();
      stir();
      return {
        get position() {
          return follower.position;
        },
        wake: follower.wake,
        pause: follower.pause,
        resume: follower.resume,
        stop() {
          followers.delete(follower);
          follower.stop();
        },
      };
    },
    announce,
    stir,
    expectOthers(present) {
      others = present;
      planPoll();
    },
    close() {
      closed = true;
      if (timer !== undefined) clock.clearTimeout(timer);
      for (const follower of followers) follower.stop();
      followers.clear();
    },
  };
}
