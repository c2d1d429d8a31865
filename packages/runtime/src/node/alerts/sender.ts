/**
 * Sends alerts in a thread of its own, so that whatever channels do (TLS, large answers, look-ups) holds no request to
 * the server up. The thread has the outbound settings and nothing else: no environment, no database.
 *
 * A1 Every send is answered once: by the thread, or as to be tried again when the thread ends before.
 * A2 A thread that ended is replaced by the next send; one that ends again and again is replaced with a pause between, for
 *    which sends wait: a thread that is not there yet costs no alert a try.
 * A3 What is given up here is broken off there: its connections are closed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Delivery, SendResult, Target } from '@vaquita/plugins';
import type { OutboundSettings, SenderMessage, SenderReply } from './messages.ts';

export interface AlertSender {
  /** Never rejects. */
  send(delivery: Delivery, target: Target): Promise<SendResult>;
  /** Sends under way end as given up. */
  close(): Promise<void>;
}

export interface AlertSenderOptions extends OutboundSettings {
  /** The file the thread runs; a bundle gives its own. */
  readonly entry?: URL;
  /** Told when a thread has ended by itself. */
  readonly ended?: (why: string) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, (result: SendResult) => void>;
}

interface Sending {
  readonly delivery: Omit<Delivery, 'signal'>;
  readonly signal: AbortSignal;
  readonly target: Target;
}

/** A thread that fails at once when it starts must not be started as fast as sends come. */
const RESTART_PAUSE_MS = 1_000;

export function openAlertSender(options: AlertSenderOptions): AlertSender {
  const { entry = new URL('./sender-entry.ts', import.meta.url), ended, allow, proxy, trust } = options;
  let thread: Thread | undefined;
  let lastId = 0;
  let startedAt = Number.NEGATIVE_INFINITY;
  const closing = new AbortController();

  function start(): Thread {
    startedAt = performance.now();
    const workerData: OutboundSettings = { allow, proxy, trust };
    const worker = new Worker(entry, { workerData, env: {}, name: 'alerts' });
    const started: Thread = { worker, waiting: new Map() };
    let why = 'it has ended';
    worker.on('message', ({ id, result }: SenderReply) => {
      started.waiting.get(id)?.(result);
    });
    worker.on('error', (error) => {
      why = error instanceof Error ? error.message : String(error);
    });
    worker.once('exit', () => {
      if (thread === started) thread = undefined;
      for (const answer of [...started.waiting.values()]) answer(retryable(`the thread that sends alerts: ${why}`));
      if (!closing.signal.aborted) ended?.(why);
    });
    // Idle, it does not keep the process.
    worker.unref();
    return started;
  }

  function handOver(given: Sending, { worker, waiting }: Thread): Promise<SendResult> {
    const { delivery, signal, target } = given;
    lastId += 1;
    const id = lastId;
    const say = (message: SenderMessage) => worker.postMessage(message);
    return new Promise((resolve) => {
      const stop = () => say({ kind: 'stop', id });
      waiting.set(id, (result) => {
        waiting.delete(id);
        signal.removeEventListener('abort', stop);
        resolve(result);
      });
      signal.addEventListener('abort', stop, { once: true });
      try {
        say({ kind: 'send', id, delivery, target });
      } catch (error) {
        // What cannot be cloned: it would not become better by being tried again.
        waiting.get(id)?.({ ...retryable(String(error)), reason: 'bad_settings', retryable: false });
      }
    });
  }

  return {
    async send({ signal, ...delivery }, target) {
      const isOver = () => signal.aborted || closing.signal.aborted;
      for (;;) {
        if (isOver()) return STOPPED;
        const pauseMs = thread === undefined ? startedAt + RESTART_PAUSE_MS - performance.now() : 0;
        if (pauseMs <= 0) break;
        // Rejects when it is given up, as the next look finds.
        await sleep(pauseMs, undefined, { signal: AbortSignal.any([signal, closing.signal]) }).catch(() => {});
      }
      thread ??= start();
      return handOver({ delivery, signal, target }, thread);
    },
    async close() {
      closing.abort();
      const ending = thread;
      thread = undefined;
      if (ending === undefined) return;
      for (const answer of [...ending.waiting.values()]) answer(STOPPED);
      await ending.worker.terminate();
    },
  };
}

type Failure = Extract<SendResult, { readonly ok: false }>;

function retryable(message: string): Failure {
  return { ok: false, reason: 'internal', retryable: true, message, retryAfterMs: null };
}

const STOPPED: Failure = { ...retryable('the send was given up'), reason: 'stopped' };
