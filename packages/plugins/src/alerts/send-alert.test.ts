import { expect, test } from 'vitest';
import * as z from 'zod';
import { fakePorts } from '../testing/fake-ports.ts';
import { NOW, sampleDelivery } from '../testing/sample-message.ts';
import { defineChannel } from './channel.ts';
import { ALERT_CHANNELS } from './channels.ts';
import { readRetryAfter } from './post.ts';
import { createRedact } from './secrets.ts';
import { sendAlert, sendThrough } from './send-alert.ts';

const ports = () => fakePorts(() => ({ status: 200 }));

function channelThat(send: Parameters<typeof defineChannel>[0]['send']) {
  return defineChannel({ name: 'odd', title: 'Odd', settings: z.strictObject({}), send });
}

test('C1: a channel that never ends is ended, and told so', async () => {
  const made = ports();
  let told: AbortSignal | undefined;
  const hanging = channelThat(({ signal }) => {
    told = signal;
    return new Promise(() => {});
  });
  const result = sendThrough(hanging, sampleDelivery({ timeoutMs: 5_000 }), {}, made);
  await made.clock.advance(5_999);
  expect(told?.aborted).toBe(false);
  await made.clock.advance(1);
  expect(await result).toMatchObject({ reason: 'timeout', retryable: true });
  expect(told?.aborted).toBe(true);
  expect(made.clock.pending).toBe(0);
});

test('C1: who gives up is answered at once, and the channel is told', async () => {
  const made = ports();
  const control = new AbortController();
  let told: AbortSignal | undefined;
  const hanging = channelThat(({ signal }) => {
    told = signal;
    return new Promise(() => {});
  });
  const result = sendThrough(hanging, sampleDelivery({ signal: control.signal }), {}, made);
  await Promise.resolve();
  control.abort();
  expect(await result).toMatchObject({ reason: 'stopped', retryable: true });
  expect(told?.aborted).toBe(true);
  expect(made.clock.pending).toBe(0);
  let called = false;
  const never = channelThat(async () => {
    called = true;
    return { ok: true, answer: '' };
  });
  expect(await sendThrough(never, sampleDelivery({ signal: control.signal }), {}, made)).toMatchObject({
    reason: 'stopped',
  });
  expect(called).toBe(false);
});

test('C1: whatever is thrown is a result', async () => {
  const throwing = channelThat(() => {
    throw new TypeError('not a function');
  });
  expect(await sendThrough(throwing, sampleDelivery(), {}, ports())).toMatchObject({
    reason: 'internal',
    retryable: true,
  });
  const rejecting = channelThat(() => Promise.reject('a text'));
  expect(await sendThrough(rejecting, sampleDelivery(), {}, ports())).toMatchObject({ message: 'a text' });
});

test('C3: a channel that is not there', async () => {
  const result = await sendAlert(sampleDelivery(), { channel: 'pigeon', settings: {} }, ports());
  expect(result).toMatchObject({ reason: 'bad_settings', retryable: false });
});

test('an excerpt is one line of bounded length', async () => {
  const chatty = channelThat(async () => ({ ok: true, answer: `a\r\n\u0000b ${'🚨'.repeat(1_000)}` }));
  const result = await sendThrough(chatty, sampleDelivery(), {}, ports());
  expect(result).toMatchObject({ ok: true, answer: expect.stringMatching(/^a b 🚨+…$/u) });
  expect(result.ok && result.answer.length).toBeLessThanOrEqual(500);
});

test('names are unique and stay as they are: they are stored', () => {
  expect(ALERT_CHANNELS.map(({ name }) => name)).toEqual([
    'email',
    'webhook',
    'slack',
    'teams',
    'discord',
    'telegram',
    'pagerduty',
    'opsgenie',
    'alertmanager',
    'dingtalk',
    'feishu',
    'wecom',
    'webex',
    'workflow',
  ]);
});

test('reads how long to wait as seconds and as a date, within a day', () => {
  expect(readRetryAfter('120', NOW)).toBe(120_000);
  expect(readRetryAfter('Sat, 21 Nov 2026 07:02:00 GMT', NOW)).toBe(120_000);
  expect(readRetryAfter('Sat, 21 Nov 2020 07:02:00 GMT', NOW)).toBe(0);
  expect(readRetryAfter('99999999', NOW)).toBe(86_400_000);
  expect(readRetryAfter(0.5, NOW)).toBe(500);
  for (const text of ['', 'soon', undefined, null, {}, '-5x']) expect(readRetryAfter(text, NOW)).toBeNull();
});

test('C2: longer secrets go before those inside them, and an empty one hides nothing', () => {
  const redact = createRedact(['token', 'token-and-more', '']);
  expect(redact('a token-and-more b token c')).toBe('a ••• b ••• c');
  expect(createRedact([])('all of it')).toBe('all of it');
  expect(() => createRedact(['\ud800 broken secret'])('x')).not.toThrow();
});
