/**
 * What the registry keeps, as a port in four parts. Every call is one atomic step, and times are those of the database,
 * so that servers whose clocks differ agree on who is dead.
 *
 * T1 A client is dead from the moment at which its session timeout has passed since its last heartbeat, whether somebody has
 *    buried it or not: from then on it can neither beat nor change anything in that session.
 * T2 A registration has a session of its own. Whoever still acts in an earlier one is refused.
 * T3 A change and its events are one step, and ids of events follow the order of the changes without a gap.
 * T4 With a client go its ephemeral data, its locks and its cursors, in one step, with an event for each datum and lock.
 * T5 The epoch of a lock only grows, also across release and death.
 */
import type { ServerId, WorkerId } from '@vaquita/core';

export type ClientId = ServerId | WorkerId;
export type ClientKind = 'server' | 'worker';

/** Who acts: a client, in one of its sessions. */
export interface Actor {
  readonly id: ClientId;
  /** Another one with each registration. */
  readonly session: string;
}

export interface Registration extends Actor {
  readonly name: string;
  readonly kind: ClientKind;
  readonly heartbeatIntervalMs: number;
  /** Silence after which the client is dead and everything it held is released. */
  readonly sessionTimeoutMs: number;
  /** Whatever helps a person to see who this is. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface RegistryStore {
  readonly clients: ClientTable;
  readonly locks: LockTable;
  readonly data: DataTable;
  readonly events: EventTable;
}

/** A client is looked at often for so long after it has come, or was late. */
export const SETTLE_MS = 60_000;
/** A heartbeat that comes later than so many intervals after the one before is late. */
export const LATE_AFTER_INTERVALS = 2.5;

export interface ClientTable {
  /**
   * Adds the client, alive from now. What the tables have of an earlier session of this id goes as with a dead client (T4);
   * likewise what they have of its predecessor, a client of the same kind that is known to be gone.
   * @throws AppError `conflict` when a client of another kind has the id: nobody buries that by its name.
   */
  register(registration: Registration, predecessor?: ClientId | null): Promise<void>;
  /** Goes on with the client as it is, in a new session. Null when there is none alive: then register. */
  resume(registration: Registration): Promise<Belongings | null>;
  /** Keeps clients alive and moves cursors forward. @returns those whose session is over (T1, T2). */
  beat(pulse: Pulse): Promise<readonly SessionOver[]>;
  /** The client and all it has go at once (T4). Nothing happens when its session is over. */
  leave(actor: Actor): Promise<void>;
  /** A glance at all clients together. Costs the same however many there are. */
  look(): Promise<Look>;
  /** Buries at most `limit` clients that were dead at that moment of the database's clock. @returns who they were. */
  bury(deadAt: number, limit: number): Promise<readonly ClientId[]>;
  /** The database's clock was turned back: nobody may seem alive for longer than its timeout from now. */
  restamp(): Promise<void>;
}

export interface SessionOver {
  readonly id: ClientId;
  /** Somebody has registered or resumed the client since, and is alive in its place. */
  readonly replaced: boolean;
}

export interface Pulse {
  readonly actors: readonly Actor[];
  readonly cursors: readonly Cursor[];
}

export interface Cursor extends SubscriptionKey {
  readonly actor: Actor;
  /** The last event that was handled. */
  readonly lastEventId: number;
}

/** What a client has in the tables. */
export interface Belongings {
  readonly data: readonly Pick<DataEntry, 'key' | 'value'>[];
  readonly locks: readonly { readonly key: string; readonly owner: string; readonly epoch: number }[];
}

/** Moments by the database's clock; null where there is no client. */
export interface Look {
  readonly now: number;
  readonly firstExpiry: number | null;
  readonly lastExpiry: number | null;
  /** When the last client that is young or was late counts as settled. */
  readonly unsettledUntil: number | null;
  readonly shortestTimeoutMs: number | null;
  readonly longestTimeoutMs: number | null;
  readonly servers: number;
  /** The newest event; 0 before the first. */
  readonly head: number;
}

export interface LockHolder {
  readonly clientId: ClientId;
  /** Name of the client. */
  readonly name: string;
  /** Who it is within the client. */
  readonly owner: string;
  readonly epoch: number;
}

export type LockClaim =
  | { readonly taken: true; readonly epoch: number; readonly eventId: number }
  /** `freeInMs`: when its holder is dead, should nothing more be heard of it; null when it is not known. */
  | { readonly taken: false; readonly holder: LockHolder | null; readonly freeInMs: number | null };

export interface LockTable {
  /**
   * Takes the lock unless another client that is alive holds it: the claim is the conflict. Who holds it already begins a new
   * term: the answer to an earlier claim may have been lost.
   * @throws AppError `session_expired`
   */
  take(actor: Actor, key: string, owner: string): Promise<LockClaim>;
  /** @param epoch null: whatever the term is. @returns the id of the event; null when the client does not hold it so. */
  release(actor: Actor, key: string, epoch: number | null): Promise<number | null>;
  /** Who holds the lock and is alive. */
  holder(key: string): Promise<LockHolder | null>;
}

export type DataKind = 'ephemeral' | 'persistent';

export interface DataEntry {
  readonly key: string;
  readonly value: string;
  readonly kind: DataKind;
  /** Of ephemeral data: with whom they go. */
  readonly clientId: ClientId | null;
  /** 1 when it was added, one more with each change. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A lock that must be held, in this term, for a change to be made. */
export interface Fence {
  readonly key: string;
  readonly epoch: number;
}

export interface DataChange {
  readonly key: string;
  readonly fence?: Fence | undefined;
  /** The version the datum must have; 0: there must be none. */
  readonly ifVersion?: number | undefined;
}

export interface NewDatum extends DataChange {
  readonly value: string;
  readonly kind: DataKind;
}

export interface DataTable {
  /**
   * The kind of a datum stays as it was added; ephemeral data are changed by their client alone while it is alive.
   * @throws AppError `session_expired`, `fenced`, `conflict`
   */
  put(actor: Actor, datum: NewDatum): Promise<{ readonly version: number; readonly eventId: number }>;
  /** @returns the id of the event; null when there was nothing. @throws as `put` */
  remove(actor: Actor, change: DataChange): Promise<number | null>;
  get(key: string): Promise<DataEntry | undefined>;
  /** The next part of every key below the path, once each. */
  children(path: string): Promise<readonly string[]>;
  /** Everything at and below the path, and the newest event that is in it: from there on a subscriber misses nothing. */
  list(path: string): Promise<{ readonly entries: readonly DataEntry[]; readonly eventId: number }>;
}

export type ChangeType = 'added' | 'updated' | 'removed';

export interface RegistryEvent {
  readonly id: number;
  readonly type: ChangeType;
  readonly key: string;
  /** What the key holds from then on; of a removal what it held last. Of a lock: its owner and epoch, as JSON. */
  readonly value: string;
  /** Who has changed it. */
  readonly clientId: ClientId | null;
  readonly at: number;
}

export interface SubscriptionKey {
  readonly path: string;
  /** Tells apart several subscriptions of a client to one path. */
  readonly name: string;
}

export interface Retention {
  /** Events younger than this stay. */
  readonly keepMs: number;
  /** Older ones stay as long as a cursor stands before them, and at most so long. */
  readonly keepAtMostMs: number;
}

export interface EventTable {
  after(id: number, limit: number): Promise<readonly RegistryEvent[]>;
  /** The newest event's id; 0 before the first. The newest event is never purged. */
  head(): Promise<number>;
  /**
   * Makes or moves a cursor. @param from the last event that needs no telling; null: where the cursor stands, else the newest.
   * @returns where it stands now: never beyond the newest event. @throws AppError `session_expired`
   */
  subscribe(actor: Actor, subscription: SubscriptionKey, from: number | null): Promise<number>;
  unsubscribe(actor: Actor, subscription: SubscriptionKey): Promise<void>;
  /** @returns how many events were removed, always the oldest. */
  purge(retention: Retention): Promise<number>;
}
