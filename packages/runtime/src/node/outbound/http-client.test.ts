import type { LookupAddress } from 'node:dns';
import type { OutboundRequest } from '@vaquita/plugins';
import { expect, test } from 'vitest';
import { serve } from '../../testing/local-servers.ts';
import { selfSigned } from '../../testing/self-signed.ts';
import { createGuard } from './guard.ts';
import { createOutboundHttp } from './http-client.ts';

const HERE: LookupAddress = { address: '127.0.0.1', family: 4 };

function request(url: string, changes: Partial<OutboundRequest> = {}): OutboundRequest {
  const { signal } = new AbortController();
  const limits = { timeoutMs: 30_000, maxAnswerBytes: 10_000, maxRedirects: 3 };
  return { method: 'POST', url, headers: {}, body: '{}', ...limits, signal, ...changes };
}

/** Every name is this machine, and 127.0.0.1 may be reached; nothing else may. */
function clientOfThisMachine(trust: readonly string[] = []) {
  return createOutboundHttp({ guard: createGuard(['127.0.0.1'], async () => [HERE]), proxyFor: () => null, trust });
}

test('sends what it was given and reads what comes back', async () => {
  const { port, seen } = await serve((_request, response) => response.writeHead(202, { 'X-Id': '7' }).end('tåken'));
  const answer = await clientOfThisMachine().request(
    request(`http://receiver.test:${port}/a?b=c`, { headers: { 'X-Key': 'k' }, body: '{"a":"ü"}' }),
  );
  expect(answer).toMatchObject({ ok: true, status: 202, text: 'tåken', complete: true, headers: { 'x-id': '7' } });
  expect(seen).toEqual([
    {
      method: 'POST',
      path: '/a?b=c',
      headers: expect.objectContaining({ 'x-key': 'k', host: `receiver.test:${port}`, 'content-length': '10' }),
      body: '{"a":"ü"}',
    },
  ]);
});

test('O1, O2: the machine and its networks are not reached unless the operator says so', async () => {
  const { port, seen } = await serve((_request, response) => response.end());
  const { request: send } = createOutboundHttp({ guard: createGuard([]), proxyFor: () => null });
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0', '127.1']) {
    expect(await send(request(`http://${host}:${port}/secret-path`)), host).toMatchObject({ failure: 'refused' });
  }
  for (const host of ['169.254.169.254', '[fd00:ec2::254]', '100.100.100.200', '10.1.2.3', '[fe80::1]']) {
    const refused = await send(request(`http://${host}/secret-path`));
    expect(refused).toMatchObject({ failure: 'refused' });
    expect(JSON.stringify(refused)).not.toContain('secret-path');
  }
  expect(seen).toEqual([]);
});

test('O1: connects to the address that was checked, whatever the name says next', async () => {
  const { port, seen } = await serve((_request, response) => response.end());
  const answers = [HERE, { address: '127.0.0.2', family: 4 }];
  const lookUp = async () => [answers.shift()!];
  const client = createOutboundHttp({ guard: createGuard(['127.0.0.1'], lookUp), proxyFor: () => null });
  expect(await client.request(request(`http://turns.test:${port}/`))).toMatchObject({ ok: true });
  expect(seen).toHaveLength(1);
  expect(answers).toHaveLength(1);
  expect(await client.request(request(`http://turns.test:${port}/`))).toMatchObject({ failure: 'refused' });
});

test('O4: the address of a redirect is checked as the first one is', async () => {
  const inside = await serve((_request, response) => response.end('inside'), { host: '127.0.0.2' });
  const { port } = await serve((_request, response) =>
    response.writeHead(307, { location: `http://127.0.0.2:${inside.port}/` }).end(),
  );
  expect(await clientOfThisMachine().request(request(`http://127.0.0.1:${port}/`))).toMatchObject({
    failure: 'refused',
  });
  expect(inside.seen).toEqual([]);
});

test('O4: another origin is told no secrets, the same origin all', async () => {
  const other = await serve((_request, response) => response.end('other'));
  const first = await serve((asked, response) => {
    const location = asked.url === '/here' ? '/there' : `http://127.0.0.1:${other.port}/away`;
    response.writeHead(asked.url === '/there' ? 308 : 307, { location }).end();
  });
  const headers = { Authorization: 'Bearer t', 'X-Key': 'k', Cookie: 'c', 'Content-Type': 'text/plain' };
  const sent = request(`http://127.0.0.1:${first.port}/here`, { headers, body: 'text' });
  expect(await clientOfThisMachine().request(sent)).toMatchObject({ ok: true, text: 'other' });
  expect(first.seen[1]).toMatchObject({ path: '/there', headers: { authorization: 'Bearer t', 'x-key': 'k' } });
  expect(other.seen[0]).toMatchObject({ method: 'POST', body: 'text', headers: { 'content-type': 'text/plain' } });
  expect(Object.keys(other.seen[0]!.headers).sort()).toEqual(['connection', 'content-length', 'content-type', 'host']);
});

