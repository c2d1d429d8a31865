import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { hostileMessage, sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { telegram } from './telegram.ts';

const botToken = '123456789:AAbotTokenSecret_x-y';
const settings = { botToken, chatId: '-1001234', topicId: 5 };

/** https://core.telegram.org/bots/api#sendmessage */
const payload = z.strictObject({
  chat_id: z.string(),
  message_thread_id: z.int().optional(),
  text: z.string().min(1),
  parse_mode: z.literal('HTML'),
  disable_notification: z.boolean(),
  link_preview_options: z.strictObject({ is_disabled: z.literal(true) }),
});

/** https://core.telegram.org/bots/api#html-style: other tags and bare signs are refused. */
function withoutMarkup(html: string): string {
  const text = html.replace(/<b>|<\/b>|<a href="[^"<>]*">|<\/a>/g, '');
  expect(text).not.toMatch(/[<>]/);
  expect(text).not.toMatch(/&(?!(lt|gt|amp|quot|#39);)/);
  return text.replace(/&(lt|gt|amp|quot|#39);/g, '.');
}

const vendor: FakeVendor = (request) => {
  expect(request).toMatchObject({ method: 'POST', url: `https://api.telegram.org/bot${botToken}/sendMessage` });
  const { text } = payload.parse(bodyOf(request));
  if (withoutMarkup(text).length > 4_096) {
    return { status: 400, text: '{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}' };
  }
  return { status: 200, text: '{"ok":true,"result":{"message_id":7}}' };
};

describeHttpChannel({ channel: telegram, settings, secrets: [botToken, 'AAbotTokenSecret_x-y'], vendor });

test('says it in bold, with facts and links, and escapes strangers', async () => {
  const ports = fakePorts(vendor);
  const target = { channel: 'telegram', settings };
  await sendAlert(sampleDelivery({ message: sampleMessage() }), target, ports);
  const { text, ...rest } = bodyOf<z.infer<typeof payload>>(ports.requests[0]);
  expect(rest).toMatchObject({ chat_id: '-1001234', message_thread_id: 5, disable_notification: false });
  expect(text).toContain(
    '<b>nightly-report #12 failed</b>\n\nThe task load failed: exit code 2\n\n<b>Project</b>: reports',
  );
  expect(text).toContain('<a href="https://vaquita.example/runs/12?tab=log&amp;line=3">Open the run</a>');
  await sendAlert(sampleDelivery({ message: hostileMessage() }), target, ports);
  ports.verify();
});

test('waits as long as the parameters of the answer say', async () => {
  const text = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":35}}';
  const result = await sendAlert(
    sampleDelivery(),
    { channel: 'telegram', settings },
    fakePorts(() => ({ status: 429, text })),
  );
  expect(result).toMatchObject({ reason: 'rate_limited', retryAfterMs: 35_000 });
});

test('a 200 that is not of Telegram is no success', async () => {
  const ports = fakePorts(() => ({ status: 200, text: '<html>sign in</html>' }));
  expect(await sendAlert(sampleDelivery(), { channel: 'telegram', settings }, ports)).toMatchObject({
    reason: 'rejected',
  });
});
