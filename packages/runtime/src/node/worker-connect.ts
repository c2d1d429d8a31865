/** Opens the worker's socket to a server. Connecting once is all it does; when to try again is the agent's. */
import type { IncomingMessage } from 'node:http';
import { AppError } from '@vaquita/core';
import { MAX_FRAME_BYTES, SUBPROTOCOL, type Wire } from '@vaquita/protocol';
import { WebSocket } from 'ws';
import { openSocketWire } from './socket-wire.ts';

/** @param withinMs for how long the server may take to answer */
export function connectSocket(url: string, withinMs: number): Promise<Wire> {
  const socket = new WebSocket(url, [SUBPROTOCOL], {
    perMessageDeflate: false,
    handshakeTimeout: withinMs,
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
