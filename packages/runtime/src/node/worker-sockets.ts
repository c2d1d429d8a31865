/** The door for workers on the server's socket: upgrades to WebSocket and hands each one on as a wire. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { MAX_FRAME_BYTES, SUBPROTOCOL, type Wire } from '@vaquita/protocol';
import { WebSocketServer } from 'ws';
import { openSocketWire } from './socket-wire.ts';

export interface WorkerSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Cuts whatever is still open. Sessions should have been closed before. */
  close(): void;
}

export function createWorkerSockets(accept: (wire: Wire) => void): WorkerSockets {
  const server = new WebSocketServer({
    noServer: true,
    // Compression costs more than it saves here: frames are small and many.
    perMessageDeflate: false,
    // Leaves room for the session to say itself what was wrong with a frame that is a little too large.
    maxPayload: 2 * MAX_FRAME_BYTES,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

  return {
    upgrade(request, socket, head) {
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
      if (!offered.includes(SUBPROTOCOL)) {
        const text = `This is the socket of Vaquita workers; ask for the subprotocol ${SUBPROTOCOL}.\n`;
        socket.end(
          `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
        );
        return;
      }
      server.handleUpgrade(request, socket, head, (opened) => accept(openSocketWire(opened)));
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
