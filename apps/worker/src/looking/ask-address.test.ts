/** Servers of objects as they are, on loopback: kind, odd, broken. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type AddressAnswer, askAddress } from './ask-address.ts';

let closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes) await close();
  closes = [];
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (address: string, signal = new AbortController().signal): Promise<AddressAnswer> =>
  askAddress(address, { fetch, signal });

const VERSION = { etag: '"v1"', 'last-modified': 'Thu, 01 Jan 1970 00:16:40 GMT' };

test('an object is found by its ETag, size and time, without its content', async () => {
  const asked: (string | undefined)[] = [];
  const origin = await serve((request, response) => {
    asked.push(request.method, request.headers['accept-encoding']);
    response.writeHead(200, { ...VERSION, 'content-length': 5 }).end();
  });
  const address = `${origin}/data/sales.csv?signature=secret`;
  expect(await ask(address)).toEqual({
    type: 'found',
    entry: { path: address, size: 5, modifiedAt: 1_000_000, etag: '"v1"' },
  });
  expect(asked).toEqual(['HEAD', 'identity']);
});

describe('where HEAD is refused, or does not tell the size, the first byte is asked for', () => {
  test.each([400, 403, 405, 501, 200])('%i', async (status) => {
    const ranges: (string | undefined)[] = [];
    const origin = await serve((request, response) => {
      if (request.method === 'HEAD') response.writeHead(status, VERSION).end();
      else {
        ranges.push(request.headers.range);
        response.writeHead(206, { ...VERSION, 'content-range': 'bytes 0-0/1234', 'content-length': 1 }).end('a');
      }
    });
    expect(await ask(`${origin}/x`)).toMatchObject({ type: 'found', entry: { size: 1_234, etag: '"v1"' } });
    expect(ranges).toEqual(['bytes=0-0']);
  });

  test('and an answer that sends everything instead is not listened to', async () => {
    let sent = 0;
    const origin = await serve((request, response) => {
      if (request.method === 'HEAD') return void response.writeHead(405).end();
      response.writeHead(200, { ...VERSION, 'content-length': 1_000_000_000 });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on('drain', more);
      more();
    });
    expect(await ask(`${origin}/x`)).toMatchObject({ type: 'found', entry: { size: 1_000_000_000 } });
    expect(sent).toBeLessThan(1_000_000_000);
  });

  test('an object without content has a size too', async () => {
    const origin = await serve((request, response) => {
      if (request.method === 'HEAD') response.writeHead(405).end();
      else response.writeHead(416, { ...VERSION, 'content-range': 'bytes */0' }).end();
    });
    expect(await ask(`${origin}/x`)).toMatchObject({ type: 'found', entry: { size: 0, etag: '"v1"' } });
  });
});

test('redirects are followed; the object is known by the address that was asked', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/old') response.writeHead(302, { location: '/new' }).end();
    else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
    else response.writeHead(200, { ...VERSION, 'content-length': 5 }).end();
  });
  expect(await ask(`${origin}/old`)).toMatchObject({ type: 'found', entry: { path: `${origin}/old`, size: 5 } });
  expect(await ask(`${origin}/round`)).toMatchObject({ type: 'problem', code: 'unreachable' });
});

test.each([404, 410])('%i is nothing there, and no problem', async (status) => {
  const origin = await serve((_, response) => response.writeHead(status).end());
  expect(await ask(`${origin}/x`)).toEqual({ type: 'nothing' });
});

test.each<[number, Record<string, string>, string, string]>([
  [401, {}, 'not_allowed', 'answers 401'],
  [403, {}, 'not_allowed', 'answers 403'],
  [500, VERSION, 'unreachable', 'answers 500 Internal Server Error'],
  [200, { 'content-length': '5' }, 'no_version', 'does not tell its version'],
  [200, { 'content-length': '5', 'last-modified': 'yesterday' }, 'no_version', 'does not tell its version'],
  [200, { 'content-length': '5', etag: `"${'x'.repeat(2_000)}"` }, 'no_version', 'does not tell its version'],
  [200, { ...VERSION, 'transfer-encoding': 'chunked' }, 'no_version', 'does not tell how large it is'],
])('%i with %j is a problem: %s', async (status, headers, code, words) => {
  const origin = await serve((_, response) => response.writeHead(status, headers).end());
  const text = expect.stringContaining(words);
  expect(await ask(`${origin}/x?signature=secret`)).toEqual({ type: 'problem', code, text });
});

test('no problem tells what may be secret in an address', async () => {
  const origin = await serve((_, response) => response.writeHead(500).end());
  const refused = await serve((request) => request.socket.destroy());
  for (const address of [
    `${origin}/x?s=hidden`,
    `${refused}/x?s=hidden`,
    'http://me:hidden@127.0.0.1/x',
    'http://?hidden',
  ])
    expect(JSON.stringify(await ask(address))).not.toContain('hidden');
});

test('a server that is not there, or breaks off, cannot be reached', async () => {
  const origin = await serve((request) => request.socket.destroy());
  expect(await ask(`${origin}/x`)).toMatchObject({ type: 'problem', code: 'unreachable' });
  await closes.pop()!();
  expect(await ask(`${origin}/x`)).toMatchObject({ text: expect.stringContaining('ECONNREFUSED') });
});

test('a server that never answers is left when time is over', async () => {
  const reached = Promise.withResolvers<void>();
  const origin = await serve(() => reached.resolve());
  const over = new AbortController();
  const asking = ask(`${origin}/x`, over.signal);
  await reached.promise;
  over.abort();
  await expect(asking).rejects.toThrow();
});
