/** HTTP servers on free ports of this machine that end with the test. */
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { TestCertificate } from './self-signed.ts';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface LocalServer {
  readonly port: number;
  /** Every request whose body has been read, in order. */
  readonly seen: readonly Seen[];
  readonly server: http.Server;
}

export async function serve(
  answer: RequestListener,
  { certificate, host = '127.0.0.1' }: { readonly certificate?: TestCertificate; readonly host?: string } = {},
): Promise<LocalServer> {
  const seen: Seen[] = [];
  const listener: RequestListener = async (request, response) => {
    const body = await text(request);
    seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
    answer(request, response);
  };
  const server = certificate ? https.createServer(certificate, listener) : http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen, server };
}
