import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { hostileMessage, sampleDelivery } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { wecom } from './wecom.ts';

const settings = {
  url: 'https://qyapi.weixin.test/cgi-bin/webhook/send?key=693a91f6-wecom-key',
  mention: ['zhang.san'],
};

/** https://developer.work.weixin.qq.com/document/path/91770 */
const payload = z.strictObject({
  msgtype: z.literal('markdown'),
  markdown: z.strictObject({ content: z.string().min(1) }),
});

const vendor: FakeVendor = (request) => {
  expect(request).toMatchObject({ method: 'POST', url: settings.url });
  const { markdown } = payload.parse(bodyOf(request));
  if (new TextEncoder().encode(markdown.content).length > 4_096) {
    return { status: 200, text: '{"errcode":40058,"errmsg":"markdown.content exceed max length 4096"}' };
  }
  return { status: 200, text: '{"errcode":0,"errmsg":"ok"}' };
};

describeHttpChannel({ channel: wecom, settings, secrets: ['693a91f6-wecom-key'], vendor });

test('mentions whom the settings name and nobody else', async () => {
  const ports = fakePorts(vendor);
  await sendAlert(sampleDelivery({ message: hostileMessage() }), { channel: 'wecom', settings }, ports);
  const { content } = bodyOf<z.infer<typeof payload>>(ports.requests[0]).markdown;
  expect(content.match(/<@[^>]*>/g)).toEqual(['<@zhang.san>']);
  expect(content).not.toContain('](https://evil.example)');
});

test.each([
  [{ errcode: 93000, errmsg: 'invalid webhook url' }, 'rejected'],
  [{ errcode: 45009, errmsg: 'api freq out of limit' }, 'rate_limited'],
  [{ errcode: -1, errmsg: 'system busy' }, 'server_error'],
])('reads the code inside a 200: %o', async (answer, reason) => {
  const ports = fakePorts(() => ({ status: 200, text: JSON.stringify(answer) }));
  expect(await sendAlert(sampleDelivery(), { channel: 'wecom', settings }, ports)).toMatchObject({ ok: false, reason });
});
