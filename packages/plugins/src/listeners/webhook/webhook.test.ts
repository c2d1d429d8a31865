import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { OutboundHttp, OutboundRequest } from '../../ports.ts';
import { type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { sampleContext, sampleEvent } from '../../testing/listener-context.ts';
import { asPlugin } from '../built-in-listener.ts';
import { webhook } from './webhook.ts';

const url = 'https://receiver.test/events';

function pluginTo(vendor: FakeVendor) {
  const { http, clock, requests } = fakePorts(vendor);
  return { plugin: plugin(http, clock), requests };
}

function plugin(http: OutboundHttp, clock = fakePorts(() => ({ status: 200 })).clock) {
  const none = { open: () => Promise.reject(new Error('not for a webhook')) };
  return asPlugin(webhook, { http, clock, files: none, kafka: none, nats: none, redis: none }, '1.0.0');
}

async function sent(settings: Record<string, unknown>, event = sampleEvent()): Promise<OutboundRequest> {
  const { plugin, requests } = pluginTo(() => ({ status: 204 }));
  const context = sampleContext({ url, ...settings });
  await plugin.open!(context);
  await plugin.onEvent(event, context);
  expect(requests).toHaveLength(1);
  return requests[0]!;
}

const attributes = {
  specversion: '1.0',
  id: '01J0EVENT00000001',
  source: '/vaquita',
  type: 'vaquita.workflow.failed',
  subject: 'workflow/orders/run/12',
  time: '2026-11-21T07:00:00.005Z',
  sequence: '0000000000000001',
  dataversion: '1',
  projectid: '01J0PROJECT',
};

test('structured: the event is the body', async () => {
  const { headers, body, method } = await sent({});
  expect(method).toBe('POST');
  expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  expect(JSON.parse(body!)).toEqual({
    ...attributes,
    datacontenttype: 'application/json',
    projectname: 'Bücher & "mehr"',
    data: sampleEvent().data,
  });
});

test('binary: the data is the body, the rest are headers that every HTTP library can carry', async () => {
  const { headers, body } = await sent({ mode: 'binary', source: 'https://vaquita.example' });
  expect(JSON.parse(body!)).toEqual(sampleEvent().data);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'ce-source': 'https://vaquita.example',
    'ce-id': attributes.id,
    'ce-type': attributes.type,
    'ce-specversion': '1.0',
    'ce-sequence': attributes.sequence,
    'ce-projectname': 'B%C3%BCcher%20&%20%22mehr%22',
  });
  expect(
    Object.keys(headers)
      .filter((name) => name.startsWith('ce-'))
      .every((name) => /^ce-[a-z\d]+$/.test(name)),
  ).toBe(true);
});

test('what is of no project has no project', async () => {
  expect(JSON.parse((await sent({}, sampleEvent(1, { project: null }))).body!)).not.toHaveProperty('projectid');
});

test('signed as Standard Webhooks describes, with the headers of the user and the key of the event', async () => {
  const { headers, body } = await sent({
    secret: 'of both sides',
    headers: { Authorization: 'Bearer a-token-of-some' },
  });
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  expect(headers['webhook-signature']).toBe(
    `v1,${createHmac('sha256', 'of both sides').update(signed).digest('base64')}`,
  );
  expect(headers).toMatchObject({
    Authorization: 'Bearer a-token-of-some',
    'idempotency-key': attributes.id,
    'webhook-id': attributes.id,
  });
});

test.each([
  [
    { status: 503, headers: { 'retry-after': '30' }, text: 'busy\n' },
    'The receiver answered 503, which is a failure of its own: busy. It asks to be left alone for 30 s.',
  ],
  [{ status: 401 }, 'does not accept the headers or the signature'],
  [{ status: 410 }, 'check the address'],
  [{ status: 302 }, 'enter the address it leads to'],
  [{ status: 413 }, 'too large'],
  [{ status: 418 }, 'does not take this event'],
  [
    { ok: false as const, failure: 'refused' as const, message: 'inside, see outboundAllow' },
    'inside, see outboundAllow',
  ],
])('a failure is thrown in words: %o', async (answer, words) => {
  const { plugin } = pluginTo(() => answer);
  await expect(plugin.onEvent(sampleEvent(), sampleContext({ url }))).rejects.toThrow(words);
});

test('a receiver that repeats a secret does not make it known', async () => {
  const { plugin } = pluginTo(({ headers }) => ({ status: 500, text: `got ${headers.Authorization}` }));
  const context = sampleContext({ url, headers: { Authorization: 'Bearer a-token-of-some' } });
  const failure = await Promise.resolve(plugin.onEvent(sampleEvent(), context)).catch(String);
  expect(failure).toContain('500');
  expect(failure).not.toContain('a-token-of-some');
});

test('L4: a receiver that hangs holds nobody up once the signal has fired', async () => {
  const context = sampleContext({ url });
  const call = plugin({ request: () => new Promise(() => {}) }).onEvent(sampleEvent(), context);
  context.control.abort();
  await expect(call).rejects.toThrow('has not answered within the time');
});

test.each([
  [{ url: 'ftp://x' }, 'begins with http'],
  [{ url, headers: { 'ce-id': 'x' } }, 'set by Vaquita'],
  [{ url, mode: 'both' }, 'mode'],
  [{ url, sauce: 1 }, 'sauce'],
])('L1: settings that do not hold are refused with their place: %o', async (settings, words) => {
  const { plugin, requests } = pluginTo(() => ({ status: 200 }));
  await expect(plugin.open!(sampleContext(settings))).rejects.toThrow(words);
  await expect(plugin.onEvent(sampleEvent(), sampleContext(settings))).rejects.toThrow(words);
  expect(requests).toHaveLength(0);
});
