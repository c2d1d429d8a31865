/**
 * Keeps the clients of this process alive: one statement per tick for all of them together, and brings back those whose
 * session was lost.
 *
 * B1 A client that beats by itself is in every tick that is due for it; another only when it was heard from since.
 * B2 Beats do not overlap: while one is on its way, the trust that counts is that of the one before.
 * B3 Cursors go with the beats; one that could not be written goes with a later one.
 */
import { AppError, type Clock, type TimerHandle, toAppError } from '@vaquita/core';
import type { Belongings, ClientId, Cursor, RegistryStore } from '../registry-store.ts';
import type { Session, Trust } from './session.ts';

export interface Pulse {
  /**
   * Registers the client, or with `resume` goes on with it as it is in the tables if it is alive there, and keeps it alive from
   * then on. @returns what it has there, null when it begins anew. @throws AppError when the registry cannot be written.
   */
  connect(session: Session, how: HowToConnect): Promise<Belongings | null>;
  /** The client was heard from: the next tick says so. */
  touch(session: Session): void;
  /** Keeps it alive no longer. */
  drop(session: Session): void;
  readonly sessions: ReadonlySet<Session>;
  close(): Promise<void>;
}

export interface HowToConnect {
  readonly predecessor?: ClientId | null | undefined;
  readonly resume?: boolean | undefined;
}

export interface MovedCursor extends Cursor {
  /** It is written. */
  readonly written: () => void;
}

export interface PulseDeps {
  readonly store: Pick<RegistryStore, 'clients'>;
  readonly clock: Clock;
  /** Cursors that have moved since they were written. */
  readonly cursors: () => readonly MovedCursor[];
  /** A heartbeat was written, after so long. */
  readonly beaten: (tookMs: number) => void;
}

/** A client's own wish is followed down to this. */
const MIN_TICK_MS = 50;
/** Clients that come back at the same time. */
const RETURN_AT_ONCE = 100;

