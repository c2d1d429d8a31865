import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { hostileMessage, sampleDelivery } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { webex } from './webex.ts';

const botToken = 'NzQ5YmotToken_webex';
const settings = { botToken, address: 'Y2lzY29zcGFyazovL3VzL1JPT00v' };

/** https://developer.webex.com/docs/api/v1/messages/create-a-message */
const payload = z.union([
  z.strictObject({ roomId: z.string(), markdown: z.string().min(1) }),
  z.strictObject({ toPersonEmail: z.email(), markdown: z.string().min(1) }),
]);

const vendor: FakeVendor = (request) => {
  expect(request).toMatchObject({ method: 'POST', url: 'https://webexapis.com/v1/messages' });
  if (request.headers.authorization !== `Bearer ${botToken}`) return { status: 401 };
  const parsed = payload.parse(bodyOf(request));
  if (new TextEncoder().encode(parsed.markdown).length > 7_439) return { status: 400, text: '{"message":"too long"}' };
  return { status: 200, text: '{"id":"Y2lzY29z","roomType":"group"}' };
};

describeHttpChannel({ channel: webex, settings, secrets: [botToken], vendor });

test('to a person, and no mention of strangers', async () => {
  const ports = fakePorts(vendor);
  const target = { channel: 'webex', settings: { botToken, sendTo: 'person', address: 'ann@corp.example' } };
  await sendAlert(sampleDelivery({ message: hostileMessage() }), target, ports);
  const { markdown, ...to } = bodyOf<z.infer<typeof payload>>(ports.requests[0]);
  expect(to).toEqual({ toPersonEmail: 'ann@corp.example' });
  expect(markdown).not.toMatch(/[<>]/);
  expect(markdown.match(/(?<!\\)\[/g)).toHaveLength(1);
});
