/**
 * The one place that connects: a loop that holds one session at a time, and waits between two of them. Everything else
 * only wakes it (`stop`, `retry`), and learns of sessions by `onWelcome` and `onLost`.
 */
import type { Clock, DispatchId, Random } from '@vaquita/core';
import {
  createWorkerSession,
  type MasterOrder,
  type MasterRedirect,
  type MasterReject,
  type MasterWelcome,
  RECONNECT_CAP_MS,
  type RejectCode,
  type SessionEnd,
  type Wire,
  type WorkerHeartbeat,
  type WorkerHello,
  type WorkerSession,
} from '@vaquita/protocol';
import type { AgentLog } from './host.ts';
import type { FollowRedirect } from './redirects.ts';
import { createRound } from './round.ts';

export interface ConnectionOptions {
  readonly urls: readonly string[];
  readonly clock: Clock;
  readonly random: Pick<Random, 'next'>;
  readonly log: AgentLog;
  /** Whether a redirect is followed. */
  readonly mayFollow: FollowRedirect;
  /** Rejects after so many milliseconds without an answer. */
  connect(url: string, withinMs: number): Promise<Wire>;
  createHello(): WorkerHello;
  readHeartbeat(): Omit<WorkerHeartbeat, 'type' | 'seq'>;
  /** False when this server must not be worked for; the session is closed and another one tried later. */
  onWelcome(welcome: MasterWelcome, session: WorkerSession, url: string): boolean;
  onLost(): void;
  onOrder(order: MasterOrder): void;
  /** A refusal that waiting does not heal. True: give up; the loop ends. */
  onRejected(reject: MasterReject): boolean;
  /** A person has sent this worker away: nobody counts on what it runs. */
  onEvicted(text: string): void;
  /** The server has found that nothing is run here. True: give up; the loop ends. */
  onDeaf(text: string): boolean;
}

export interface Connection {
  /**
   * Says goodbye if there is somebody to say it to, and ends the loop.
   * @param waiting what the next agent on this work folder goes on with, or delivers: it is to be waited for.
   */
  close(reason: string, waiting: readonly DispatchId[]): Promise<void>;
  /** Resolves when the loop has ended. */
  readonly ended: Promise<void>;
}

/** How one try ended. */
interface Outcome {
  readonly welcomed: boolean;
  readonly end: SessionEnd | null;
  readonly refusal: MasterReject | MasterRedirect | null;
}

/** A redirect on the way to where it leads. */
interface Followed {
  readonly url: string;
  readonly retryAfterMs: number;
}

const FINAL: ReadonlySet<RejectCode> = new Set(['bad_token', 'revoked', 'version_unsupported', 'bad_hello']);

export function openConnection(options: ConnectionOptions): Connection {
  const { clock, log } = options;
  let stopping = false;
  let session: WorkerSession | null = null;
  let wake: (reason: 'stop' | 'due') => void = () => {};

  async function loop(): Promise<void> {
    const round = createRound(options.urls);
    let followed: Followed | null = null;
    while (!stopping) {
      const url: string = followed?.url ?? round.url;
      const outcome = await holdSession(url, round.connectWithinMs);
      if (stopping) return;
      const { refusal, end } = outcome;
      if (end?.reason === 'deaf' && options.onDeaf(end.text)) return;
      if (refusal?.type === 'reject' && refusal.code === 'evicted') options.onEvicted(refusal.text);
      else if (end?.reason === 'evicted') options.onEvicted(end.text);
      const before: Followed | null = followed;
      // Once: who is sent from one to the other has come while the lead changes, and asks around.
      followed = before === null && refusal?.type === 'redirect' ? follow(url, refusal) : null;
      let delayMs: number;
      if (refusal?.type === 'reject') {
        log.error(`The server refused this worker: ${refusal.text}`, { code: refusal.code, url });
        if (FINAL.has(refusal.code) && options.onRejected(refusal)) return;
        delayMs = RECONNECT_CAP_MS;
      } else if (outcome.end?.reason === 'replaced') delayMs = RECONNECT_CAP_MS;
      else if (outcome.welcomed) delayMs = round.began(outcome.end?.reason === 'session_timeout' ? 'silent' : 'heard');
      else if (followed !== null) delayMs = 0;
      else delayMs = round.missed(refusal?.retryAfterMs ?? before?.retryAfterMs ?? null, options.random);
      log.info('Connecting again.', {
        inMs: delayMs,
        because: outcome.end === null ? 'no connection' : outcome.end.text || outcome.end.reason,
      });
      await pause(delayMs);
    }
  }

  function follow(from: string, { url, retryAfterMs }: MasterRedirect): Followed | null {
    if (url === null) return null;
    const answer = options.mayFollow(from, url);
    if ('url' in answer) return { url: answer.url, retryAfterMs };
    log.warn(`${from} says that ${url} leads. The worker does not go there: ${answer.why}.`);
    return null;
  }

  async function holdSession(url: string, connectWithinMs: number): Promise<Outcome> {
    let wire: Wire;
    try {
      wire = await options.connect(url, connectWithinMs);
    } catch (error) {
      log.warn(error instanceof Error ? error.message : String(error));
      return { welcomed: false, end: null, refusal: null };
    }
    if (stopping) {
      wire.terminate();
      return { welcomed: false, end: null, refusal: null };
    }
    return new Promise((resolve) => {
      let welcomed = false;
      let refusal: MasterReject | MasterRedirect | null = null;
      const own = createWorkerSession(wire, {
        clock,
        hello: options.createHello(),
        onWelcome(welcome) {
          welcomed = options.onWelcome(welcome, own, url);
          if (welcomed) log.info(`Joined ${url}.`, { serverId: welcome.serverId, epoch: welcome.epoch });
          else own.close('normal', 'this server leads no longer');
        },
        onRefused(answer) {
          refusal = answer;
        },
        onMessage: options.onOrder,
        readHeartbeat: options.readHeartbeat,
        onClosed(end) {
          session = null;
          if (welcomed) options.onLost();
          resolve({ welcomed, end, refusal });
        },
        onBadMessage: (bad) => log.warn('The server sent a message that is not understood.', { ...bad }),
        onFault: (error) => log.error('An order of the server could not be handled.', { error }),
      });
      session = own;
    });
  }

  function pause(delayMs: number): Promise<'stop' | 'due'> {
    if (delayMs <= 0 || stopping) return Promise.resolve('due');
    return new Promise((resolve) => {
      const timer = clock.setTimeout(() => wake('due'), delayMs);
      wake = (reason) => {
        clock.clearTimeout(timer);
        wake = () => {};
        resolve(reason);
      };
    });
  }

  const ended = loop();
  return {
    ended,
    async close(reason, waiting) {
      // A server of before version 1.1 would give everything to others: to it this is a connection that is lost.
      const isUnderstood = waiting.length === 0 || session?.version !== '1.0';
      if (isUnderstood) session?.send({ type: 'goodbye', reason, running: waiting });
      stopping = true;
      wake('stop');
      session?.close('going_away', reason);
      await ended;
    },
  };
}
