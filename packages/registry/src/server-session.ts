/**
 * The life of one server in the registry: beats for it, takes locks for it, and says in time when it can no longer be
 * sure that it is alive in the eyes of the others.
 *
 * R1 A lock is held only between `tryLock` and the next `disconnected`, `release` or `close`.
 * R2 `disconnected` is told at the latest when the session timeout less a margin has passed since the last heartbeat
 *    that is known to be written was sent: before anybody else may bury this server.
 * R3 After `disconnected` whatever the tables still say this server holds is released before it is `connected` again,
 *    so that a lock is only ever held by who knows that it holds it.
 * R4 The epoch of a lock only grows, also across release and death.
 */
import { type Clock, type IdSource, type ServerId, type TimerHandle, toAppError } from '@vaquita/core';
import type { LockHolder, RegistryClient, RegistryStore } from './registry-store.ts';

export type SessionState = 'new' | 'connected' | 'suspended' | 'disconnected' | 'closed';

export interface ServerSession {
  readonly id: ServerId;
  readonly name: string;
  readonly state: SessionState;
  /** Registers. Throws when the registry cannot be written; try again later. */
  start(): Promise<void>;
  /** The epoch of the lock's new term; null while somebody else holds it or this session is not connected. */
  tryLock(key: string): Promise<{ readonly epoch: number } | null>;
  release(): Promise<void>;
  holder(key: string): Promise<LockHolder | null>;
  /** `suspended`: a heartbeat failed, nothing is lost yet. `disconnected`: let go of everything that relies on a lock. */
  onState(listener: (state: SessionState, why: string) => void): () => void;
  /** Releases everything at once: the next server need not wait for the timeout. */
  close(): Promise<void>;
}

export interface ServerSessionOptions {
  readonly store: RegistryStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly name: string;
  readonly heartbeatIntervalMs?: number;
  readonly sessionTimeoutMs?: number;
}

export const SERVER_HEARTBEAT_MS = 2_000;
export const SERVER_SESSION_TIMEOUT_MS = 8_000;
/** Part of the session timeout that is left to others' clocks, and to what this server has under way. */
const SAFETY_MARGIN = 0.2;

export function createServerSession(options: ServerSessionOptions): ServerSession {
  const { store, clock } = options;
  const client: RegistryClient = {
    id: options.ids.next<'server'>(),
    name: options.name,
    kind: 'server',
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? SERVER_HEARTBEAT_MS,
    sessionTimeoutMs: options.sessionTimeoutMs ?? SERVER_SESSION_TIMEOUT_MS,
  };
  const trustedForMs = client.sessionTimeoutMs * (1 - SAFETY_MARGIN);
  const listeners = new Set<(state: SessionState, why: string) => void>();
  let state: SessionState = 'new';
  let beatTimer: TimerHandle | undefined;
  let trustTimer: TimerHandle | undefined;

  function become(next: SessionState, why: string): void {
    if (state === next || state === 'closed') return;
    state = next;
    for (const listener of [...listeners]) listener(next, why);
  }

  /**
   * The wait that ends in `disconnected`, begun when a heartbeat is sent and taken over when it is known to be written.
   * A span, not a moment: the wall clock may step.
   */
  function beginTrust(): { keep(): void; drop(): void } {
    const handle = clock.setTimeout(() => {
      if (trustTimer === handle) trustTimer = undefined;
      become('disconnected', `no heartbeat could be written for ${Math.round(trustedForMs)} ms`);
    }, trustedForMs);
    return {
      keep() {
        if (trustTimer !== undefined) clock.clearTimeout(trustTimer);
        trustTimer = handle;
      },
      drop: () => clock.clearTimeout(handle),
    };
  }

  async function beat(): Promise<void> {
    beatTimer = undefined;
    const trust = beginTrust();
    try {
      if (state === 'disconnected') await reconnect();
      else if (!(await store.beat(client.id))) become('disconnected', 'the registry has buried this server');
      if (state === 'suspended') become('connected', 'heartbeats are written again');
      if (state === 'connected') trust.keep();
      else trust.drop();
    } catch (error) {
      trust.drop();
      if (state === 'connected') become('suspended', toAppError(error).message);
    }
    planBeat();
  }

  /** Starts over: a new registration under the same id releases what the tables still say it holds (R3). */
  async function reconnect(): Promise<void> {
    await store.register(client);
    become('connected', 'registered again');
  }

  function planBeat(): void {
    if (state === 'closed') return;
    beatTimer = clock.setTimeout(() => void beat(), client.heartbeatIntervalMs);
  }

  return {
    id: client.id,
    name: client.name,
    get state() {
      return state;
    },
    async start() {
      const trust = beginTrust();
      try {
        await store.register(client);
      } catch (error) {
        trust.drop();
        throw error;
      }
      become('connected', 'registered');
      trust.keep();
      planBeat();
    },
    async tryLock(key) {
      if (state !== 'connected') return null;
      const epoch = await store.tryLock(key, client.id);
      if (epoch === null) return null;
      // The session may have been given up while the claim was on its way: then nobody knows of the lock.
      if (state === 'connected') return { epoch };
      await store.releaseLocks(client.id);
      return null;
    },
    release: () => store.releaseLocks(client.id),
    holder: (key) => store.holder(key),
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      if (state === 'closed') return;
      const registered = state !== 'new';
      become('closed', 'told to');
      if (beatTimer !== undefined) clock.clearTimeout(beatTimer);
      if (trustTimer !== undefined) clock.clearTimeout(trustTimer);
      if (registered) await store.deregister(client.id);
    },
  };
}
