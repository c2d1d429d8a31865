/**
 * One client's session as this process knows it, and how far it may trust itself to be alive in the eyes of the others.
 *
 * R1 A lock is held only between its being taken and the next `disconnected`, release or close.
 * R2 `disconnected` is told at the latest when the session timeout less a margin has passed since the last heartbeat
 *    that is known to be written was sent: before anybody else may bury this client.
 * R3 After `disconnected` whatever the tables still say this client holds is released before it is connected again,
 *    so that a lock is only ever held by who knows that it holds it.
 * R4 The epoch of a lock only grows, also across release and death.
 */
import type { Clock, TimerHandle } from '@vaquita/core';
import type { Actor, Registration } from '../registry-store.ts';

/**
 * `suspended`: a heartbeat failed, nothing is lost yet. `disconnected`: the session is over; let go of everything that
 * relies on a lock. `reconnected`: after either; what was lost was told before.
 */
export type ConnectionState = 'connected' | 'suspended' | 'reconnected' | 'disconnected' | 'closed';
export type StateListener = (state: ConnectionState, why: string) => void;

export interface Session {
  readonly identity: Omit<Registration, 'session'>;
  /** False: it is alive for as long as somebody says so, by `touch`. */
  readonly beatsByItself: boolean;
  /** Undefined before it has been connected for the first time. */
  readonly state: ConnectionState | undefined;
  /** What it has in the tables is still its own, as far as is known. */
  readonly holds: boolean;
  readonly actor: Actor;
  /** Puts back what a lost session took along. Called with the new session in `actor`. */
  restore: () => Promise<void>;
  /** The actor of the next registration. */
  renew(): Actor;
  /** Begins to count what a heartbeat that is sent now is worth. */
  beginTrust(): Trust;
  /** A registration or a heartbeat is written. */
  confirmed(trust: Trust | undefined, why: string): void;
  /** A heartbeat could not be written. */
  failed(why: string): void;
  /** The registry does not know this session any more. */
  lost(why: string): void;
  close(): void;
  onState(listener: StateListener): () => void;
}

export interface Trust {
  /** The heartbeat is written: this replaces what an earlier one is worth. False when it came too late for that. */
  keep(): boolean;
  drop(): void;
}

/** Part of the session timeout that is left to others' clocks, and to what this server has under way. */
const SAFETY_MARGIN = 0.2;

export interface SessionOptions {
  readonly identity: Omit<Registration, 'session'>;
  readonly beatsByItself: boolean;
  readonly clock: Clock;
  /** Another one each time. */
  readonly newSession: () => string;
}

export function createSession({ identity, beatsByItself, clock, newSession }: SessionOptions): Session {
  const trustedForMs = identity.sessionTimeoutMs * (1 - SAFETY_MARGIN);
  const listeners = new Set<StateListener>();
  let state: ConnectionState | undefined;
  let actor: Actor = { id: identity.id, session: '' };
  let trustTimer: TimerHandle | undefined;

  function become(next: ConnectionState, why: string): void {
    if (state === next || state === 'closed') return;
    state = next;
    for (const listener of [...listeners]) listener(next, why);
  }

  function holds(): boolean {
    return state === 'connected' || state === 'suspended' || state === 'reconnected';
  }

  return {
    identity,
    beatsByItself,
    get state() {
      return state;
    },
    get holds() {
      return holds();
    },
    get actor() {
      return actor;
    },
    restore: async () => {},
    renew() {
      actor = { id: identity.id, session: newSession() };
      return actor;
    },
    beginTrust() {
      let isOver = false;
      // A span, not a moment: the wall clock may step.
      const handle = clock.setTimeout(() => {
        isOver = true;
        if (trustTimer === handle) trustTimer = undefined;
        if (holds()) become('disconnected', `no heartbeat could be written for ${Math.round(trustedForMs)} ms`);
      }, trustedForMs);
      return {
        keep() {
          if (isOver || state === 'closed') return false;
          if (trustTimer !== undefined) clock.clearTimeout(trustTimer);
          trustTimer = handle;
          return true;
        },
        drop: () => clock.clearTimeout(handle),
      };
    },
    confirmed(trust, why) {
      if (trust && !trust.keep()) return;
      if (state === undefined) become('connected', why);
      else if (state === 'suspended' || state === 'disconnected') become('reconnected', why);
    },
    failed(why) {
      if (holds()) become('suspended', why);
    },
    lost(why) {
      if (holds()) become('disconnected', why);
    },
    close() {
      become('closed', 'told to');
      if (trustTimer !== undefined) clock.clearTimeout(trustTimer);
    },
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
