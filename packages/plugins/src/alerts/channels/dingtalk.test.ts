import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { hostileMessage, NOW, sampleDelivery } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { dingtalk } from './dingtalk.ts';

const secret = 'SECd1ngTalkSecret';
const settings = {
  url: 'https://oapi.dingtalk.test/robot/send?access_token=ding-Access-Token',
  secret,
  keyword: 'Alert',
  atMobiles: ['13800000000'],
  atUserIds: ['manager-1'],
};

/** https://open.dingtalk.com/document/orgapp/custom-robot-access */
const payload = z.strictObject({
  msgtype: z.literal('markdown'),
  markdown: z.strictObject({ title: z.string().min(1), text: z.string().min(1) }),
  at: z.strictObject({ atMobiles: z.array(z.string()), atUserIds: z.array(z.string()), isAtAll: z.boolean() }),
});

const vendor: FakeVendor = (request) => {
  const url = new URL(request.url);
  expect(url.origin + url.pathname).toBe('https://oapi.dingtalk.test/robot/send');
  expect(url.searchParams.get('access_token')).toBe('ding-Access-Token');
  const timestamp = url.searchParams.get('timestamp')!;
  expect(Math.abs(Number(timestamp) - NOW)).toBeLessThan(3_600_000);
  const expected = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  if (url.searchParams.get('sign') !== expected)
    return { status: 200, text: '{"errcode":310000,"errmsg":"sign not match"}' };
  const { markdown } = payload.parse(bodyOf(request));
  expect(new TextEncoder().encode(markdown.text).length).toBeLessThanOrEqual(20_000);
  if (!markdown.text.includes('Alert'))
    return { status: 200, text: '{"errcode":310000,"errmsg":"keywords not in content"}' };
  return { status: 200, text: '{"errcode":0,"errmsg":"ok"}' };
};

describeHttpChannel({ channel: dingtalk, settings, secrets: ['ding-Access-Token', secret], vendor });

test('mentions whom the settings name, in the text too, and nobody else', async () => {
  const ports = fakePorts(vendor);
  await sendAlert(sampleDelivery({ message: hostileMessage() }), { channel: 'dingtalk', settings }, ports);
  const { markdown, at } = bodyOf<z.infer<typeof payload>>(ports.requests[0]);
  expect(at).toEqual({ atMobiles: ['13800000000'], atUserIds: ['manager-1'], isAtAll: false });
  expect(markdown.text).toMatch(/\n\n@13800000000 @manager-1$/);
  expect(markdown.text).not.toContain('@everyone');
  expect(markdown.text).not.toContain('](https://evil.example)');
});

test.each([
  [{ errcode: 310000, errmsg: 'sign not match' }, 'rejected'],
  [{ errcode: 130101, errmsg: 'send too fast' }, 'rate_limited'],
  [{ errcode: -1, errmsg: 'busy' }, 'server_error'],
  [{}, 'rejected'],
])('reads the code inside a 200: %o', async (answer, reason) => {
  const ports = fakePorts(() => ({ status: 200, text: JSON.stringify(answer) }));
  expect(await sendAlert(sampleDelivery(), { channel: 'dingtalk', settings }, ports)).toMatchObject({
    ok: false,
    reason,
  });
});
