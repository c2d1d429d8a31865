import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { HOSTILE, hostileMessage, NOW, sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { readSettings } from '../settings-form.ts';
import { webhook } from './webhook.ts';

const key = Buffer.from('a key of some bytes');
const settings = {
  url: 'https://receiver.test/alerts',
  headers: { Authorization: 'Bearer receiver-Token', 'X-Team': 'data-platform' },
  secret: `whsec_${key.toString('base64')}`,
};

/** As a receiver checks it: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function isSigned({ headers, body }: Parameters<FakeVendor>[0], signingKey: Buffer): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
  const expected = createHmac('sha256', signingKey).update(`${id}.${timestamp}.${body}`).digest('base64');
  return Math.abs(Number(timestamp) * 1_000 - NOW) < 300_000 && signature === `v1,${expected}`;
}

const vendor: FakeVendor = (request) => {
  if (!isSigned(request, key) || request.headers.authorization !== 'Bearer receiver-Token') return { status: 401 };
  expect(request).toMatchObject({ method: 'POST', url: settings.url, headers: { 'x-team': 'data-platform' } });
  expect(bodyOf(request)).toMatchObject({ id: request.headers['webhook-id'], kind: 'workflow_failed' });
  return { status: 204 };
};

describeHttpChannel({ channel: webhook, settings, secrets: ['receiver-Token', settings.secret], vendor });

async function sent(more: Record<string, unknown>, message = sampleMessage()) {
  const ports = fakePorts(() => ({ status: 200 }));
  const target = { channel: 'webhook', settings: { url: settings.url, ...more } };
  expect(await sendAlert(sampleDelivery({ message }), target, ports)).toEqual({ ok: true, answer: '200' });
  return ports.requests[0]!;
}

test('sends the whole alert as JSON', async () => {
  const message = sampleMessage();
  const request = await sent({});
  expect(request.headers).not.toHaveProperty('webhook-signature');
  expect(bodyOf(request)).toEqual({
    ...message,
    id: '01J0DELIVERY-7',
    firstAt: '2026-11-21T06:59:59.000Z',
    lastAt: '2026-11-21T06:59:59.000Z',
  });
});

test.each([
  ['application/json', '{"text":"{{ headline }}: {{text}}"}', (body: string) => JSON.parse(body).text],
  [
    'application/x-www-form-urlencoded',
    'a=1&text={{headline}}: {{text}}',
    (body: string) => new URLSearchParams(body).get('text'),
  ],
  ['text/plain', '{{headline}}: {{text}}', (body: string) => body],
])('a body of the user, in which values stay values: %s', async (contentType, body, read) => {
  const request = await sent({ contentType, body }, sampleMessage({ title: HOSTILE, text: 'a\n"b"&c=d' }));
  expect(request.headers['content-type']).toBe(contentType);
  expect(read(request.body!)).toBe(`${HOSTILE}: a\n"b"&c=d`);
});

test('the whole alert inside a body, and markup that stays text', async () => {
  expect(bodyOf(await sent({ body: '{"alert":{{alert}},"n":{{count}}}' }, hostileMessage()))).toMatchObject({
    alert: { subject: 'workflow_failed:01J0WORKFLOW' },
    n: 1,
  });
  const { body } = await sent({ contentType: 'application/xml', body: '<a>{{title}}</a>' }, hostileMessage());
  expect(body!.match(/</g)).toHaveLength(2);
});

test('GET without a body, signed with a text', async () => {
  const request = await sent({ method: 'GET', secret: 'a text of the user' });
  expect(request).toMatchObject({ method: 'GET', body: null, maxRedirects: 3 });
  expect(isSigned({ ...request, body: '' }, Buffer.from('a text of the user'))).toBe(true);
});

test.each([
  [{ url: 'ftp://receiver.test' }, 'settings.url'],
  [{ body: '{{titel}}' }, 'settings.body'],
  [{ secret: 'whsec_***' }, 'settings.secret'],
  [{ headers: { Host: 'x' } }, 'settings.headers.Host'],
  [{ headers: { 'X-A': 'a\r\nX-B: b' } }, 'settings.headers.X-A'],
  [{ headers: { 'X A': 'a' } }, 'settings.headers.X A'],
  [{ contentType: 'json' }, 'settings.contentType'],
])('refuses %o with its place', (wrong, place) => {
  const attempt = () => readSettings(webhook, { url: settings.url, ...wrong });
  expect(attempt).toThrow(expect.objectContaining({ code: 'bad_request' }));
  try {
    attempt();
  } catch (error) {
    expect(
      (error as { problems: { path: string }[] }).problems.map(({ path }) =>
        path
          .replace(/["[\]]+/g, '.')
          .replace(/\.+/g, '.')
          .replace(/\.$/, ''),
      ),
    ).toEqual([place]);
  }
});
