/** One HTTP request of a channel, and what its answer means where the vendor does not say otherwise. */
import type { ChannelPorts, OutboundAnswer } from '../ports.ts';
import type { Delivery } from './channel.ts';
import { type SendFailure, type SendResult, sendFailure } from './send-result.ts';

export interface Post {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes JSON; a text is sent as it is, and null is none. */
  readonly body: unknown;
  readonly maxRedirects?: number;
  /** Where the vendor says in the answer's JSON how many seconds to wait; the header is read anyway. */
  readonly retryAfterOf?: (json: Readonly<Record<string, unknown>>) => unknown;
}

/** Long enough for every answer that says something, and for a proxy's page of errors. */
const MAX_ANSWER_BYTES = 65_536;
const USER_AGENT = 'Vaquita';

/** The answer when it is a 2xx; everything else as a failure. */
export async function post(
  order: Post,
  delivery: Delivery,
  ports: ChannelPorts,
): Promise<OutboundAnswer | SendFailure> {
  const answer = await ports.http.request({
    method: order.method ?? 'POST',
    url: order.url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': USER_AGENT,
      // https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
      'idempotency-key': delivery.id,
      ...order.headers,
    },
    body: order.body === null || typeof order.body === 'string' ? order.body : JSON.stringify(order.body),
    timeoutMs: delivery.timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    maxRedirects: order.maxRedirects ?? 0,
    signal: delivery.signal,
  });
  if (!answer.ok)
    return sendFailure(answer.failure === 'bad_request' ? 'bad_settings' : answer.failure, answer.message);
  if (answer.status >= 200 && answer.status < 300) return answer;
  return failureOf(answer, order, ports);
}

/** For vendors whose 2xx says it all. */
export async function postAndTrust(order: Post, delivery: Delivery, ports: ChannelPorts): Promise<SendResult> {
  const answer = await post(order, delivery, ports);
  return answer.ok ? { ok: true, answer: answerText(answer) } : answer;
}

export function answerText({ status, text }: OutboundAnswer): string {
  return text.trim() === '' ? String(status) : `${status} ${text}`;
}

/** The answer's JSON object, or an empty one. */
export function jsonOf({ text }: OutboundAnswer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function failureOf(answer: OutboundAnswer, order: Post, ports: ChannelPorts): SendFailure {
  const { status } = answer;
  const wait = order.retryAfterOf?.(jsonOf(answer)) ?? answer.headers['retry-after'];
  const retryAfterMs = readRetryAfter(wait, ports.clock.now());
  const said = `the answer was ${answerText(answer)}`;
  if (status === 429) return sendFailure('rate_limited', said, retryAfterMs);
  // 408 and 425 ask for the same request again (RFC 9110, 15.5.9; RFC 8470, 5.2).
  if (status >= 500 || status === 408 || status === 425) return sendFailure('server_error', said, retryAfterMs);
  return sendFailure('rejected', said);
}

const DAY_MS = 86_400_000;

/** Seconds, or a date (RFC 9110, 10.2.3). At most a day: a mistake of the peer must not silence a channel for longer. */
export function readRetryAfter(given: unknown, now: number): number | null {
  if (typeof given !== 'string' && typeof given !== 'number') return null;
  const text = String(given).trim();
  if (text === '') return null;
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - now : seconds * 1_000;
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, Math.ceil(ms)), DAY_MS);
}
