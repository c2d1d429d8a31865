/** The registry as an operator sees it: what the tables hold, how much of it, and whether it fits together. */
import type { ClientId, ClientKind, DataEntry, RegistryEvent } from './registry-store.ts';

export interface ClientState {
  readonly id: ClientId;
  readonly name: string;
  readonly kind: ClientKind;
  /** False: its session timeout is over, and it has not been buried yet. */
  readonly online: boolean;
  readonly heartbeatIntervalMs: number;
  readonly sessionTimeoutMs: number;
  readonly config: Readonly<Record<string, unknown>>;
  readonly lastHeartbeatAt: number;
  readonly expiresAt: number;
  readonly createdAt: number;
}

export interface LockState {
  readonly key: string;
  /** Null while nobody holds it. */
  readonly clientId: ClientId | null;
  readonly clientName: string | null;
  /** Who it is within the client; of a lock that is free, who it was last. */
  readonly owner: string;
  readonly epoch: number;
  readonly acquiredAt: number;
}

export interface RegistryFigures {
  /** Of those that are alive. */
  readonly clients: Readonly<Record<ClientKind, number>>;
  /** Rows by table. */
  readonly rows: Readonly<Record<'clients' | 'data' | 'locks' | 'events' | 'subscribers', number>>;
  /** How far the slowest subscriber is behind the newest event; 0 when there is none, or all have caught up. */
  readonly lagIds: number;
  /** How long ago the first event happened that it has not heard of. */
  readonly lagMs: number;
}

/** What can be wrong, and never is unless somebody else has written to the tables or the database was damaged. */
export type FindingKind =
  | 'data_without_client'
  | 'lock_without_client'
  | 'cursor_without_client'
  | 'cursor_ahead'
  | 'event_gap';

export interface Finding {
  readonly kind: FindingKind;
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly string[];
}

/** The next rows after a key, which is the last one of the page before. */
export interface Stretch<Key> {
  readonly after: Key | null;
  readonly limit: number;
}

export interface RegistryInspection {
  /** By id. */
  clients(stretch: Stretch<string>): Promise<readonly ClientState[]>;
  /** By key, at and below the path. */
  data(path: string, stretch: Stretch<string>): Promise<readonly DataEntry[]>;
  /** By key. */
  locks(stretch: Stretch<string>): Promise<readonly LockState[]>;
  /** Newest first: `after` is the id of an event, older ones follow. */
  events(path: string, stretch: Stretch<number>): Promise<readonly RegistryEvent[]>;
  figures(): Promise<RegistryFigures>;
  findings(): Promise<readonly Finding[]>;
  /** Puts right what `findings` would find, in one step, with an event for each datum and lock that goes. */
  repair(): Promise<void>;
}
