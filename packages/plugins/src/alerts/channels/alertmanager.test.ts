import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeHttpChannel } from '../../testing/channel-contract.ts';
import { bodyOf, type FakeVendor, fakePorts } from '../../testing/fake-ports.ts';
import { NOW, sampleDelivery, sampleMessage } from '../../testing/sample-message.ts';
import { sendAlert } from '../send-alert.ts';
import { readSettings } from '../settings-form.ts';
import { alertmanager } from './alertmanager.ts';

const settings = {
  url: 'https://alerts.test:9093/',
  user: 'vaquita',
  password: 'prom-Password',
  labels: { team: 'data' },
};

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml: postableAlerts */
const labelSet = z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string());
const payload = z
  .array(
    z.strictObject({
      labels: labelSet.refine((labels) => Object.values(labels).every((value) => value !== ''), 'empty label'),
      annotations: labelSet,
      startsAt: z.iso.datetime(),
      endsAt: z.iso.datetime(),
      generatorURL: z.url().optional(),
    }),
  )
  .min(1);

const vendor: FakeVendor = (request) => {
  expect(request).toMatchObject({ method: 'POST', url: 'https://alerts.test:9093/api/v2/alerts' });
  if (request.headers.authorization !== `Basic ${btoa('vaquita:prom-Password')}`) return { status: 401 };
  const parsed = payload.safeParse(bodyOf(request));
  if (!parsed.success) return { status: 400, text: JSON.stringify(parsed.error.message) };
  return parsed.data.every(({ startsAt, endsAt }) => startsAt <= endsAt) ? { status: 200 } : { status: 400 };
};

describeHttpChannel({ channel: alertmanager, settings, secrets: ['prom-Password'], vendor });

test('labels are the same for each alert of a subject, and a resolution ends it', async () => {
  const ports = fakePorts(vendor);
  const send = (changes: Parameters<typeof sampleMessage>[0]) =>
    sendAlert(sampleDelivery({ message: sampleMessage(changes) }), { channel: 'alertmanager', settings }, ports);
  await send({});
  await send({ title: 'nightly-report #13 failed', count: 4, lastAt: NOW });
  await send({ state: 'resolved', lastAt: NOW });
  const [first, second, resolved] = ports.requests.map((request) => bodyOf<z.infer<typeof payload>>(request)[0]!);
  expect(first!.labels).toEqual({
    alertname: 'WorkflowFailed',
    severity: 'error',
    subject: 'workflow_failed:01J0WORKFLOW',
    source: 'https://vaquita.example',
    project: 'reports',
    workflow: 'nightly-report',
    team: 'data',
  });
  expect([second!.labels, resolved!.labels]).toEqual([first!.labels, first!.labels]);
  expect(Date.parse(second!.endsAt)).toBe(NOW + 3_600_000);
  expect(Date.parse(resolved!.endsAt)).toBe(NOW);
});

test('a token instead of a password', async () => {
  const ports = fakePorts(() => ({ status: 200 }));
  await sendAlert(
    sampleDelivery(),
    { channel: 'alertmanager', settings: { url: 'http://a.test', token: 'tok' } },
    ports,
  );
  expect(ports.requests[0]).toMatchObject({
    url: 'http://a.test/api/v2/alerts',
    headers: { authorization: 'Bearer tok' },
  });
  expect(() => readSettings(alertmanager, { ...settings, token: 't' })).toThrow(/not valid/);
  expect(() => readSettings(alertmanager, { url: 'http://a.test', user: 'u' })).toThrow(/not valid/);
});
