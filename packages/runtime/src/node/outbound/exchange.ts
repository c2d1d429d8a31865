/** One request and its answer over a connection of its own: no redirects, a bounded body, nothing left open. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { OutboundAnswer } from '@vaquita/plugins';
import type { Connection } from './connect.ts';

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal;
}

export interface Answer extends OutboundAnswer {
  /** What `text` was read from. */
  readonly bytes: Uint8Array;
}

/** Rejects with the system's error, or the signal's reason. */
export function exchange(request: Exchange, { request: send, options, path }: Connection): Promise<Answer> {
  const { url, method, body, signal } = request;
  const bytes = body === null ? null : Buffer.from(body);
  const headers: OutgoingHttpHeaders = {
    ...request.headers,
    ...(options.headers as OutgoingHttpHeaders | undefined),
    host: url.host,
  };
  if (bytes !== null) headers['content-length'] = bytes.length;
  return new Promise((resolve, reject) => {
    const asked = send({ ...options, path, method, headers, signal });
    asked.on('error', reject);
    asked.once('response', (answer) => readAnswer(answer, request.maxAnswerBytes).then(resolve, reject));
    asked.end(bytes ?? undefined);
  });
}

async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Answer> {
  const parts: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the connection.
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part.subarray(0, maxBytes - size));
    size += part.length;
    if (size > maxBytes) break;
  }
  const bytes = Buffer.concat(parts);
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    ok: true,
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    text: bytes.toString('utf8'),
    bytes,
    complete: size <= maxBytes,
  };
}
