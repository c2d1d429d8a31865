/** Opens the worker's socket to a server. Connecting once is all it does; when to try again is the agent's. */
import type { IncomingMessage } from 'node:http';
import { AppError } from '@vaquita/core';
import { MAX_FRAME_BYTES, SOCKET_PATH, SUBPROTOCOL, type Wire } from '@vaquita/protocol';
import { WebSocket } from 'ws';
import { openSocketWire } from './socket-wire.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** `http(s)://` or `ws(s)://host:port[/base]` → the address of the worker socket there; undefined when it is neither. */
export function socketUrl(server: string): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const url = new URL(server);
  const scheme = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }[url.protocol];
  if (scheme === undefined || url.host === '') return undefined;
  const base = url.pathname.replace(/\/+$/, '');
  return `${scheme}//${url.host}${base.endsWith(SOCKET_PATH) ? base : base + SOCKET_PATH}`;
}

export function connectSocket(url: string): Promise<Wire> {
  const socket = new WebSocket(url, [SUBPROTOCOL], {
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    maxPayload: 2 * MAX_FRAME_BYTES,
    followRedirects: false,
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(openSocketWire(socket)));
    socket.once('unexpected-response', (_: unknown, response: IncomingMessage) => {
      response.resume();
      socket.terminate();
      reject(
        new AppError(
          'unavailable',
          `${url} answered ${response.statusCode ?? 'nothing'} instead of opening a worker socket. Is this the address of a Vaquita server?`,
        ),
      );
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      reject(new AppError('unavailable', `${url} cannot be reached: ${error.message || error.code}`, { cause: error }));
    });
  });
}
