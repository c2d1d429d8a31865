/** One HTTP call: address, headers, body, and errors turned into ApiError. Knows no resource. */
import { ApiError, toApiError } from './api-error.ts';

export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

/** The two timers the live streams need; a test turns them by hand. */
export interface Timers {
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}

export interface ClientOptions {
  /** Where the server is, such as `https://vaquita.example`. Empty: the page's own origin. */
  readonly baseUrl: string;
  /** An API token. In a browser leave it out: the session cookie speaks. */
  readonly token?: string | undefined;
  readonly fetch?: Fetch;
  readonly timers?: Timers;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface PostOptions extends CallOptions {
  /** The same key and body always give the same answer, so a call may be repeated when no answer came. */
  readonly idempotencyKey?: string | undefined;
}

type QueryValue = string | number | boolean | readonly string[] | null | undefined;

export interface Call extends PostOptions {
  /** Values are texts, numbers, booleans or lists of texts; absent ones are left out. */
  readonly query?: object | undefined;
  readonly json?: unknown;
  /** Sent as it is, with this content type. */
  readonly text?: { readonly type: string; readonly body: string } | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Transport {
  readonly timers: Timers;
  url(path: string, query?: Call['query']): string;
  /** The raw answer of a call that succeeded. @throws ApiError */
  send(method: string, path: string, call?: Call): Promise<Response>;
  /** The JSON body of a call that succeeded. @throws ApiError */
  call<Answer>(method: string, path: string, call?: Call): Promise<Answer>;
}

export function createTransport(options: ClientOptions): Transport {
  const base = options.baseUrl.replace(/\/+$/, '');
  const fetchIt: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const timers: Timers = options.timers ?? {
    setTimeout: (run, delayMs) => globalThis.setTimeout(run, delayMs),
    clearTimeout: (handle) => globalThis.clearTimeout(handle as number),
  };

  function url(path: string, query: Call['query'] = {}): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query as Readonly<Record<string, QueryValue>>)) {
      if (value === undefined || value === null) continue;
      if (Array.isArray(value)) for (const one of value) search.append(name, one);
      else search.append(name, String(value));
    }
    const text = search.toString();
    return `${base}${path}${text === '' ? '' : `?${text}`}`;
  }

  function headersOf(call: Call): Record<string, string> {
    return {
      accept: 'application/json',
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(call.json !== undefined ? { 'content-type': 'application/json' } : {}),
      ...(call.text ? { 'content-type': call.text.type } : {}),
      ...(call.idempotencyKey ? { 'idempotency-key': call.idempotencyKey } : {}),
      ...call.headers,
    };
  }

  async function send(method: string, path: string, call: Call = {}): Promise<Response> {
    const body = call.text?.body ?? (call.json === undefined ? undefined : JSON.stringify(call.json));
    let response: Response;
    try {
      response = await fetchIt(url(path, call.query), {
        method,
        headers: headersOf(call),
        ...(body === undefined ? {} : { body }),
        ...(call.signal ? { signal: call.signal } : {}),
      });
    } catch (thrown) {
      if (call.signal?.aborted) throw thrown;
      throw new ApiError({
        status: 0,
        code: 'unreachable',
        title: 'The server cannot be reached',
        detail: `No answer from ${base || 'the server'}: ${reasonOf(thrown)}`,
        cause: thrown,
      });
    }
    if (!response.ok) throw await toApiError(response);
    return response;
  }

  async function call<Answer>(method: string, path: string, given?: Call): Promise<Answer> {
    const response = await send(method, path, given);
    if (response.status === 204) return undefined as Answer;
    const text = await response.text();
    try {
      return JSON.parse(text) as Answer;
    } catch (thrown) {
      throw new ApiError({
        status: response.status,
        code: 'bad_answer',
        title: 'The answer is not the API’s',
        detail: `${url(path)} did not answer with JSON; is this the address of a Vaquita server?`,
        cause: thrown,
      });
    }
  }

  return { timers, url, send, call };
}

/** Node hides the useful part of a failed connection in `cause`. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause as { code?: unknown; message?: unknown } | undefined;
  if (cause?.code) return String(cause.code);
  return typeof cause?.message === 'string' && cause.message !== '' ? cause.message : thrown.message;
}

/** A path from its parts, each escaped. */
export function pathOf(...parts: readonly (string | number)[]): string {
  return `/api/v1/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
}
