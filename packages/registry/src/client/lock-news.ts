/** Hears from the events of locks that one is free. Nothing relies on it: who waits for a lock tries again by itself too. */
import { LOCKS } from '../keys.ts';
import type { EventFeed } from '../server/event-feed.ts';
import type { Follower } from '../server/follower.ts';

export interface LockNews {
  /** Whether anybody waits. */
  expect(anybody: boolean): void;
  close(): void;
}

export function createLockNews(feed: EventFeed, freed: (key: string) => void): LockNews {
  let follower: Follower | undefined;

  function stop(): void {
    follower?.stop();
    follower = undefined;
  }

  return {
    expect(anybody) {
      if (!anybody) stop();
      else
        follower ??= feed.follow({
          path: LOCKS,
          handle(news) {
            if (news.type === 'removed') freed(news.key);
          },
        });
    },
    close: stop,
  };
}
