/** Opens the connection of one request: to the addresses that were checked, or through the operator's proxy. */
import http from 'node:http';
import https from 'node:https';
import net, { type LookupFunction, type Socket } from 'node:net';
import tls from 'node:tls';
import { ProxyRefusal } from './failures.ts';
import type { Checked } from './guard.ts';

export interface Connection {
  /** Of the scheme that is spoken on the wire, which through a proxy is the proxy's. */
  readonly request: typeof http.request;
  /** How it reaches its peer. */
  readonly options: http.RequestOptions;
  /** What stands in the request line: a path, or the whole address for a proxy. */
  readonly path: string;
}

/** The part of an address that a certificate and a Host header speak of, without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/** Node asks for the addresses of the name and is given those that were checked (O1). */
export function directConnection(url: URL, { addresses }: Checked, trust: readonly string[]): Connection {
  const host = hostOf(url);
  return {
    request: requestOver(url),
    path: url.pathname + url.search,
    options: { host, port: portOf(url), lookup: answerWith(addresses), agent: false, ...tlsOptions(host, trust) },
  };
}

export function answerWith(addresses: Checked['addresses']): LookupFunction {
  return (_host, options, done) => {
    if (options.all) return done(null, [...addresses]);
    const [first] = addresses;
    done(null, first!.address, first!.family);
  };
}

/** For an http target the proxy is sent the whole address; for https it opens a tunnel and sees no more than the name. */
export async function proxiedConnection(
  url: URL,
  proxy: URL,
  trust: readonly string[],
  signal: AbortSignal,
): Promise<Connection> {
  const authorization = proxyAuthorization(proxy);
  if (url.protocol === 'http:') {
    const headers = authorization === null ? {} : { 'proxy-authorization': authorization };
    return { request: requestOver(proxy), path: url.href, options: { ...peerOf(proxy, trust), headers } };
  }
  const socket = await openTunnel(url, { proxy, authorization, trust, signal });
  const host = hostOf(url);
  return {
    request: http.request,
    path: url.pathname + url.search,
    options: { host, createConnection: () => tls.connect({ socket, ...tlsOptions(host, trust) }) },
  };
}

interface Tunnel {
  readonly proxy: URL;
  readonly authorization: string | null;
  readonly trust: readonly string[];
  readonly signal: AbortSignal;
}

function openTunnel(url: URL, { proxy, authorization, trust, signal }: Tunnel): Promise<Socket> {
  const target = `${url.hostname}:${portOf(url)}`;
  const headers: Record<string, string> = { host: target };
  if (authorization !== null) headers['proxy-authorization'] = authorization;
  const options = { ...peerOf(proxy, trust), method: 'CONNECT', path: target, headers, signal };
  return new Promise((resolve, reject) => {
    const asked = requestOver(proxy)(options);
    asked.on('error', reject);
    // Node tells of every answer to CONNECT in this event, also of a refusal.
    asked.once('connect', (answer, socket, head) => {
      if (answer.statusCode === 200 && head.length === 0) return resolve(socket as Socket);
      socket.destroy();
      reject(new ProxyRefusal(answer.statusCode ?? 0));
    });
    asked.end();
  });
}

function requestOver(url: URL): typeof http.request {
  return url.protocol === 'https:' ? https.request : http.request;
}

function peerOf(proxy: URL, trust: readonly string[]): http.RequestOptions {
  const host = hostOf(proxy);
  return { host, port: portOf(proxy), agent: false, ...tlsOptions(host, trust) };
}

function proxyAuthorization({ username, password }: URL): string | null {
  if (username === '') return null;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** A server name may be no address (RFC 6066). `trust` holds certificates of authorities beside those of the system. */
export function tlsOptions(host: string, trust: readonly string[]): tls.ConnectionOptions {
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  return trust.length === 0 ? servername : { ...servername, ca: [...tls.getCACertificates('default'), ...trust] };
}
