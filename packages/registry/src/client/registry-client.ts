/** The registry as one client of it sees it: data, locks, subscriptions, and whether it is connected. */
import { AppError, type Clock, toAppError } from '@vaquita/core';
import { checkDataKey, checkPath } from '../keys.ts';
import type { Actor, Belongings, ClientId, DataEntry, Fence, LockHolder, RegistryStore } from '../registry-store.ts';
import type { EventFeed } from '../server/event-feed.ts';
import type { Pulse } from '../server/pulse.ts';
import type { ConnectionState, Session, StateListener } from '../server/session.ts';
import type { RegistryLog } from '../settings.ts';
import { createEphemerals } from './ephemerals.ts';
import { createLocks, type Lock, type LockOptions, type WaitOptions } from './locks.ts';
import {
  createSubscriptions,
  type Listener,
  type SubscribeOptions,
  type Subscription,
  type Subscriptions,
} from './subscriptions.ts';

export interface ChangeOptions {
  /** A lock under which the change is made: `fenced` unless this client still holds it, in this term. */
  readonly fence?: Fence;
  /** The version the datum must have for the change to be made; 0: there must be none. */
  readonly ifVersion?: number;
}

export interface PutOptions extends ChangeOptions {
  /** It goes with the session of this client. */
  readonly ephemeral?: boolean;
}

export interface RegistryClient {
  readonly id: ClientId;
  readonly name: string;
  readonly state: ConnectionState;
  readonly isConnected: boolean;
  /** Keys of its ephemeral data, those of a session that was resumed among them. */
  readonly ownKeys: readonly string[];
  /** @throws AppError `session_expired`, `fenced`, `conflict`, `too_large`, `bad_request` */
  put(key: string, value: string, options?: PutOptions): Promise<{ readonly version: number }>;
  /** @throws AppError `not_found` */
  get(key: string): Promise<string>;
  /** @returns false when there was nothing. @throws as `put` */
  delete(key: string, options?: ChangeOptions): Promise<boolean>;
  exists(key: string): Promise<boolean>;
  /** The next parts of the keys below the path, in order, once each. */
  children(path: string): Promise<readonly string[]>;
  /** Everything at and below the path, and the event from which on a subscription misses nothing of what comes next. */
  list(path: string): Promise<{ readonly entries: readonly DataEntry[]; readonly eventId: number }>;
  /** Waits for the lock. Null when it could not be had in `waitMs`, or is not wanted any more. */
  acquireLock(key: string, options?: WaitOptions): Promise<Lock | null>;
  /** Null while somebody else holds it, or this client is not connected. */
  tryLock(key: string, options?: LockOptions): Promise<Lock | null>;
  /** @throws AppError `lock_not_held` */
  releaseLock(key: string, options?: LockOptions): Promise<void>;
  lockHolder(key: string): Promise<LockHolder | null>;
  /** Tells every change at and below the path, in order, each at least once. @throws AppError `session_expired`, `conflict` */
  subscribe(path: string, listener: Listener, options?: SubscribeOptions): Promise<Subscription>;
  /** @returns how to stop. */
  onConnectionState(listener: StateListener): () => void;
  /** It was heard from. Only of clients that do not beat by themselves. */
  touch(): void;
  /** Leaves it to its timeout, or to whoever resumes its session. */
  abandon(): void;
  /** Everything it has in the registry goes at once. */
  close(): Promise<void>;
}

/** What stays with the server part. */
export interface OpenClient {
  readonly client: RegistryClient;
  readonly moved: Subscriptions['moved'];
  /** After a heartbeat. */
  settle(): void;
}

export interface RegistryClientDeps {
  readonly store: RegistryStore;
  readonly session: Session;
  readonly pulse: Pulse;
  readonly feed: EventFeed;
  readonly clock: Clock;
  readonly log: RegistryLog;
  readonly lockPollMs: number;
  readonly belongings: Belongings | null;
  readonly closed: () => void;
}