test('O4: redirects come to an end, and those that would lose the body are not followed', async () => {
  const { port, seen } = await serve((asked, response) =>
    response.writeHead(asked.url === '/see' ? 303 : 307, { location: '/loop' }).end(),
  );
  const client = clientOfThisMachine();
  expect(await client.request(request(`http://127.0.0.1:${port}/loop`))).toMatchObject({ ok: true, status: 307 });
  expect(seen).toHaveLength(4);
  expect(await client.request(request(`http://127.0.0.1:${port}/see`))).toMatchObject({ ok: true, status: 303 });
  expect(seen).toHaveLength(5);
  const read = request(`http://127.0.0.1:${port}/see`, { method: 'GET', body: null, maxRedirects: 1 });
  expect(await client.request(read)).toMatchObject({ status: 307 });
});

test('O4: never from https to http', async () => {
  const certificate = selfSigned(['receiver.test']);
  const { port } = await serve(
    (_asked, response) => response.writeHead(308, { location: 'http://127.0.0.1:1/' }).end(),
    {
      certificate,
    },
  );
  const answer = await clientOfThisMachine([certificate.cert]).request(request(`https://receiver.test:${port}/`));
  expect(answer).toMatchObject({ failure: 'refused', message: expect.stringContaining('without encryption') });
});

test('a certificate must be trusted and for the name', async () => {
  const certificate = selfSigned(['receiver.test']);
  const { port } = await serve((_asked, response) => response.end('ok'), { certificate });
  const trusting = clientOfThisMachine([certificate.cert]);
  expect(await trusting.request(request(`https://receiver.test:${port}/`))).toMatchObject({ ok: true, text: 'ok' });
  expect(await trusting.request(request(`https://other.test:${port}/`))).toMatchObject({
    failure: 'network',
    message: expect.stringContaining('for another name'),
  });
  expect(await clientOfThisMachine().request(request(`https://receiver.test:${port}/`))).toMatchObject({
    failure: 'network',
    message: expect.stringContaining('signed by itself'),
  });
});

test('O5: an answer without an end is read up to the bound', async () => {
  const { port } = await serve((_asked, response) => {
    const more = (): void => void response.write('x'.repeat(1_000), (error) => error ?? more());
    more();
  });
  const answer = await clientOfThisMachine().request(request(`http://127.0.0.1:${port}/`, { maxAnswerBytes: 1_500 }));
  expect(answer).toMatchObject({ ok: true, text: 'x'.repeat(1_500), complete: false });
});

test('O5: a peer that is silent, before or amid its answer, and a name that is not answered, end with the time', async () => {
  const { port } = await serve((asked, response) => void (asked.url === '/half' && response.write('half')));
  for (const path of ['silent', 'half']) {
    const answer = await clientOfThisMachine().request(request(`http://127.0.0.1:${port}/${path}`, { timeoutMs: 50 }));
    expect(answer).toMatchObject({ ok: false, failure: 'timeout' });
  }
  const guard = createGuard([], () => new Promise(() => {}));
  const { request: send } = createOutboundHttp({ guard, proxyFor: () => null });
  expect(await send(request('http://silent.test/', { timeoutMs: 50 }))).toMatchObject({ failure: 'timeout' });
});

test('O5: who gives up lets go of the connection', async () => {
  const control = new AbortController();
  const closed = Promise.withResolvers<void>();
  const { port } = await serve((asked) => {
    asked.socket.once('close', () => closed.resolve());
    control.abort();
  });
  const { signal } = control;
  const answer = await clientOfThisMachine().request(request(`http://127.0.0.1:${port}/`, { signal }));
  expect(answer).toMatchObject({ failure: 'stopped' });
  await closed.promise;
  expect(await clientOfThisMachine().request(request('http://127.0.0.1:9/', { signal }))).toMatchObject({
    failure: 'stopped',
  });
});

test('says what is wrong without saying what was secret', async () => {
  const client = clientOfThisMachine();
  const { port } = await serve((asked) => asked.socket.destroy());
  const failures = [
    [await client.request(request('ftp://127.0.0.1/token')), 'bad_request'],
    [await client.request(request('no address token')), 'bad_request'],
    [
      await client.request(request(`http://127.0.0.1:${port}/`, { headers: { 'X-Key': 'token\r\nX: y' } })),
      'bad_request',
    ],
    [await client.request(request(`http://127.0.0.1:${port}/token`)), 'network'],
  ] as const;
  for (const [answer, failure] of failures) {
    expect(answer).toMatchObject({ ok: false, failure });
    expect(JSON.stringify(answer)).not.toContain('token');
  }
  const nowhere = createOutboundHttp({
    guard: createGuard([], async () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }))),
    proxyFor: () => null,
  });
  expect(await nowhere.request(request('https://nowhere.test/'))).toMatchObject({
    failure: 'network',
    message: expect.stringContaining('there is no such name'),
  });
});
