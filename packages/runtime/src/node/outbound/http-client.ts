/**
 * HTTP to addresses that people have entered: checked before every hop, bounded in time, size and redirects.
 * The guard's rules O1 to O3 stand in `guard.ts`.
 *
 * O4 A redirect is a new request: checked again, never from https to http, and to another origin without the headers
 *    that could hold a secret.
 * O5 Whatever happens, the call ends within its time limit, and nothing of it goes on afterwards.
 */
import type { OutboundFailure, OutboundHttp, OutboundRequest } from '@vaquita/plugins';
import { directConnection, hostOf, proxiedConnection } from './connect.ts';
import { type Answer, exchange } from './exchange.ts';
import { fail, networkFailure } from './failures.ts';
import type { Guard } from './guard.ts';
import type { ProxyChoice } from './proxy-settings.ts';

export interface HttpClient extends OutboundHttp {
  request(request: OutboundRequest): Promise<Answer | OutboundFailure>;
}

export interface OutboundHttpOptions {
  readonly guard: Guard;
  readonly proxyFor: ProxyChoice;
  /** Certificates (PEM) of authorities that are trusted beside those that Node trusts. */
  readonly trust?: readonly string[];
}

/** What says nothing about who sends: it may go to another origin. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set(['accept', 'content-type', 'idempotency-key', 'user-agent']);

export function createOutboundHttp({ guard, proxyFor, trust = [] }: OutboundHttpOptions): HttpClient {
  async function request(given: OutboundRequest): Promise<Answer | OutboundFailure> {
    const url = readAddress(given.url);
    if (url === null) return fail('bad_request', 'the address must begin with http:// or https://');
    const limit = AbortSignal.timeout(given.timeoutMs);
    const signal = AbortSignal.any([given.signal, limit]);
    const stopped = () =>
      given.signal.aborted
        ? fail('stopped', `the request to ${url.host} was given up`)
        : fail('timeout', `${url.host} has not answered within ${given.timeoutMs} ms`);
    try {
      // A look-up cannot be broken off, so it is left behind when the time is over.
      return await untilAborted(followRedirects({ ...given, signal }, url), signal);
    } catch (error) {
      return signal.aborted ? stopped() : networkFailure(url.host, error);
    }
  }

  async function followRedirects(first: OutboundRequest, url: URL): Promise<Answer | OutboundFailure> {
    let request: OutboundRequest = { ...first, headers: lowerCase(first.headers) };
    let target = url;
    for (let left = first.maxRedirects; ; left -= 1) {
      const answer = await oneHop(request, target);
      if (!answer.ok) return answer;
      const next = redirectOf(answer, target, request.method);
      if (next === null || left === 0) return answer;
      if (target.protocol === 'https:' && next.protocol === 'http:') {
        return fail('refused', `${target.host} redirects to ${next.host} without encryption`);
      }
      if (next.origin !== target.origin) request = { ...request, headers: harmless(request.headers) };
      target = next;
    }
  }

  async function oneHop(request: OutboundRequest, url: URL): Promise<Answer | OutboundFailure> {
    const proxy = proxyFor(url);
    const checked = await guard.check(hostOf(url));
    // Behind a proxy names of the internet may mean nothing here: then the proxy is the wall.
    const unknownHere = proxy !== null && !checked.ok && checked.failure === 'network';
    if (!checked.ok && !unknownHere) return checked;
    request.signal.throwIfAborted();
    try {
      const connection =
        proxy === null && checked.ok
          ? directConnection(url, checked, trust)
          : await proxiedConnection(url, proxy!, trust, request.signal);
      return await exchange({ ...request, url }, connection);
    } catch (error) {
      if (request.signal.aborted) throw error;
      return networkFailure(url.host, error);
    }
  }

  return { request };
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function readAddress(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : null;
}

/**
 * Where an answer sends on to. 307 and 308 ask for the same request again; the older codes are followed for what only
 * reads, because they turn everything else into reading (RFC 9110, 15.4).
 */
function redirectOf({ status, headers }: Answer, from: URL, method: string): URL | null {
  const reads = method === 'GET' || method === 'HEAD';
  const follows = status === 307 || status === 308 || (reads && (status === 301 || status === 302 || status === 303));
  const location = headers.location;
  if (!follows || location === undefined || !URL.canParse(location, from)) return null;
  return readAddress(new URL(location, from).href);
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function harmless(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS_HEADERS.has(name)));
}
