import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { NOW, sampleDelivery } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { feishu } from './feishu.ts';

const secret = 'feishu-Sign-Secret';
const settings = { url: 'https://open.feishu.test/open-apis/bot/v2/hook/1234abcd-hook-token', secret };

/** https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot and the card elements that are used. */
const plain = z.strictObject({ tag: z.literal('plain_text'), content: z.string().min(1) });
const payload = z.strictObject({
  timestamp: z.string().regex(/^\d{10}$/),
  sign: z.string(),
  msg_type: z.literal('interactive'),
  card: z.strictObject({
    config: z.strictObject({ wide_screen_mode: z.boolean() }),
    header: z.strictObject({ template: z.enum(['blue', 'orange', 'red', 'carmine', 'green']), title: plain }),
    elements: z.array(
      z.union([
        z.strictObject({ tag: z.literal('div'), text: plain }),
        z.strictObject({
          tag: z.literal('div'),
          fields: z.array(z.strictObject({ is_short: z.boolean(), text: plain })).min(1),
        }),
        z.strictObject({
          tag: z.literal('action'),
          actions: z.array(
            z.strictObject({ tag: z.literal('button'), type: z.literal('default'), text: plain, url: z.url() }),
          ),
        }),
      ]),
    ),
  }),
});

const vendor: FakeVendor = (request) => {
  expect(request).toMatchObject({ method: 'POST', url: settings.url });
  expect(new TextEncoder().encode(request.body!).length).toBeLessThanOrEqual(20 * 1_024);
  const { timestamp, sign } = payload.parse(bodyOf(request));
  expect(Math.abs(Number(timestamp) * 1_000 - NOW)).toBeLessThan(3_600_000);
  const expected = createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64');
  if (sign !== expected)
    return { status: 200, text: '{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}' };
  return { status: 200, text: '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}' };
};

describeHttpChannel({ channel: feishu, settings, secrets: ['1234abcd-hook-token', secret], vendor });

test.each([
  [{ code: 19021, msg: 'sign match fail' }, 'rejected'],
  [{ code: 11232, msg: 'frequency limited psm' }, 'rate_limited'],
])('reads the code inside a 200: %o', async (answer, reason) => {
  const ports = fakePorts(() => ({ status: 200, text: JSON.stringify(answer) }));
  expect(await sendAlert(sampleDelivery(), { channel: 'feishu', settings }, ports)).toMatchObject({
    ok: false,
    reason,
  });
});

test('a bot without a signature is sent none', async () => {
  const ports = fakePorts(() => ({ status: 200, text: '{"code":0}' }));
  await sendAlert(sampleDelivery(), { channel: 'feishu', settings: { url: settings.url } }, ports);
  expect(Object.keys(bodyOf(ports.requests[0]))).toEqual(['msg_type', 'card']);
});
