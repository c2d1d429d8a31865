/**
 * What the registry keeps, as a port: who is alive, who holds which lock. Every call is one atomic step, and times are
 * those of the database, so that servers whose clocks differ agree on who is dead.
 */
import type { ServerId } from '@vaquita/core';

export interface RegistryClient {
  readonly id: ServerId;
  readonly name: string;
  readonly kind: 'server' | 'worker';
  readonly heartbeatIntervalMs: number;
  /** Silence after which the client is dead and everything it held is released. */
  readonly sessionTimeoutMs: number;
}

export interface LockHolder {
  readonly clientId: ServerId;
  readonly name: string;
  readonly epoch: number;
}

export interface RegistryStore {
  /** Adds the client, alive from now. A client of the same id is replaced, and what it held is released. */
  register(client: RegistryClient): Promise<void>;
  /** Keeps the client alive. False when it is not there any more: its session is over. */
  beat(id: ServerId): Promise<boolean>;
  /** Releases everything the client holds and forgets it. */
  deregister(id: ServerId): Promise<void>;
  /**
   * Buries the dead and takes the lock if nobody else alive holds it, in one step: the claim is the conflict. Who holds
   * it already begins a new term: the answer to an earlier claim may have been lost.
   * @returns the epoch of the new term, greater than any before it for this key; null while somebody holds it, or when
   * the client itself is not alive.
   */
  tryLock(key: string, id: ServerId): Promise<number | null>;
  /** Releases every lock of the client, and keeps the client. */
  releaseLocks(id: ServerId): Promise<void>;
  /** Who holds the lock and is alive. */
  holder(key: string): Promise<LockHolder | null>;
}
