import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { hostileMessage, sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { slack } from './slack.ts';

const settings = { url: 'https://hooks.slack.test/services/T0123ABCD/B0123ABCD/tokenXYZtoken' };

const plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean() });
/** The rules of https://docs.slack.dev/reference/block-kit/blocks/ for the blocks that are used. */
const payload = z.strictObject({
  text: z.string().min(1),
  blocks: z
    .array(
      z.union([
        z.strictObject({ type: z.literal('header'), text: plain(150) }),
        z.strictObject({ type: z.literal('section'), text: plain(3_000) }),
        z.strictObject({ type: z.literal('section'), fields: z.array(plain(2_000)).min(1).max(10) }),
        z.strictObject({
          type: z.literal('context'),
          elements: z.array(z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3_000) })).max(10),
        }),
      ]),
    )
    .min(1)
    .max(50),
});

const vendor: FakeVendor = (request) => {
  expect(request).toMatchObject({ method: 'POST', url: settings.url });
  expect(request.headers['content-type']).toMatch(/^application\/json/);
  const parsed = payload.safeParse(bodyOf(request));
  return parsed.success ? { status: 200, text: 'ok' } : { status: 400, text: `invalid_blocks ${parsed.error.message}` };
};

describeHttpChannel({ channel: slack, settings, secrets: ['tokenXYZtoken', 'T0123ABCD'], vendor });

test('shows the title, the text, the facts and the links', async () => {
  const ports = fakePorts(vendor);
  await sendAlert(sampleDelivery({ message: sampleMessage({ count: 3 }) }), { channel: 'slack', settings }, ports);
  const body = JSON.stringify(bodyOf(ports.requests[0]));
  expect(body).toContain('"text":"nightly-report #12 failed (3 times)"');
  expect(body).toContain('The task load failed: exit code 2');
  expect(body).toContain('Project\\nreports');
  expect(body).toContain('<https://vaquita.example/runs/12?tab=log&line=3|Open the run>');
});

test('nobody is called and no link is made by a text', async () => {
  const ports = fakePorts(vendor);
  await sendAlert(sampleDelivery({ message: hostileMessage() }), { channel: 'slack', settings }, ports);
  const { text, blocks } = bodyOf<{ text: string; blocks: { type: string; elements?: { text: string }[] }[] }>(
    ports.requests[0],
  );
  const marked = [text, ...blocks.flatMap(({ elements = [] }) => elements.map((element) => element.text))].join(' ');
  expect(marked).not.toMatch(/<[!@#]/);
  expect(marked.match(/</g)).toHaveLength(1);
  expect(marked).toContain('<https://vaquita.example/a%29%7Cb%3Ec%27d%5D|&lt;!channel&gt;');
});
