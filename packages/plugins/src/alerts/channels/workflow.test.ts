import { findPlaceholders, isTemplate } from '@vaquita/core';
import { expect, test } from 'vitest';
import type { RunOrder, RunStarter } from '../../ports.ts';
import { fakePorts } from '../../testing/fake-ports.ts';
import { hostileMessage, hugeMessage, sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';

const settings = { project: 'ops', workflow: 'mend', params: { ticket: 'Q: {{title}} ({{count}})' } };

function ports(answer: Awaited<ReturnType<RunStarter['start']>> = { ok: true, answer: 'run 01K' }) {
  const orders: RunOrder[] = [];
  const runs: RunStarter = {
    async start(order) {
      orders.push(order);
      return answer;
    },
  };
  const none = fakePorts(() => {
    throw new Error('it connects nowhere');
  });
  return { ...none, runs, orders };
}

const send = (made: Parameters<typeof sendAlert>[2], message = sampleMessage()) =>
  sendAlert(sampleDelivery({ message }), { channel: 'workflow', settings }, made);

test('it orders one run under the key of the delivery, with the alert as parameters', async () => {
  const made = ports();
  expect(await send(made)).toEqual({ ok: true, answer: 'run 01K' });
  expect(made.orders).toMatchObject([
    {
      ...{ key: '01J0DELIVERY-7', project: 'ops', workflow: 'mend' },
      params: { ticket: 'Q: nightly-report #12 failed (1)' },
      offered: {
        alert_title: 'nightly-report #12 failed',
        alert_text: 'The task load failed: exit code 2',
        alert_kind: 'workflow_failed',
        alert_severity: 'error',
        alert_subject: 'workflow_failed:01J0WORKFLOW',
        alert_state: 'open',
        alert_count: '1',
      },
    },
  ]);
  expect(JSON.parse(made.orders[0]!.offered.alert_json!)).toMatchObject({
    id: '01J0DELIVERY-7',
    labels: { project: 'reports' },
  });
});

test('W3: no text of a stranger names a parameter or a time, and the JSON reads as it was', async () => {
  const text = `${'${secret}'} $[yyyy] !{secret} $${'{secret}'} ${'${${x}}'} 5 $ and $x!`;
  for (const message of [sampleMessage({ title: text, text }), hostileMessage(), hugeMessage()]) {
    const made = ports();
    await send(made, message);
    const [{ offered, params }] = made.orders as [RunOrder];
    for (const value of Object.values({ ...offered, ...params })) {
      expect(isTemplate(value)).toBe(false);
      expect(findPlaceholders(value)).toEqual([]);
    }
    if (message.text === text) expect(JSON.parse(offered.alert_json!).text).toBe(text);
  }
});

test.each([
  ['refused', { reason: 'rejected', retryable: false, message: 'it is offline' }],
  ['unavailable', { reason: 'internal', retryable: true, message: 'it is offline' }],
] as const)('a run that is %s is decided by it', async (failure, expected) => {
  expect(await send(ports({ ok: false, failure, message: 'it is offline' }))).toMatchObject(expected);
});

test('W2: that the workflow itself was set aside starts it no further time', async () => {
  const made = ports();
  const labels = { project: 'ops', workflow: 'mend' };
  expect(await send(made, sampleMessage({ kind: 'workflow_quarantined', labels }))).toMatchObject({
    reason: 'rejected',
  });
  expect(made.orders).toEqual([]);
  expect(await send(made, sampleMessage({ kind: 'workflow_quarantined' }))).toMatchObject({ ok: true });
});

test('where no run can be filed it is tried again elsewhere', async () => {
  expect(await send(fakePorts(() => ({ status: 200 })))).toMatchObject({ reason: 'internal', retryable: true });
});

test('a parameter with an unknown placeholder is refused with its place', async () => {
  const wrong = { ...settings, params: { ticket: '{{titel}}' } };
  const result = await sendAlert(sampleDelivery(), { channel: 'workflow', settings: wrong }, ports());
  expect(result).toMatchObject({ reason: 'bad_settings', message: expect.stringMatching(/params\.ticket.*titel/) });
});
