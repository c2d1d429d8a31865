/** A WebSocket of the `ws` library as the wire a protocol session talks through. The same on both sides. */
import type { Wire } from '@vaquita/protocol';
import type { RawData, WebSocket } from 'ws';

/** Messages that came before somebody asked for them are kept; a binary frame is handed on as text and fails there. */
export function openSocketWire(socket: WebSocket): Wire {
  const early: string[] = [];
  let receive: ((text: string) => void) | undefined;
  let closed: { readonly code: number; readonly reason: string } | undefined;
  let onClosed: ((code: number, reason: string) => void) | undefined;

  socket.on('message', (data: RawData) => {
    const text = textOf(data);
    if (receive) receive(text);
    else early.push(text);
  });
  socket.on('close', (code: number, reason: Buffer) => {
    closed = { code, reason: reason.toString('utf8') };
    onClosed?.(closed.code, closed.reason);
  });
  // An error is always followed by 'close'; without a listener it would end the process.
  socket.on('error', () => {});

  return {
    send(text) {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close(code, reason) {
      socket.close(code, reason);
    },
    terminate() {
      socket.terminate();
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    onText(handler) {
      receive = handler;
      for (const text of early.splice(0)) handler(text);
    },
    onClose(handler) {
      onClosed = handler;
      if (closed) queueMicrotask(() => handler(closed!.code, closed!.reason));
    },
    // After everything that follows at once from what has just happened, and before anything else does: a frame costs a
    // system call on both sides, and whoever waits for it should not wait for the rest of the loop. The next tick that a
    // microtask asks for comes when all microtasks are done.
    defer: (run) => queueMicrotask(() => process.nextTick(run)),
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
