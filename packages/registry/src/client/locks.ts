/**
 * The locks of one client: taking them, waiting for them, letting go of them, and telling their holders when they are gone.
 *
 * L1 One claim at a time is on its way for a key, so that no holder of this client takes a lock from another one.
 * L2 A lock of which nobody here knows is not kept: what a claim without an answer may have taken, and what could not be
 *    released, is released as soon as the database answers.
 * L3 With the session all locks are gone, and the signal of each says so before anything is done about it.
 */
import { AppError, type Clock, toAppError } from '@vaquita/core';
import { checkLockKey } from '../keys.ts';
import type { Belongings, LockTable } from '../registry-store.ts';
import type { EventFeed } from '../server/event-feed.ts';
import type { Session } from '../server/session.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { createLockLine, type LockLine } from './lock-line.ts';
import { createLockNews } from './lock-news.ts';

export interface Lock {
  readonly key: string;
  /** The number of this term of the lock: greater than any before it. Data can be changed under it, see `fence`. */
  readonly epoch: number;
  readonly holder: string;
  /** Aborted when the lock is lost with its session: whatever relies on it must stop. */
  readonly signal: AbortSignal;
  /** As often as it was taken. @throws AppError `lock_not_held` */
  release(): Promise<void>;
}

export interface LockOptions {
  /** Who it is within the client; by default the client itself. Whoever holds a lock may take it again, and releases it as often. */
  readonly holder?: string;
}

export interface WaitOptions extends LockOptions {
  /** Default: for as long as it takes. */
  readonly waitMs?: number;
  /** Aborted: nobody wants the lock any more. */
  readonly signal?: AbortSignal;
}

export interface Locks {
  /** Waits for the lock. Null when it could not be had in `waitMs`, or is not wanted any more. */
  acquire(key: string, options?: WaitOptions): Promise<Lock | null>;
  /** Null while somebody else holds it or waits here for it, or the client is not connected. */
  tryLock(key: string, options?: LockOptions): Promise<Lock | null>;
  /** @throws AppError `lock_not_held` */
  release(key: string, options?: LockOptions): Promise<void>;
  /** Takes over what a resumed session held. */
  adopt(locks: Belongings['locks']): void;
  /** L2, after a heartbeat. */
  settle(): void;
  close(): void;
}

interface Held {
  readonly lock: Lock;
  count: number;
  readonly abort: AbortController;
}

export interface LocksDeps {
  readonly table: LockTable;
  readonly session: Session;
  readonly feed: EventFeed;
  readonly clock: Clock;
  readonly pollMs: number;
}

