/**
 * A TCP proxy on loopback that can fall silent: no byte passes, no connection ends, nobody is told.
 *
 * N1 While it is silent neither side hears anything of the other, not even its end.
 * N2 After `hold` everything that was held back arrives, in order. After `drop` the connections of that time stay silent
 *    for ever, as behind a router that has forgotten them; new ones work.
 */
import { createServer, connect as openConnection, type Server, type Socket } from 'node:net';

export type Silence = 'hold' | 'drop';

export interface SilentProxy {
  readonly port: number;
  silence(mode: Silence): void;
  /** Lets everything through again. */
  hear(): void;
  close(): Promise<void>;
}

/** One direction of one connection. */
interface Way {
  readonly from: Socket;
  readonly to: Socket;
  readonly held: Buffer[];
  ended: boolean;
}

export async function startSilentProxy(targetPort: number): Promise<SilentProxy> {
  let silent: Silence | null = null;
  const sockets = new Set<Socket>();
  const ways = new Set<Way>();
  /** Connections that came while it was silent. */
  const waiting: Socket[] = [];

  function accept(client: Socket): void {
    keep(client);
    if (silent === null) join(client);
    else if (silent === 'hold') waiting.push(client);
  }

  function join(client: Socket): void {
    const server = keep(openConnection({ host: '127.0.0.1', port: targetPort }));
    forward(client, server);
    forward(server, client);
  }

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.setNoDelay(true);
    // What is wrong with a side is for the other to notice, when it is told: `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    return socket;
  }

  function forward(from: Socket, to: Socket): void {
    const way: Way = { from, to, held: [], ended: false };
    ways.add(way);
    from.on('data', (bytes) => {
      if (!ways.has(way)) return;
      if (silent !== null) way.held.push(bytes);
      else pass(way, bytes);
    });
    from.on('close', () => {
      way.ended = true;
      if (silent === null) finish(way);
    });
  }

  function pass({ from, to }: Way, bytes: Buffer): void {
    if (to.destroyed || to.write(bytes)) return;
    from.pause();
    to.once('drain', () => from.resume());
  }

  function finish(way: Way): void {
    if (ways.delete(way)) way.to.destroySoon();
  }

  const server: Server = createServer(accept);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy was given no port');

  return {
    port: address.port,
    silence(mode) {
      silent = mode;
      // From now on nothing of these passes, in neither direction.
      if (mode === 'drop') ways.clear();
    },
    hear() {
      silent = null;
      for (const client of waiting.splice(0)) if (!client.destroyed) join(client);
      for (const way of [...ways]) {
        for (const bytes of way.held.splice(0)) pass(way, bytes);
        if (way.ended) finish(way);
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
