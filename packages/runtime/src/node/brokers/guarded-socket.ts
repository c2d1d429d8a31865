/**
 * Connections to brokers: to the addresses that the guard has checked (O1 to O3 in `outbound/guard.ts`), encrypted or not.
 * Certificates are always checked.
 */

import net, { type Socket } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import type { Peer, TlsOrder } from '@vaquita/plugins';
import { answerWith, tlsOptions } from '../outbound/connect.ts';
import { networkFailure } from '../outbound/failures.ts';
import type { Guard } from '../outbound/guard.ts';

export interface SocketMeans {
  readonly guard: Guard;
  /** PEM of authorities that are trusted beside those of the system. */
  readonly trust: readonly string[];
}

const KEEP_ALIVE_MS = 30_000;

/** Rejects in words. The socket is destroyed when the signal fires before it is connected. */
export async function openSocket({ host, port }: Peer, { guard }: SocketMeans, signal: AbortSignal): Promise<Socket> {
  const checked = await guard.check(host);
  if (!checked.ok) throw new Error(checked.message);
  signal.throwIfAborted();
  const socket = net.connect({
    host,
    port,
    lookup: answerWith(checked.addresses),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  return until(socket, 'connect', { host: `${host}:${port}`, signal });
}

/** Takes the socket over. */
export async function startTls(
  socket: Socket,
  { host, port }: Peer,
  {
    order,
    trust,
    signal,
  }: { readonly order: TlsOrder; readonly trust: readonly string[]; readonly signal: AbortSignal },
): Promise<TLSSocket> {
  const encrypted = tls.connect({ socket, host, ...tlsClientOptions(host, order, trust) });
  return until(encrypted, 'secureConnect', { host: `${host}:${port}`, signal });
}

export function tlsClientOptions(host: string, order: TlsOrder, trust: readonly string[]): tls.ConnectionOptions {
  const { authority, certificate, key } = order;
  return {
    ...tlsOptions(host, authority === null ? trust : [...trust, authority]),
    minVersion: 'TLSv1.2',
    ...(certificate === null ? {} : { cert: certificate }),
    ...(key === null ? {} : { key }),
  };
}

interface Waiting {
  readonly host: string;
  readonly signal: AbortSignal;
}

function until<S extends Socket>(socket: S, event: 'connect' | 'secureConnect', { host, signal }: Waiting): Promise<S> {
  // Errors after the connection are told by `close`; one that nobody hears would end the process.
  socket.on('error', () => undefined);
  const done = Promise.withResolvers<S>();
  const abort = () => {
    socket.destroy();
    done.reject(signal.reason);
  };
  if (signal.aborted) abort();
  const broken = () => done.reject(brokenOff(host));
  signal.addEventListener('abort', abort, { once: true });
  socket.once('error', (error) => done.reject(wordsFor(host, error)));
  socket.once('close', broken);
  socket.once(event, () => done.resolve(socket));
  return done.promise.finally(() => {
    signal.removeEventListener('abort', abort);
    socket.removeListener('close', broken);
  });
}

export function brokenOff(host: string): Error {
  return wordsFor(host, { code: 'ECONNRESET' });
}

/** OpenSSL's own codes, where the other side says no in the handshake or speaks no TLS at all. */
export function wordsFor(host: string, error: unknown): Error {
  const code = String((error as { code?: unknown }).code ?? '');
  if (/^ERR_SSL_.*(WRONG_VERSION_NUMBER|PACKET_LENGTH|RECORD|UNSUPPORTED_PROTOCOL)/.test(code)) {
    return new Error(`${host} does not speak TLS there: switch TLS off, or enter its port for TLS`, { cause: error });
  }
  if (/^ERR_SSL_.*ALERT/.test(code)) {
    return new Error(`${host} does not accept the encrypted connection: check the client certificate (${code})`, {
      cause: error,
    });
  }
  return new Error(networkFailure(host, error).message, { cause: error });
}
