/** What holds for every channel over HTTP, whatever its vendor. Mail has a test of its own with the same demands. */
import { expect, test } from 'vitest';
import type { AlertChannel } from '../alerts/channel.ts';
import { sendAlert, sendThrough } from '../alerts/send-alert.ts';
import { settingsForm } from '../alerts/settings-form.ts';
import { type FakeVendor, fakePorts } from './fake-ports.ts';
import { hostileMessage, hugeMessage, sampleDelivery, sampleMessage } from './sample-message.ts';

export interface ChannelUnderTest {
  readonly channel: AlertChannel;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Texts that must never be seen: the secrets, and the telling parts of secret addresses. */
  readonly secrets: readonly string[];
  /** Refuses, by throwing, what the vendor's documents do not allow, and answers as they say. */
  readonly vendor: FakeVendor;
}

export function describeHttpChannel({ channel, settings, secrets, vendor }: ChannelUnderTest): void {
  const send = (ports: ReturnType<typeof fakePorts>, changes = {}) =>
    sendAlert(sampleDelivery(changes), { channel: channel.name, settings }, ports);

  test.each([
    ['an ordinary message', sampleMessage()],
    ['a folded one', sampleMessage({ count: 40 })],
    ['a resolution', sampleMessage({ state: 'resolved' })],
    ['one of strangers', hostileMessage()],
    ['one that is too long', hugeMessage()],
    ['one with nothing in it', sampleMessage({ title: '', text: '', facts: [], links: [], labels: {}, source: 'x' })],
  ])('the vendor takes %s, once, with the key of the delivery', async (_name, message) => {
    const ports = fakePorts(vendor);
    const result = await send(ports, { message });
    ports.verify();
    expect(result).toEqual({ ok: true, answer: expect.stringMatching(/./) });
    expect(ports.requests).toHaveLength(1);
    expect(ports.requests[0]).toMatchObject({ timeoutMs: 10_000, headers: { 'idempotency-key': '01J0DELIVERY-7' } });
  });

  test.each([
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { reason: 'rate_limited', retryable: true, retryAfterMs: 30_000 },
    ],
    [{ status: 503 }, { reason: 'server_error', retryable: true, retryAfterMs: null }],
    [
      { status: 500, text: 'oops' },
      { reason: 'server_error', retryable: true },
    ],
    [
      { status: 400, text: 'bad' },
      { reason: 'rejected', retryable: false },
    ],
    [{ status: 404 }, { reason: 'rejected', retryable: false }],
    [
      { status: 302, headers: { location: '/' } },
      { reason: 'rejected', retryable: false },
    ],
    [{ ok: false, failure: 'timeout', message: 'm' } as const, { reason: 'timeout', retryable: true }],
    [{ ok: false, failure: 'network', message: 'm' } as const, { reason: 'network', retryable: true }],
    [{ ok: false, failure: 'stopped', message: 'm' } as const, { reason: 'stopped', retryable: true }],
    [{ ok: false, failure: 'refused', message: 'm' } as const, { reason: 'refused', retryable: false }],
  ])('decides by the answer %o', async (answer, expected) => {
    expect(await send(fakePorts(() => answer))).toMatchObject({ ok: false, ...expected });
  });

  test('no secret comes back, however the peer repeats what it was sent', async () => {
    for (const status of [200, 202, 400, 500]) {
      for (const form of [
        String,
        encodeURIComponent,
        JSON.stringify,
        btoa,
        (text: string) => text.replaceAll('/', '\\/'),
      ]) {
        const ports = fakePorts(({ url, headers, body }) => {
          const seen = JSON.stringify({ url, headers, body: body?.slice(0, 2_000) }).replace(/[^\x20-\x7e]/g, '');
          return { status, text: `${form(seen)} ${form(JSON.stringify(settings))}` };
        });
        const result = JSON.stringify(await send(ports));
        for (const text of secrets) {
          expect(result).not.toContain(text);
          expect(result).not.toContain(btoa(text).slice(0, 12));
        }
      }
    }
  });

  test('an answer that breaks off within a secret shows no part of it', async () => {
    for (const text of secrets) {
      const ports = fakePorts(() => ({ status: 400, text: `no: ${text.slice(0, -3)}` }));
      expect(JSON.stringify(await send(ports))).not.toContain(text.slice(0, 6));
    }
  });

  test('an error in the channel is a result, without secrets', async () => {
    const broken: AlertChannel = { ...channel, send: async () => Promise.reject(new Error(`at ${secrets.join(' ')}`)) };
    const result = await sendThrough(broken, sampleDelivery(), settings, fakePorts(vendor));
    expect(result).toMatchObject({ ok: false, reason: 'internal', retryable: true });
    for (const text of secrets) expect(JSON.stringify(result)).not.toContain(text);
  });

  test('settings that do not hold are not sent with', async () => {
    const ports = fakePorts(vendor);
    for (const wrong of [{}, null, { ...settings, unknown: 1 }]) {
      const result = await sendAlert(sampleDelivery(), { channel: channel.name, settings: wrong }, ports);
      expect(result).toMatchObject({ ok: false, reason: 'bad_settings', retryable: false });
      for (const text of secrets) expect(JSON.stringify(result)).not.toContain(text);
    }
    expect(ports.requests).toEqual([]);
  });

  test('every field has a title, and the secrets are marked', () => {
    const { properties = {} } = settingsForm(channel);
    for (const [key, field] of Object.entries(properties)) expect(field.title, key).toMatch(/./);
    const marked = JSON.stringify(
      Object.entries(settings).filter(([key]) => JSON.stringify(properties[key]).includes('"writeOnly":true')),
    );
    for (const text of secrets) expect(marked).toContain(text);
  });
}
