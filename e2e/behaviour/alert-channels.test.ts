/** Alert channels over the real client for HTTP and mail, to real servers of this machine. */
import { createHmac } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { type ChannelPorts, sendAlert } from '@vaquita/plugins';
import { NOW, sampleDelivery, sampleMessage } from '@vaquita/plugins/testing';
import {
  chooseProxies,
  createGuard,
  createMailSender,
  createOutboundHttp,
  systemClock,
} from '@vaquita/runtime/node/server';
import { selfSigned, serve, serveMail } from '@vaquita/runtime/testing';
import { expect, test } from 'vitest';

const certificate = selfSigned(['receiver.test']);

/** Every name is this machine; what may be reached is what the operator allows. */
function portsAllowing(allow: readonly string[]): ChannelPorts {
  const lookUp = async (): Promise<LookupAddress[]> => [{ address: '127.0.0.1', family: 4 }];
  const guard = createGuard(allow, lookUp);
  const trust = [certificate.cert];
  return {
    http: createOutboundHttp({ guard, proxyFor: chooseProxies(null), trust }),
    mail: createMailSender({ guard, trust }),
    clock: { ...systemClock, now: () => NOW },
  };
}

const delivery = sampleDelivery({ timeoutMs: 30_000 });

test('a signed webhook arrives over TLS as it was signed', async () => {
  const { port, seen } = await serve((_request, response) => response.writeHead(202).end('taken'), { certificate });
  const settings = {
    url: `https://receiver.test:${port}/alerts`,
    secret: 'of both sides',
    headers: { 'X-Team': 'data' },
  };
  const result = await sendAlert(delivery, { channel: 'webhook', settings }, portsAllowing(['127.0.0.1']));
  expect(result).toEqual({ ok: true, answer: '202 taken' });
  const [{ headers, body, path }] = seen as [(typeof seen)[number]];
  expect({ path, team: headers['x-team'], key: headers['idempotency-key'] }).toEqual({
    path: '/alerts',
    team: 'data',
    key: delivery.id,
  });
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const signature = createHmac('sha256', 'of both sides').update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
});

test.each(['slack', 'discord', 'teams', 'dingtalk', 'feishu', 'wecom'])(
  '%s: arrives, waits when it is told to, and is refused inside without saying the secret',
  async (channel) => {
    const answers = [
      { status: 200, text: '{"errcode":0,"code":0}' },
      { status: 429, text: '{"retry_after":7}' },
    ];
    const { port, seen } = await serve(
      (_request, response) => {
        const { status, text } = answers.shift()!;
        response.writeHead(status, { 'retry-after': '7' }).end(text);
      },
      { certificate },
    );
    const target = { channel, settings: { url: `https://receiver.test:${port}/hooks/the-Secret-Token` } };
    const ports = portsAllowing(['127.0.0.1']);
    expect(await sendAlert(delivery, target, ports)).toMatchObject({ ok: true });
    expect(JSON.parse(seen[0]!.body)).toBeTypeOf('object');
    expect(await sendAlert(delivery, target, ports)).toMatchObject({ reason: 'rate_limited', retryAfterMs: 7_000 });
    const refused = await sendAlert(delivery, target, portsAllowing([]));
    expect(refused).toMatchObject({ reason: 'refused', retryable: false });
    expect(JSON.stringify(refused)).not.toContain('the-Secret-Token');
    expect(seen).toHaveLength(2);
  },
);

test('a mail arrives with its table, and a wrong password is said without it', async () => {
  const { port, kept } = await serveMail({ ...certificate });
  const settings = {
    host: 'receiver.test',
    port,
    user: 'vaquita',
    password: 'right-password',
    from: 'Vaquita <vaquita@corp.test>',
    to: ['ann@corp.test'],
  };
  const ports = portsAllowing(['127.0.0.1']);
  const message = sampleMessage({ count: 3 });
  expect(await sendAlert({ ...delivery, message }, { channel: 'email', settings }, ports)).toMatchObject({ ok: true });
  expect(kept[0]).toMatchObject({ from: 'vaquita@corp.test', to: ['ann@corp.test'], encrypted: true, user: 'vaquita' });
  expect(kept[0]!.raw).toMatch(/^Subject: \[Vaquita\] nightly-report #12 failed \(3 times\)\r$/m);
  expect(kept[0]!.raw).toMatch(new RegExp(`^Message-ID: <${delivery.id}@corp.test>\r$`, 'm'));
  const wrong = { ...settings, password: 'wrong-password' };
  const result = await sendAlert(delivery, { channel: 'email', settings: wrong }, ports);
  expect(result).toMatchObject({ reason: 'rejected', retryable: false });
  expect(JSON.stringify(result)).not.toMatch(/wrong-password/);
});

test('a peer that is silent is a timeout that may be tried again', async () => {
  const { port } = await serve(() => {}, { certificate });
  const target = { channel: 'slack', settings: { url: `https://receiver.test:${port}/hooks/the-Secret-Token` } };
  const result = await sendAlert({ ...delivery, timeoutMs: 100 }, target, portsAllowing(['127.0.0.1']));
  expect(result).toMatchObject({ reason: 'timeout', retryable: true });
});
