/** A reverse proxy as people put one in front of a server: below a path of its host, which it takes off or leaves. */
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface TestProxy extends AsyncDisposable {
  /** With the path, such as `http://127.0.0.1:4321/vaquita`. */
  readonly url: string;
  /** The host itself; anything on it beside the path answers 404, as a host with other things on it would. */
  readonly origin: string;
}

export interface TestProxyOptions {
  /** Of the server, without any path. */
  readonly target: string;
  readonly basePath: string;
  /** Whether it takes the path off before it passes a request on. */
  readonly strips: boolean;
}

export async function startTestProxy({ target, basePath, strips }: TestProxyOptions): Promise<TestProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();

  function passOn(incoming: IncomingMessage) {
    const { url = '/', method, headers } = incoming;
    if (url !== basePath && !url.startsWith(`${basePath}/`)) return undefined;
    const path = strips ? url.slice(basePath.length) || '/' : url;
    return request({ host: hostname, port, path, method, headers });
  }

  const server = createServer((incoming, outgoing) => {
    const onward = passOn(incoming);
    if (onward === undefined) {
      outgoing.writeHead(404).end('something else lives here');
      return;
    }
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('upgrade', (incoming, socket, head) => {
    const onward = passOn(incoming);
    if (onward === undefined) return socket.destroy();
    onward.on('upgrade', (answer, other, rest) => {
      const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
      for (let i = 0; i < answer.rawHeaders.length; i += 2)
        lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      socket.write(rest);
      other.write(head);
      socket.pipe(other).pipe(socket);
      for (const [one, another] of [
        [socket, other],
        [other, socket],
      ] as const) {
        one.on('error', () => another.destroy());
        one.on('close', () => another.destroy());
      }
    });
    onward.on('response', () => socket.destroy());
    onward.on('error', () => socket.destroy());
    onward.end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}${basePath}`,
    origin,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