export function createLocks({ table, session, feed, clock, pollMs }: LocksDeps): Locks {
  const held = new Map<string, Held>();
  const lines = new Map<string, LockLine>();
  /** L2: the term, or null when it is not known whether there is one. */
  const owed = new Map<string, number | null>();
  const news = createLockNews(feed, (key) => lines.get(key)?.rouse());
  let closed = false;

  session.onState((state, why) => {
    if (state === 'disconnected' || state === 'closed') dropAll(why);
    if (state === 'reconnected') for (const line of lines.values()) line.rouse();
  });

  /** L3 */
  function dropAll(why: string): void {
    const lost = [...held.values()];
    held.clear();
    owed.clear();
    for (const { lock, abort } of lost) {
      abort.abort(
        new AppError('lock_not_held', `The lock ${lock.key} is lost with the session of its client: ${why}.`),
      );
    }
  }

  function keep(key: string, holder: string, epoch: number): Lock {
    const abort = new AbortController();
    const lock: Lock = { key, epoch, holder, signal: abort.signal, release: () => release(key, { holder }) };
    held.set(key, { lock, count: 1, abort });
    owed.delete(key);
    return lock;
  }

  /** The lock once more, for who holds it already. */
  function again(key: string, holder: string): Lock | undefined {
    const mine = held.get(key);
    if (mine?.lock.holder !== holder) return undefined;
    mine.count += 1;
    return mine.lock;
  }

  /** @returns the lock, or for how long there is no use in trying again. */
  async function claim(key: string, holder: string): Promise<Lock | number> {
    const { actor } = session;
    if (held.has(key) || !session.holds) return pollMs;
    try {
      const answer = await table.take(actor, key, holder);
      if (!answer.taken) return Math.min(pollMs, answer.freeInMs ?? pollMs);
      feed.announce(answer.eventId);
      // Given up while the claim was on its way: what comes next, a new registration or none, releases it (R3).
      return session.holds && session.actor === actor ? keep(key, holder, answer.epoch) : pollMs;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (session.actor !== actor) return pollMs;
      if (error.code === 'session_expired') {
        session.lost(error.message);
        return pollMs;
      }
      owed.set(key, null);
      throw error;
    }
  }

  async function acquire(key: string, { waitMs, holder = session.identity.name, signal }: WaitOptions = {}) {
    checkLockKey(key);
    const mine = again(key, holder);
    if (mine) return mine;
    const alarm = createAlarm(clock, { withinMs: waitMs, signal });
    const line = lineOf(key);
    const place = line.join(alarm.rouse);
    try {
      const lock = await wait(key, holder, { alarm, place });
      if (!lock || !signal?.aborted) return lock;
      await lock.release();
      return null;
    } finally {
      alarm.close();
      leave(key, line, place);
    }
  }

  async function wait(key: string, holder: string, how: { alarm: Alarm; place: { readonly isFirst: boolean } }) {
    const { alarm, place } = how;
    for (;;) {
      if (closed) throw new AppError('session_expired', `The client ${session.identity.name} was closed.`);
      const mine = again(key, holder);
      if (mine) return mine;
      let next: Lock | number = pollMs;
      let failure: unknown;
      if (place.isFirst) {
        try {
          next = await claim(key, holder);
        } catch (error) {
          failure = error;
        }
      }
      if (typeof next !== 'number') return next;
      news.expect(true);
      if (!alarm.isOver && !closed) await alarm.sleep(next);
      if (!alarm.isOver) continue;
      if (failure !== undefined) throw failure;
      return null;
    }
  }

  async function tryLock(key: string, { holder = session.identity.name }: LockOptions = {}) {
    checkLockKey(key);
    const mine = again(key, holder);
    if (mine) return mine;
    const line = lineOf(key);
    if (line.size > 0 || closed) return null;
    const place = line.join(() => {});
    try {
      const answer = await claim(key, holder);
      return typeof answer === 'number' ? null : answer;
    } finally {
      leave(key, line, place);
    }
  }

  async function release(key: string, { holder = session.identity.name }: LockOptions = {}): Promise<void> {
    const mine = held.get(key);
    if (mine?.lock.holder !== holder) {
      throw new AppError('lock_not_held', `“${holder}” does not hold the lock ${key}.`);
    }
    mine.count -= 1;
    if (mine.count > 0) return;
    held.delete(key);
    await giveBack(key, mine.lock.epoch);
    lines.get(key)?.rouse();
  }

  async function giveBack(key: string, epoch: number | null): Promise<void> {
    const { actor } = session;
    try {
      const eventId = await table.release(actor, key, epoch);
      if (eventId !== null) feed.announce(eventId);
    } catch {
      if (session.actor === actor && session.holds && !held.has(key)) owed.set(key, epoch);
    }
  }

  function lineOf(key: string): LockLine {
    const line = lines.get(key) ?? createLockLine();
    lines.set(key, line);
    return line;
  }

  function leave(key: string, line: LockLine, place: { leave(): void }): void {
    place.leave();
    if (line.size === 0 && lines.get(key) === line) lines.delete(key);
    if (lines.size === 0) news.expect(false);
  }

  return {
    acquire,
    tryLock,
    release,
    adopt(locks) {
      for (const { key, owner, epoch } of locks) keep(key, owner, epoch);
    },
    settle() {
      for (const [key, epoch] of [...owed]) {
        // A claim that is on its way begins a new term, or finds the lock taken (L1).
        if (lines.has(key)) continue;
        owed.delete(key);
        void giveBack(key, epoch);
      }
    },
    close() {
      closed = true;
      for (const line of lines.values()) line.rouse();
      news.close();
    },
  };
}
