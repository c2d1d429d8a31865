import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { pagerduty } from './pagerduty.ts';

const routingKey = '0123456789abcdef0123456789abcdef';
const settings = { routingKey };

/** https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
const payload = z.discriminatedUnion('event_action', [
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal('trigger'),
    dedup_key: z.string().max(255),
    client: z.string(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      class: z.string(),
      custom_details: z.record(z.string(), z.string()),
    }),
  }),
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal('resolve'),
    dedup_key: z.string().max(255),
  }),
]);

const vendor: FakeVendor = (request) => {
  expect(request).toMatchObject({ method: 'POST', url: 'https://events.pagerduty.com/v2/enqueue' });
  // The limit of an event: 512 KB.
  expect(request.body!.length).toBeLessThan(512 * 1_024);
  const parsed = payload.safeParse(bodyOf(request));
  if (!parsed.success)
    return { status: 400, text: JSON.stringify({ status: 'invalid event', errors: [parsed.error.message] }) };
  return {
    status: 202,
    text: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: parsed.data.dedup_key }),
  };
};

describeHttpChannel({ channel: pagerduty, settings, secrets: [routingKey], vendor });

test('a trigger and its resolution have one key, in the region of the service', async () => {
  const ports = fakePorts(() => ({ status: 202 }));
  const target = { channel: 'pagerduty', settings: { routingKey, region: 'eu' } };
  await sendAlert(sampleDelivery({ message: sampleMessage({ severity: 'critical' }) }), target, ports);
  await sendAlert(sampleDelivery({ message: sampleMessage({ state: 'resolved' }) }), target, ports);
  expect(ports.requests[0]!.url).toBe('https://events.eu.pagerduty.com/v2/enqueue');
  expect(bodyOf(ports.requests[0])).toMatchObject({
    event_action: 'trigger',
    dedup_key: 'workflow_failed:01J0WORKFLOW',
    payload: { summary: 'nightly-report #12 failed', severity: 'critical', custom_details: { Project: 'reports' } },
  });
  expect(bodyOf(ports.requests[1])).toEqual({
    routing_key: routingKey,
    event_action: 'resolve',
    dedup_key: 'workflow_failed:01J0WORKFLOW',
  });
});
