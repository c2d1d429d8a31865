/**
 * The one listening socket of a server: requests go to a fetch function, upgrades to whoever asked for their path.
 * Closing lets answers under way end, up to a grace, and then cuts what is left (streams never end by themselves).
 */
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { AppError } from '@vaquita/core';

/** A whole request: files of tasks come over slow lines too. What never ends must end all the same. */
const REQUEST_TIMEOUT_MS = 3_600_000;

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Below which browsers find it, such as `/vaquita`. Proxies take it off or leave it: both are answered, without it. */
  readonly basePath?: string;
  fetch(request: Request, env: unknown): Response | Promise<Response>;
  /** By path, such as `/api/v1/worker/socket`. Other upgrades are refused. */
  readonly upgrades: ReadonlyMap<string, (request: IncomingMessage, socket: Duplex, head: Buffer) => void>;
  onError(error: unknown): void;
}

export interface HttpServer {
  readonly port: number;
  /** Where a person on this machine finds it. */
  readonly url: string;
  close(graceMs: number): Promise<void>;
}

/** @throws AppError `port_in_use`, `bad_settings` */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const listener = getRequestListener((request, env) => options.fetch(request, env), {
    errorHandler(error) {
      options.onError(error);
      return new Response('Internal error', { status: 500 });
    },
  });
  const { basePath = '' } = options;
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (incoming, outgoing) => {
    incoming.url = withoutBase(incoming.url ?? '/', basePath);
    void listener(incoming, outgoing);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = withoutBase(request.url ?? '', basePath).split('?')[0]!;
    const upgrade = options.upgrades.get(path);
    if (upgrade) upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  await listen(server, options);
  server.on('error', (error) => options.onError(error));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${urlHost(options.host)}:${port}${basePath}`,
    close: (graceMs) => close(server, graceMs),
  };
}

/** The address of the peer from what `fetch` was given as its environment. */
export function peerAddress(env: unknown): string {
  const { incoming } = env as { readonly incoming?: IncomingMessage };
  return incoming?.socket.remoteAddress ?? 'unknown';
}

function withoutBase(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(toListenError(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function toListenError(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new AppError(
        'port_in_use',
        `The port ${port} on ${host} is in use. Stop what uses it, or choose another port with VAQUITA_PORT.`,
        { cause: error },
      );
    case 'EACCES':
      return new AppError(
        'bad_settings',
        `This user may not listen on port ${port}. Choose a port of 1024 or above with VAQUITA_PORT.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AppError(
        'bad_settings',
        `${host} is not an address of this machine. Set VAQUITA_HOST to one that is.`,
        {
          cause: error,
        },
      );
    default:
      return new AppError('internal', `The server cannot listen on ${host}:${port}: ${error.message}`, {
        cause: error,
      });
  }
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** A server that listens on all addresses is found at this machine's own. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
