import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseProxies, createGuard, createOutboundHttp } from '@vaquita/runtime/node/server';
import { selfSigned, serve } from '@vaquita/runtime/testing';
import { expect, onTestFinished, test } from 'vitest';
import { readOutbound } from './outbound.ts';

/** As the thread that sends alerts makes it. */
async function openHttp(...given: Parameters<typeof readOutbound>) {
  const { allow, proxy, trust } = await readOutbound(...given);
  return createOutboundHttp({ guard: createGuard(allow), proxyFor: chooseProxies(proxy), trust });
}

const NOTHING = { outboundAllow: null, outboundProxy: false, outboundCertificates: null };
const request = (url: string) => ({
  ...{ method: 'GET', url, headers: {}, body: null, timeoutMs: 30_000, maxAnswerBytes: 1_000, maxRedirects: 0 },
  signal: new AbortController().signal,
});

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'outbound-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'authorities.pem'), text);
  return join(folder, 'authorities.pem');
}

test('this machine is refused until the operator lets it through, and its certificate until he trusts it', async () => {
  const certificate = selfSigned(['localhost']);
  const { port } = await serve((_asked, response) => response.end('here'), { certificate });
  const url = `https://localhost:${port}/`;
  const http = await openHttp(NOTHING, {});
  expect(await http.request(request(url))).toMatchObject({ ok: false, failure: 'refused' });
  const allowed = { ...NOTHING, outboundAllow: '10.0.0.0/8,localhost' };
  expect(await (await openHttp(allowed, {})).request(request(url))).toMatchObject({ failure: 'network' });
  const trusting = { ...allowed, outboundCertificates: fileWith(`ours:\n${certificate.cert}\n`) };
  expect(await (await openHttp(trusting, {})).request(request(url))).toMatchObject({ ok: true, text: 'here' });
});

test('proxies of the environment are used only when they are switched on', async () => {
  const proxy = await serve((_asked, response) => response.end('proxied'));
  const target = await serve((_asked, response) => response.end('direct'));
  const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
  const allowed = { ...NOTHING, outboundAllow: '127.0.0.1' };
  const url = `http://127.0.0.1:${target.port}/`;
  expect(await (await openHttp(allowed, env)).request(request(url))).toMatchObject({ text: 'direct' });
  const proxied = await openHttp({ ...allowed, outboundProxy: true }, env);
  expect(await proxied.request(request(url))).toMatchObject({ text: 'proxied' });
});

test.each([
  ['no certificate', /holds no certificate/],
  ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /certificate 1 is none/],
])('a file of certificates that holds %j stops the start', async (text, message) => {
  const settings = { ...NOTHING, outboundCertificates: fileWith(text) };
  await expect(readOutbound(settings, {})).rejects.toMatchObject({
    code: 'bad_settings',
    message: expect.stringMatching(message),
  });
});

test('so does a file that is not there, or a list with something else in it', async () => {
  const missing = { ...NOTHING, outboundCertificates: '/none/such.pem' };
  await expect(readOutbound(missing, {})).rejects.toMatchObject({ message: expect.stringContaining('ENOENT') });
  const list = { ...NOTHING, outboundAllow: '10.0.0.0/8,http://a' };
  const env = { HTTPS_PROXY: 'proxy:3128' };
  for (const [settings, given] of [
    [list, {}],
    [{ ...NOTHING, outboundProxy: true }, env],
  ] as const) {
    await expect(readOutbound(settings, given)).rejects.toMatchObject({ code: 'bad_settings' });
  }
});
