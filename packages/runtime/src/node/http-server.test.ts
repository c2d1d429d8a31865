import { request } from 'node:http';
import { connect } from 'node:net';
import { AppError } from '@vaquita/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HttpServerOptions, peerAddress, startHttpServer } from './http-server.ts';

async function start(options: Partial<HttpServerOptions> = {}) {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    fetch: () => new Response('ok'),
    upgrades: new Map(),
    onError: () => {},
    ...options,
  });
  onTestFinished(() => server.close(0));
  return server;
}

describe('startHttpServer', () => {
  it('answers through fetch and knows its peer', async () => {
    const { url } = await start({ fetch: (_request, env) => new Response(peerAddress(env)) });
    expect(await (await fetch(url)).text()).toBe('127.0.0.1');
  });

  it('says which port is in use and what to do', async () => {
    const { port } = await start();
    const error = await start({ port }).catch((thrown: unknown) => thrown as AppError);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'port_in_use', message: expect.stringContaining('VAQUITA_PORT') });
    expect((error as AppError).message).toContain(String(port));
  });

  it('says that an address is not one of this machine', async () => {
    await expect(start({ host: '203.0.113.7' })).rejects.toMatchObject({ code: 'bad_settings' });
  });

  it('gives upgrades to whoever asked for the path, and refuses others', async () => {
    const { port } = await start({
      upgrades: new Map([
        ['/socket', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nhello')],
      ]),
    });
    expect(await upgrade(port, '/socket?x=1')).toContain('101');
    expect(await upgrade(port, '/other')).toContain('404');
  });

  it('answers below a base path and without it, so that a proxy may take it off or leave it', async () => {
    const { url, port } = await start({
      basePath: '/tools/vaquita',
      fetch: (request) => new Response(request.url.replace(/^https?:\/\/[^/]+/, '')),
      upgrades: new Map([['/socket', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')]]),
    });
    expect(url).toBe(`http://127.0.0.1:${port}/tools/vaquita`);
    const seen = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(await seen('/tools/vaquita/runs?state=failure')).toBe('/runs?state=failure');
    expect(await seen('/runs?state=failure')).toBe('/runs?state=failure');
    expect(await seen('/tools/vaquita')).toBe('/');
    expect(await seen('/tools/vaquita?x=1')).toBe('/?x=1');
    expect(await seen('/tools/vaquitas')).toBe('/tools/vaquitas');
    expect(await upgrade(port, '/tools/vaquita/socket')).toContain('101');
    expect(await upgrade(port, '/socket')).toContain('101');
  });

  it('tells a stream that its reader has gone', async () => {
    let cancelled: () => void;
    const gone = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    const { url } = await start({
      fetch: () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
            cancel: () => cancelled(),
          }),
        ),
    });
    const reader = new AbortController();
    const response = await fetch(url, { signal: reader.signal });
    await response.body!.getReader().read();
    reader.abort();
    await gone;
  });

  it('closes although a stream is still open', async () => {
    const server = await start({
      fetch: () =>
        new Response(
          new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('first')) }),
        ),
    });
    const response = await fetch(server.url);
    const body = response.text().catch(() => 'cut');
    await server.close(0);
    await body;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('survives a client that sends half a request and goes', async () => {
    const { port, url } = await start({ fetch: async (incoming) => new Response(await incoming.text()) });
    await new Promise<void>((resolve) => {
      const half = request({ port, method: 'POST', headers: { 'content-length': 100 } });
      half.on('error', () => resolve());
      half.write('half', () => half.destroy());
    });
    expect(await (await fetch(url, { method: 'POST', body: 'whole' })).text()).toBe('whole');
  });
});

function upgrade(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    });
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('end', () => {
      socket.end();
      resolve(answer);
    });
    socket.on('error', reject);
  });
}