export function createPulse({ store, clock, cursors, beaten }: PulseDeps): Pulse {
  const sessions = new Set<Session>();
  /** Milliseconds waited since the last beat, of those that beat by themselves. */
  const waited = new Map<Session, number>();
  const touched = new Set<Session>();
  /** How many clients want each interval. */
  const intervals = new Map<number, number>();
  let timer: TimerHandle | undefined;
  let waitMs = 0;
  let beating: Promise<void> | undefined;
  let returning: Promise<void> | undefined;
  let closed = false;

  function add(session: Session): void {
    if (sessions.has(session) || closed) return;
    sessions.add(session);
    if (session.beatsByItself) waited.set(session, 0);
    const { heartbeatIntervalMs } = session.identity;
    intervals.set(heartbeatIntervalMs, (intervals.get(heartbeatIntervalMs) ?? 0) + 1);
    if (beating !== undefined) return;
    // Who wants to beat more often than anybody before does not wait for a tick that was planned without it.
    const late = timer !== undefined && tickMs() < waitMs;
    if (late) for (const one of waited.keys()) waited.set(one, one.identity.heartbeatIntervalMs);
    if (late || timer === undefined) plan();
  }

  function drop(session: Session): void {
    if (!sessions.delete(session)) return;
    waited.delete(session);
    touched.delete(session);
    const { heartbeatIntervalMs } = session.identity;
    const others = intervals.get(heartbeatIntervalMs)! - 1;
    if (others > 0) intervals.set(heartbeatIntervalMs, others);
    else intervals.delete(heartbeatIntervalMs);
    if (sessions.size === 0) stopTimer();
  }

  function stopTimer(): void {
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = undefined;
  }

  function tickMs(): number {
    return Math.max(MIN_TICK_MS, Math.min(...intervals.keys()));
  }

  function plan(): void {
    stopTimer();
    if (closed || sessions.size === 0) return;
    waitMs = tickMs();
    timer = clock.setTimeout(() => {
      timer = undefined;
      beating = tick().finally(() => {
        beating = undefined;
        plan();
      });
    }, waitMs);
  }

  async function tick(): Promise<void> {
    const due = takeDue();
    const absent = due.filter((session) => session.state === 'disconnected');
    if (absent.length > 0) {
      if (returning === undefined) returning = bringBack(absent).finally(() => (returning = undefined));
      else for (const session of absent) again(session);
    }
    await beat(due.filter((session) => session.holds));
  }

  /** B1 */
  function takeDue(): readonly Session[] {
    const due = [...touched];
    touched.clear();
    for (const [session, before] of waited) {
      const soFar = before + waitMs;
      // A tick that would come half a tick too late comes now.
      const isDue = soFar + waitMs / 2 >= session.identity.heartbeatIntervalMs;
      waited.set(session, isDue ? 0 : soFar);
      if (isDue) due.push(session);
    }
    return due;
  }

  /** What could not be done for it now is due at the next tick. */
  function again(session: Session): void {
    if (!sessions.has(session)) return;
    if (session.beatsByItself) waited.set(session, session.identity.heartbeatIntervalMs);
    else touched.add(session);
  }

  async function beat(due: readonly Session[]): Promise<void> {
    const moved = cursors();
    if (due.length === 0 && moved.length === 0) return;
    const beats = due.map((session) => ({ session, actor: session.actor, trust: trustOf(session) }));
    const sentAt = clock.now();
    try {
      const ended = await store.clients.beat({ actors: beats.map(({ actor }) => actor), cursors: moved });
      const over = new Map(ended.map((one) => [one.id, one.replaced]));
      beaten(Math.max(0, clock.now() - sentAt));
      for (const cursor of moved) cursor.written();
      for (const { session, actor, trust } of beats) {
        if (session.actor !== actor) trust?.drop();
        else if (over.has(actor.id)) end(session, trust, over.get(actor.id) === true);
        else settle(session, trust);
      }
    } catch (error) {
      const { message } = toAppError(error);
      for (const { session, trust } of beats) {
        trust?.drop();
        session.failed(message);
        again(session);
      }
    }
  }

  function trustOf(session: Session): Trust | undefined {
    return session.beatsByItself ? session.beginTrust() : undefined;
  }

  function settle(session: Session, trust: Trust | undefined): void {
    // Given up while the beat was on its way (R2): the next tick begins anew.
    if (session.holds) session.confirmed(trust, 'heartbeats are written again');
    else trust?.drop();
  }

  function end(session: Session, trust: Trust | undefined, isReplaced: boolean): void {
    trust?.drop();
    session.lost(isReplaced ? 'somebody took its place' : 'it was silent for too long, and is given up');
    // Who beats by itself registers again when its next beat is due. Another was heard from just now, and registers again at
    // once; but not if it has gone on in the care of another server: then it comes back when it is heard from here once more.
    if (!session.beatsByItself && !isReplaced) again(session);
  }

  async function bringBack(absent: readonly Session[]): Promise<void> {
    for (let at = 0; at < absent.length; at += RETURN_AT_ONCE) {
      await Promise.all(absent.slice(at, at + RETURN_AT_ONCE).map(comeBack));
    }
  }

  /** R3: a new registration under the same id releases what the tables still say it holds. */
  async function comeBack(session: Session): Promise<void> {
    if (!sessions.has(session) || session.state !== 'disconnected') return;
    const trust = trustOf(session);
    const actor = session.renew();
    try {
      await store.clients.register({ ...session.identity, ...actor });
      await session.restore();
      if (session.actor === actor && session.state === 'disconnected') session.confirmed(trust, 'registered again');
      else trust?.drop();
    } catch {
      trust?.drop();
      again(session);
    }
  }

  async function connect(
    session: Session,
    { predecessor = null, resume = false }: HowToConnect,
  ): Promise<Belongings | null> {
    const trust = trustOf(session);
    try {
      const registration = { ...session.identity, ...session.renew() };
      const belongings = resume ? await store.clients.resume(registration) : null;
      if (!belongings) await store.clients.register(registration, predecessor);
      session.confirmed(trust, belongings ? 'goes on in its session' : 'registered');
      if (!session.holds)
        throw new AppError('unavailable', 'Registering took longer than the session timeout. Try again.');
      add(session);
      return belongings;
    } catch (error) {
      trust?.drop();
      throw error;
    }
  }

  return {
    connect,
    sessions,
    touch(session) {
      if (sessions.has(session)) touched.add(session);
    },
    drop,
    async close() {
      closed = true;
      stopTimer();
      await beating;
      await returning;
    },
  };
}
