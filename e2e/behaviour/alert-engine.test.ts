/** Alerts on a real server: sent in a thread while other channels hang, and sent after the server was killed. */
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { serve } from '@vaquita/runtime/testing';
import { expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

interface Alert {
  readonly status: string;
  readonly deliveries: readonly { readonly status: string; readonly attempt: number; readonly answer: string | null }[];
}

async function ask<Answer>(server: TestServer, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function addWebhook(server: TestServer, name: string, port: number): Promise<void> {
  const settings = { url: `http://127.0.0.1:${port}/${name}` };
  await ask(server, 'POST', '/alert-channels', { name, type: 'webhook', settings });
}

const sendTest = async (server: TestServer, channel: string) =>
  (await ask<{ id: string }>(server, 'POST', `/alert-channels/${channel}/test`)).id;

const ALLOWED = { VAQUITA_OUTBOUND_ALLOW: '127.0.0.1' };

it('a channel that works is told while fifty others hang, and what hung is sent again after the server was killed', async () => {
  await using server = await startTestServer({ env: ALLOWED });
  const held: ServerResponse[] = [];
  let isDeaf = true;
  const answer: RequestListener = (_request, response) => {
    if (isDeaf) held.push(response);
    else response.writeHead(200).end('awake');
  };
  const deaf = await serve(answer);
  const works = await serve((_request, response) => response.writeHead(200).end('taken'));
  await addWebhook(server, 'works', works.port);
  const first = await sendTest(server, 'works');
  const alert = (id: string) => ask<Alert>(server, 'GET', `/alerts/${id}`);
  await eventually('the first alert', async () => (await alert(first)).status === 'sent', { evidence: server.log });

  const names = Array.from({ length: 50 }, (_, n) => `hangs-${n}`);
  for (const name of names) await addWebhook(server, name, deaf.port);
  const hung = await Promise.all(names.map((name) => sendTest(server, name)));
  await eventually('sends that hang', () => held.length >= 8);
  const second = await sendTest(server, 'works');
  const told = await eventually('the second alert', async () => {
    const found = await alert(second);
    return found.status === 'sent' && found;
  });
  expect(told.deliveries).toMatchObject([{ status: 'sent', attempt: 1, answer: '200 taken' }]);
  expect(works.seen).toHaveLength(2);
  const metrics = await (
    await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${server.adminToken}` } })
  ).text();
  expect(metrics).toMatch(/vaquita_alert_deliveries_total\{result="sent"\} 2/);
  expect(metrics).toMatch(/vaquita_alert_channel_delivered_timestamp_seconds\{channel="works"\} \d/);

  const closed = held.map((response) => once(response, 'close'));
  await server.kill9();
  await Promise.all(closed);
  isDeaf = false;
  await server.restart();
  await eventually(
    'every alert that hung',
    async () => (await Promise.all(hung.map(alert))).every(({ status }) => status === 'sent'),
    { withinMs: 120_000, evidence: server.log },
  );
  const keys = deaf.seen.map(({ headers }) => headers['idempotency-key']);
  expect(new Set(keys).size).toBe(50);
  expect(works.seen).toHaveLength(2);
});

it('a server that is asked to stop breaks sends off at once, and sends them at no cost when it is back', async () => {
  await using server = await startTestServer({ env: ALLOWED });
  const held: ServerResponse[] = [];
  let isDeaf = true;
  const deaf = await serve((_request, response) => {
    if (isDeaf) held.push(response);
    else response.writeHead(200).end('awake');
  });
  await addWebhook(server, 'hangs', deaf.port);
  const id = await sendTest(server, 'hangs');
  await eventually('the send that hangs', () => held.length === 1);
  const closed = once(held[0]!, 'close');
  expect(await server.stop()).toMatchObject({ code: 0 });
  await closed;
  isDeaf = false;
  await server.restart();
  const sent = await eventually('the alert', async () => {
    const found = await ask<Alert>(server, 'GET', `/alerts/${id}`);
    return found.status === 'sent' && found;
  });
  expect(sent.deliveries).toMatchObject([{ attempt: 1, answer: '200 awake' }]);
});
