import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { opsgenie } from './opsgenie.ts';

const apiKey = 'eb243592-faa2-4ba2-a551-1afdf565c889';
const settings = { apiKey, tags: ['data'], team: 'night-shift' };

/** https://docs.opsgenie.com/docs/alert-api#create-alert */
const alert = z.strictObject({
  message: z.string().min(1).max(130),
  alias: z.string().max(512),
  description: z.string().max(15_000),
  responders: z.array(z.strictObject({ type: z.literal('team'), name: z.string() })),
  tags: z.array(z.string().max(50)).max(20),
  details: z
    .record(z.string(), z.string())
    .refine((value) => JSON.stringify(value).length <= 8_000, 'details over 8000'),
  source: z.string().max(100),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
});
const closing = z.strictObject({ source: z.string().max(100), note: z.string().max(25_000) });

const vendor: FakeVendor = (request) => {
  expect(request.headers.authorization).toBe(`GenieKey ${apiKey}`);
  const close = 'https://api.opsgenie.com/v2/alerts/workflow_failed%3A01J0WORKFLOW/close?identifierType=alias';
  expect([close, 'https://api.opsgenie.com/v2/alerts']).toContain(request.url);
  const parsed = (request.url === close ? closing : alert).safeParse(bodyOf(request));
  if (!parsed.success) return { status: 422, text: JSON.stringify({ message: parsed.error.message }) };
  return { status: 202, text: '{"result":"Request will be processed","took":0.3,"requestId":"43a29c5c"}' };
};

describeHttpChannel({ channel: opsgenie, settings, secrets: [apiKey], vendor });

test('an alert with a priority and an alias, which its resolution closes', async () => {
  const ports = fakePorts(vendor);
  const target = { channel: 'opsgenie', settings };
  await sendAlert(sampleDelivery(), target, ports);
  await sendAlert(sampleDelivery({ message: sampleMessage({ state: 'resolved' }) }), target, ports);
  ports.verify();
  expect(bodyOf(ports.requests[0])).toMatchObject({
    message: 'nightly-report #12 failed',
    alias: 'workflow_failed:01J0WORKFLOW',
    priority: 'P2',
    tags: ['workflow_failed', 'data'],
    responders: [{ type: 'team', name: 'night-shift' }],
    details: { Workflow: 'nightly-report' },
  });
  expect(ports.requests[1]!.url).toContain('/close?identifierType=alias');
  await sendAlert(
    sampleDelivery(),
    { channel: 'opsgenie', settings: { apiKey, region: 'eu' } },
    fakePorts(() => ({ status: 202 })),
  );
});
