/**
 * What one client listens to. Its cursors are rows: they survive this process for as long as the session of the client
 * does, and a lost session gets them back from memory.
 *
 * C1 A cursor stands at an event only when the listener is done with it and with all before it.
 * C2 While the session is over nothing is told; afterwards it goes on where it stood.
 */
import { AppError } from '@vaquita/core';
import { checkPath } from '../keys.ts';
import type { EventTable, SubscriptionKey } from '../registry-store.ts';
import type { EventFeed } from '../server/event-feed.ts';
import type { Follower, RegistryNews } from '../server/follower.ts';
import type { MovedCursor } from '../server/pulse.ts';
import type { Session } from '../server/session.ts';

/** Rejects, or throws, to get the same again. Switch over `type`: `missed` means that what is there has to be read afresh. */
export type Listener = (news: RegistryNews) => void | Promise<void>;

export interface SubscribeOptions {
  /** Tells events after this one; by default those after the call, or after the cursor of a session that was resumed. */
  readonly fromEventId?: number;
  /** Tells apart several subscriptions of the client to one path. */
  readonly name?: string;
}

export interface Subscription {
  readonly path: string;
  /** The last event that is dealt with (C1). */
  readonly lastEventId: number;
  close(): Promise<void>;
}

export interface Subscriptions {
  /** @throws AppError `session_expired`, `conflict` when the client has this subscription already. */
  subscribe(path: string, listener: Listener, options?: SubscribeOptions): Promise<Subscription>;
  moved(): readonly MovedCursor[];
  /** Makes the cursors of a new session. */
  putBack(): Promise<void>;
  close(): void;
}

interface Open extends SubscriptionKey {
  readonly follower: Follower;
  /** Where the row stands. */
  written: number;
}

/** Most clients listen to nothing, and all are asked at every tick. */
const NONE: readonly MovedCursor[] = [];

export interface SubscriptionsDeps {
  readonly table: EventTable;
  readonly session: Session;
  readonly feed: EventFeed;
}

export function createSubscriptions({ table, session, feed }: SubscriptionsDeps): Subscriptions {
  const open = new Map<string, Open>();
  const opening = new Set<string>();

  session.onState((state) => {
    for (const { follower } of open.values()) {
      if (state === 'disconnected' || state === 'closed') follower.pause();
      else follower.resume();
    }
  });

  async function subscribe(path: string, listener: Listener, { fromEventId, name = '' }: SubscribeOptions = {}) {
    const subscription = { path: checkPath(path), name };
    const id = JSON.stringify([path, name]);
    if (open.has(id) || opening.has(id)) {
      throw new AppError('conflict', `The client already listens to ${path}; give the subscription another name.`);
    }
    opening.add(id);
    try {
      const from = await table.subscribe(session.actor, subscription, fromEventId ?? null);
      // A cursor from before a backup was put back: what it knows never happened here.
      const missedAfter = fromEventId !== undefined && from < fromEventId ? from : undefined;
      const follower = feed.follow({ path, from, missedAfter, handle: listener });
      const one: Open = { ...subscription, follower, written: from };
      open.set(id, one);
      return {
        path,
        get lastEventId() {
          return follower.position;
        },
        async close() {
          if (!open.delete(id)) return;
          follower.stop();
          if (session.holds) await table.unsubscribe(session.actor, subscription);
        },
      };
    } finally {
      opening.delete(id);
    }
  }

  function* movedCursors(): Generator<MovedCursor> {
    for (const one of open.values()) {
      const { path, name, follower } = one;
      const lastEventId = follower.position;
      if (lastEventId === one.written) continue;
      const written = () => {
        one.written = lastEventId;
      };
      yield { actor: session.actor, path, name, lastEventId, written };
    }
  }

  return {
    subscribe,
    moved: () => (session.holds && open.size > 0 ? [...movedCursors()] : NONE),
    async putBack() {
      for (const one of open.values()) {
        one.written = await table.subscribe(session.actor, one, one.follower.position);
      }
    },
    close() {
      for (const { follower } of open.values()) follower.stop();
      open.clear();
    },
  };
}
