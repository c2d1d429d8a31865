import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { OutboundRequest } from '@vaquita/plugins';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../testing/local-servers.ts';
import { selfSigned } from '../../testing/self-signed.ts';
import { createGuard } from './guard.ts';
import { createOutboundHttp } from './http-client.ts';
import { chooseProxies, proxyFromEnvironment } from './proxy-settings.ts';

const PUBLIC = { address: '93.184.215.14', family: 4 };
const AUTHORIZATION = `Basic ${Buffer.from('ann:p@ss').toString('base64')}`;

function request(url: string): OutboundRequest {
  const { signal } = new AbortController();
  const limits = { timeoutMs: 30_000, maxAnswerBytes: 10_000, maxRedirects: 0 };
  return { method: 'POST', url, headers: { 'X-Key': 'k' }, body: 'text', ...limits, signal };
}

/** A proxy whose every target is the given port, and what it was asked for. */
async function proxyTo(port: number) {
  const asked: string[] = [];
  const proxy = http.createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url} ${incoming.headers['proxy-authorization']}`);
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const onward = http.request({ port, path: new URL(incoming.url!).pathname, method: incoming.method, headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode!);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  proxy.on('connect', (incoming, socket) => {
    asked.push(`${incoming.method} ${incoming.url} ${incoming.headers['proxy-authorization']}`);
    if (incoming.url!.startsWith('forbidden')) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const onward = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    return undefined;
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  return { asked, address: `http://ann:p%40ss@127.0.0.1:${(proxy.address() as AddressInfo).port}` };
}

test('http goes to the proxy whole, https through a tunnel that hides all but the name', async () => {
  const certificate = selfSigned(['receiver.test']);
  const plain = await serve((_asked, response) => response.end('plain'));
  const secure = await serve((_asked, response) => response.end('secure'), { certificate });
  const [toPlain, toSecure] = [await proxyTo(plain.port), await proxyTo(secure.port)];
  const client = createOutboundHttp({
    guard: createGuard([], async () => [PUBLIC]),
    proxyFor: chooseProxies({ http: toPlain.address, https: toSecure.address, except: [] }),
    trust: [certificate.cert],
  });
  expect(await client.request(request('http://receiver.test/a'))).toMatchObject({ ok: true, text: 'plain' });
  expect(await client.request(request('https://receiver.test/a'))).toMatchObject({ ok: true, text: 'secure' });
  expect(toPlain.asked).toEqual([`POST http://receiver.test/a ${AUTHORIZATION}`]);
  expect(toSecure.asked).toEqual([`CONNECT receiver.test:443 ${AUTHORIZATION}`]);
  for (const { seen } of [plain, secure]) {
    expect(seen).toEqual([expect.objectContaining({ path: '/a', body: 'text' })]);
    expect(seen[0]!.headers).toMatchObject({ host: 'receiver.test', 'x-key': 'k' });
    expect(seen[0]!.headers).not.toHaveProperty('proxy-authorization');
  }
});

test('what is refused stays refused behind a proxy; a name that is unknown here is left to the proxy', async () => {
  const receiver = await serve((_asked, response) => response.end('ok'));
  const { asked, address } = await proxyTo(receiver.port);
  const lookUp = async (host: string) => {
    if (host === 'inside.test') return [{ address: '10.0.0.1', family: 4 }];
    throw Object.assign(new Error(), { code: 'ENOTFOUND' });
  };
  const client = createOutboundHttp({
    guard: createGuard([], lookUp),
    proxyFor: chooseProxies({ http: address, https: address, except: [] }),
  });
  for (const host of ['127.0.0.1', 'inside.test']) {
    expect(await client.request(request(`http://${host}/`))).toMatchObject({ failure: 'refused' });
  }
  expect(asked).toEqual([]);
  expect(await client.request(request('http://outside.test/'))).toMatchObject({ ok: true });
  expect(await client.request(request('https://forbidden.test/'))).toMatchObject({
    failure: 'network',
    message: 'forbidden.test could not be reached: the proxy answered 403',
  });
});

test('the proxy is chosen by scheme, and not for the hosts that are excepted', () => {
  const env = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'corp.example, 10.0.0.1,.inner.example' };
  const proxyFor = chooseProxies(proxyFromEnvironment(env));
  expect(proxyFor(new URL('https://hooks.example/'))?.host).toBe('proxy:3128');
  expect(proxyFor(new URL('http://hooks.example/'))).toBeNull();
  for (const host of ['corp.example', 'a.corp.example', 'b.inner.example', '10.0.0.1']) {
    expect(proxyFor(new URL(`https://${host}/`)), host).toBeNull();
  }
  expect(proxyFor(new URL('https://notcorp.example/'))).not.toBeNull();
  expect(chooseProxies(null)(new URL('https://hooks.example/'))).toBeNull();
  expect(() => chooseProxies({ http: 'proxy:3128', https: null, except: [] })).toThrow(/must begin with http/);
});
