/**
 * Server-sent events, pulled by the reader: nothing is fetched for a connection whose buffer is full.
 * I1. `produce` is called only when the reader has room, one call at a time.
 * I2. Between two calls the stream sleeps until a hint, a poll or a heartbeat; a lost hint costs one poll.
 * I3. Once in every heartbeat interval, however busy the stream, the caller's right to listen is checked anew before
 *     anything more is fetched; who lost it is disconnected.
 */
import type { Clock } from '@vaquita/core';

export interface StreamMessage {
  readonly event: string;
  readonly id?: string | number;
  readonly data: unknown;
}

/** `again`: there may be more at once. `wait`: nothing more now. `end`: the stream is over. */
export interface Produced {
  readonly messages: readonly StreamMessage[];
  readonly next: 'again' | 'wait' | 'end';
}

export interface EventStreamOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  produce(): Promise<Produced>;
  /** Registers for hints; returns how to stop. */
  subscribe(wake: () => void): () => void;
  readonly pollMs: number;
  readonly heartbeatMs: number;
  /** False: the caller may listen no longer. */
  stillAllowed(): Promise<boolean>;
  onError(thrown: unknown): void;
}

export function eventStreamResponse(options: EventStreamOptions): Response {
  return new Response(createEventStream(options), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
      // Tells nginx and its like not to hold messages back.
      'x-accel-buffering': 'no',
    },
  });
}

function createEventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { clock, signal } = options;
  const encoder = new TextEncoder();
  let closed = false;
  let hinted = false;
  let wake: (() => void) | undefined;
  let lastSentAt = clock.now();
  let checkedAt = lastSentAt;
  let unsubscribe: (() => void) | undefined;

  /** Only once somebody reads: a stream that is made and never read must leave nothing behind. */
  function listen(): void {
    unsubscribe ??= options.subscribe(() => {
      hinted = true;
      wake?.();
    });
  }

  function close(): void {
    if (closed) return;
    closed = true;
    unsubscribe?.();
    signal.removeEventListener('abort', close);
    wake?.();
  }
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();

  function sleep(ms: number): Promise<void> {
    if (hinted || closed) return Promise.resolve();
    return new Promise((resolve) => {
      const handle = clock.setTimeout(() => wake?.(), ms);
      wake = () => {
        clock.clearTimeout(handle);
        wake = undefined;
        resolve();
      };
    });
  }

  /** False once the caller may listen no longer (I3). */
  async function mayGoOn(): Promise<boolean> {
    if (since(checkedAt) < options.heartbeatMs) return true;
    // Taken before the answer: a slow check must not put off the next one.
    checkedAt = clock.now();
    return options.stillAllowed();
  }

  /** A clock that was set back must not silence the stream or put off the check. */
  function since(at: number): number {
    return Math.abs(clock.now() - at);
  }

  async function next(): Promise<{ readonly text: string; readonly over: boolean }> {
    while (!closed) {
      hinted = false;
      if (!(await mayGoOn())) break;
      const { messages, next: after } = await options.produce();
      if (messages.length > 0) return { text: messages.map(messageText).join(''), over: after === 'end' };
      if (after === 'end') return { text: '', over: true };
      if (after === 'again') continue;
      const silentMs = since(lastSentAt);
      if (silentMs >= options.heartbeatMs) return { text: ': heartbeat\n\n', over: false };
      const untilCheckMs = Math.max(0, options.heartbeatMs - since(checkedAt));
      await sleep(Math.min(options.pollMs, options.heartbeatMs - silentMs, untilCheckMs));
    }
    return { text: '', over: true };
  }

  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode('retry: 1000\n\n')),
      async pull(controller) {
        try {
          if (!closed) listen();
          const { text, over } = await next();
          if (closed) return finish(controller);
          lastSentAt = clock.now();
          if (text !== '') controller.enqueue(encoder.encode(text));
          if (!over) return;
        } catch (thrown) {
          options.onError(thrown);
        }
        // After an error too: the reader connects again and resumes where it was.
        close();
        finish(controller);
      },
      cancel: close,
    },
    { highWaterMark: 1 },
  );
}

function finish(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // The reader has cancelled, and the stream is closed already.
  }
}

function messageText({ event, id, data }: StreamMessage): string {
  const line = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${event}\n${line}data: ${JSON.stringify(data)}\n\n`;
}
