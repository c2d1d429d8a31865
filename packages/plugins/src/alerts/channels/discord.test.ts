import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { hostileMessage, sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { discord } from './discord.ts';

const settings = { url: 'https://discord.test/api/webhooks/1234567890123/webhook-Token_x' };

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const payload = z.strictObject({
  embeds: z
    .array(
      z.strictObject({
        title: z.string().min(1).max(256),
        description: z.string().max(4_096),
        url: z.url().optional(),
        color: z.int().min(0).max(0xffffff),
        timestamp: z.iso.datetime(),
        fields: z
          .array(
            z.strictObject({
              name: z.string().min(1).max(256),
              value: z.string().min(1).max(1_024),
              inline: z.boolean(),
            }),
          )
          .max(25),
      }),
    )
    .length(1)
    .refine(([embed]) => {
      const { title, description, fields } = embed!;
      return (
        title.length +
          description.length +
          fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0) <=
        6_000
      );
    }, 'more than 6000 in all'),
  allowed_mentions: z.strictObject({ parse: z.tuple([]) }),
});

const vendor: FakeVendor = (request) => {
  expect(request).toMatchObject({ method: 'POST', url: `${settings.url}?wait=true` });
  const parsed = payload.safeParse(bodyOf(request));
  if (!parsed.success) return { status: 400, text: JSON.stringify({ code: 50035, message: parsed.error.message }) };
  return { status: 200, text: JSON.stringify({ id: '99', type: 0 }) };
};

describeHttpChannel({ channel: discord, settings, secrets: ['webhook-Token_x', '1234567890123'], vendor });

test('waits as long as the answer says, to the millisecond', async () => {
  const ports = fakePorts(() => ({ status: 429, text: '{"message":"limited","retry_after":1.337,"global":false}' }));
  const result = await sendAlert(sampleDelivery(), { channel: 'discord', settings }, ports);
  expect(result).toMatchObject({ reason: 'rate_limited', retryAfterMs: 1_337 });
});

test('shows the message, and no formatting of strangers', async () => {
  const ports = fakePorts(vendor);
  await sendAlert(sampleDelivery({ message: sampleMessage({ text: '' }) }), { channel: 'discord', settings }, ports);
  expect(bodyOf<z.infer<typeof payload>>(ports.requests[0]).embeds[0]).toMatchObject({
    title: 'nightly-report \\#12 failed',
    description: '[Open the run](https://vaquita.example/runs/12?tab=log&line=3)',
    color: 0xc0392b,
    fields: expect.arrayContaining([{ name: 'Project', value: 'reports', inline: true }]),
  });
  await sendAlert(sampleDelivery({ message: hostileMessage() }), { channel: 'discord', settings }, ports);
  const { description } = bodyOf<z.infer<typeof payload>>(ports.requests[1]).embeds[0]!;
  expect(description.match(/(?<!\\)\[/g)).toHaveLength(1);
  expect(description).toContain('\\[x\\]\\(https://evil.example\\) \\*s\\*');
});