/** The registry coordinates; files and results have other places. */
const MAX_VALUE_LENGTH = 256 * 1024;

export function openRegistryClient(deps: RegistryClientDeps): OpenClient {
  const { store, session, pulse, feed, clock } = deps;
  const { id, name } = session.identity;
  const ephemerals = createEphemerals(store.data, deps.log);
  const locks = createLocks({ table: store.locks, session, feed, clock, pollMs: deps.lockPollMs });
  const subscriptions = createSubscriptions({ table: store.events, session, feed });
  for (const { key, value } of deps.belongings?.data ?? []) ephemerals.remember(key, value);
  locks.adopt(deps.belongings?.locks ?? []);
  session.restore = async () => {
    await subscriptions.putBack();
    await ephemerals.putBack(session.actor);
    feed.stir();
  };

  /** Runs a change in the present session, and hears of it when that one is over. */
  async function change<T>(work: (actor: Actor) => Promise<T>): Promise<T> {
    const { actor } = session;
    if (!session.holds) {
      throw new AppError(
        'session_expired',
        `The client ${name} is ${session.state} from the registry; try again later.`,
      );
    }
    try {
      return await work(actor);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'session_expired' && session.actor === actor) session.lost(error.message);
      throw error;
    }
  }

  async function put(key: string, value: string, { ephemeral = false, fence, ifVersion }: PutOptions = {}) {
    checkDataKey(key);
    if (value.length > MAX_VALUE_LENGTH) {
      throw new AppError(
        'too_large',
        `The value of ${key} has ${value.length} characters; at most ${MAX_VALUE_LENGTH} are kept.`,
      );
    }
    const kind = ephemeral ? 'ephemeral' : 'persistent';
    const { version, eventId } = await change(async (actor) => {
      const stored = await store.data.put(actor, { key, value, kind, fence, ifVersion });
      // It went with the session it was put in, and the next one has not been told of it.
      if (ephemeral && session.actor !== actor)
        throw new AppError('session_expired', `${key} went with a lost session.`);
      if (ephemeral) ephemerals.remember(key, value);
      return stored;
    });
    feed.announce(eventId);
    return { version };
  }

  function close(): void {
    locks.close();
    subscriptions.close();
    pulse.drop(session);
    deps.closed();
  }

  const client: RegistryClient = {
    id,
    name,
    get state() {
      return session.state ?? 'disconnected';
    },
    get isConnected() {
      return session.state === 'connected' || session.state === 'reconnected';
    },
    get ownKeys() {
      return ephemerals.keys;
    },
    put,
    async get(key) {
      const entry = await store.data.get(checkDataKey(key));
      if (!entry) throw new AppError('not_found', `There is nothing at ${key} in the registry.`);
      return entry.value;
    },
    async delete(key, { fence, ifVersion } = {}) {
      checkDataKey(key);
      const eventId = await change((actor) => store.data.remove(actor, { key, fence, ifVersion }));
      ephemerals.forget(key);
      if (eventId !== null) feed.announce(eventId);
      return eventId !== null;
    },
    exists: async (key) => (await store.data.get(checkDataKey(key))) !== undefined,
    children: async (path) => store.data.children(checkPath(path)),
    list: async (path) => store.data.list(checkPath(path)),
    acquireLock: locks.acquire,
    tryLock: locks.tryLock,
    releaseLock: locks.release,
    lockHolder: (key) => store.locks.holder(key),
    subscribe: (path, listener, options) => change(() => subscriptions.subscribe(path, listener, options)),
    onConnectionState: session.onState,
    touch: () => pulse.touch(session),
    abandon() {
      session.close();
      close();
    },
    async close() {
      if (session.state === 'closed') return;
      const { actor } = session;
      session.close();
      close();
      await store.clients.leave(actor);
      feed.stir();
    },
  };
  return { client, moved: subscriptions.moved, settle: locks.settle };
}
