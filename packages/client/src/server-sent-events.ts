/**
 * Server-sent events over fetch (an EventSource can send no token), resumed after every interruption.
 * I1. The id of the last message that was handed out is the resume point, so nothing is given twice or left out.
 * I2. A connection on which nothing arrives for `silenceMs` is dead: it is closed and made anew.
 * I3. An answer that will not change by itself (4xx) ends the stream with that error; everything else is tried again.
 */
import { ApiError } from './api-error.ts';
import type { Timers } from './transport.ts';

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

export type StreamStatus = 'connecting' | 'open' | 'waiting';

export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** Resume after this message. */
  readonly lastEventId?: string | undefined;
  readonly onStatus?: ((status: StreamStatus) => void) | undefined;
}

export interface StreamSource {
  readonly timers: Timers;
  /** Opens the stream after the given id. @throws ApiError */
  open(lastEventId: string | undefined, signal: AbortSignal): Promise<Response>;
  /** True for the message after which the server closes for good. It is still handed out. */
  isLast?(message: ServerSentEvent): boolean;
  readonly silenceMs?: number;
  readonly minRetryMs?: number;
  readonly maxRetryMs?: number;
}

const SILENCE_MS = 45_000;
const MIN_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;

export async function* followStream(
  source: StreamSource,
  options: StreamOptions = {},
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const { timers } = source;
  const minRetryMs = source.minRetryMs ?? MIN_RETRY_MS;
  let lastEventId = options.lastEventId;
  let retryMs = minRetryMs;

  while (!options.signal?.aborted) {
    options.onStatus?.('connecting');
    const connection = new AbortController();
    const abort = () => connection.abort();
    options.signal?.addEventListener('abort', abort, { once: true });
    let silence: unknown;
    const heard = () => {
      timers.clearTimeout(silence);
      silence = timers.setTimeout(abort, source.silenceMs ?? SILENCE_MS);
    };
    let askedToWaitMs = 0;
    try {
      heard();
      const response = await source.open(lastEventId, connection.signal);
      options.onStatus?.('open');
      for await (const message of readMessages(response, heard)) {
        retryMs = minRetryMs;
        if (message.id !== undefined) lastEventId = message.id;
        yield message;
        if (source.isLast?.(message)) return;
      }
    } catch (thrown) {
      if (options.signal?.aborted) return;
      if (thrown instanceof ApiError && !thrown.retryable) throw thrown;
      if (thrown instanceof ApiError) askedToWaitMs = thrown.retryAfterMs ?? 0;
    } finally {
      timers.clearTimeout(silence);
      options.signal?.removeEventListener('abort', abort);
      connection.abort();
    }
    if (options.signal?.aborted) return;
    options.onStatus?.('waiting');
    await pause(timers, Math.max(retryMs, askedToWaitMs), options.signal);
    retryMs = Math.min(source.maxRetryMs ?? MAX_RETRY_MS, retryMs * 2);
  }
}

/** Splits a response body into messages, as the HTML standard says. `heard` is called for every chunk, comments too. */
export async function* readMessages(
  response: Response,
  heard: () => void = () => {},
): AsyncGenerator<ServerSentEvent, void, undefined> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let id: string | undefined;
  let data: string[] = [];
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      rest += decoder.decode(value, { stream: true });
      // A carriage return at the very end may be the first half of \r\n: it waits for the next chunk.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield { event: event || 'message', data: data.join('\n'), id };
          event = '';
          data = [];
          id = undefined;
          continue;
        }
        const colon = line.indexOf(':');
        if (colon === 0) continue;
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'event') event = value;
        else if (field === 'data') data.push(value);
        else if (field === 'id') id = value;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function pause(timers: Timers, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      timers.clearTimeout(handle);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const handle = timers.setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
