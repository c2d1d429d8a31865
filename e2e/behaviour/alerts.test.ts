/** Alerts from what happens to what arrives: real server, real worker, real HTTP to receivers of this machine. */
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@vaquita/runtime/testing';
import { describe, expect, it } from 'vitest';
import { addHookGroup, addWebhook, alertWhen, keyOf, LOCAL_RECEIVERS, onlyAlert } from '../support/alerts.ts';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import { define, defineAndStart, start, waitForRun } from '../support/runs.ts';
import { SHORT_HEARTBEAT, useStage } from '../support/stage.ts';

const stage = useStage({ env: { ...LOCAL_RECEIVERS, VAQUITA_ALERT_ATTEMPTS: '3' }, workers: { w1: {} } });

const FAILING = {
  tasks: [
    { name: 'extract', type: 'shell', script: 'true' },
    { name: 'load', type: 'shell', script: 'echo "no such table: orders" >&2; exit 7', dependsOn: ['extract'] },
  ],
};
const WORKING = { tasks: [{ name: 'extract', type: 'shell', script: 'true' }] };

describe('what a run tells', () => {
  it('is told to the group of the definition or of the start, signed and with the task that failed, and to nobody else', async () => {
    const { client } = stage;
    const hook = await serve((_request, response) => response.writeHead(200).end('noted'));
    await addHookGroup(client, 'ops', hook.port, { secret: 'of both sides' });
    await addHookGroup(client, 'night', hook.port);
    const failing = await define(client, { ...FAILING, name: 'fails', alerts: { on: 'failure', group: 'ops' } });
    const working = await define(client, { ...WORKING, name: 'works', alerts: { on: 'success', group: 'ops' } });
    const quiet = await define(client, { ...WORKING, name: 'quiet' });

    const silenced = await start(client, failing, { alertOn: 'none' });
    const unasked = await start(client, quiet);
    await waitForRun(client, silenced, 'failure');
    await waitForRun(client, unasked, 'success');
    const failed = await start(client, failing);
    const worked = await start(client, working);
    const chosen = await start(client, quiet, { alertOn: 'all', alertGroup: 'night' });
    await waitForRun(client, failed, 'failure');
    const alerts = await Promise.all([failed, worked, chosen].map(({ id }) => onlyAlert(client, { run: id }, 'sent')));
    expect(alerts).toMatchObject([
      { kind: 'workflow_failed', group: 'ops', deliveries: [{ channelName: 'ops', attempt: 1, answer: '200 noted' }] },
      { kind: 'workflow_succeeded', group: 'ops', deliveries: [{ channelName: 'ops' }] },
      { kind: 'workflow_succeeded', group: 'night', deliveries: [{ channelName: 'night' }] },
    ]);
    // An alert is filed with the end of its run, and these had ended before the others began.
    for (const { id } of [silenced, unasked]) expect((await client.alerts.list({ run: id })).items).toEqual([]);

    expect(hook.seen).toHaveLength(3);
    const told = hook.seen.find(({ body }) => body.includes('workflow_failed'))!;
    const key = alerts[0]!.deliveries[0]!.id;
    expect({ path: told.path, key: keyOf(told), id: told.headers['webhook-id'] }).toEqual({
      path: '/ops',
      key,
      id: key,
    });
    const signed = `${key}.${told.headers['webhook-timestamp']}.${told.body}`;
    const signature = createHmac('sha256', 'of both sides').update(signed).digest('base64');
    expect(told.headers['webhook-signature']).toBe(`v1,${signature}`);
    const message = JSON.parse(told.body);
    expect(message).toMatchObject({ severity: 'error', state: 'open', count: 1, labels: { workflow: 'fails' } });
    expect(`${message.text} ${JSON.stringify(message.facts)}`).toMatch(/load.*exit code 7/);
    expect(message.links).toContainEqual(expect.objectContaining({ url: `${stage.server.url}/go/r/${failed.id}` }));
  });

  it('that nobody is there for is kept, says so, and is sent once there is somebody', async () => {
    const { client, server } = stage;
    const run = await defineAndStart(client, { ...FAILING, name: 'nobody', alerts: { on: 'failure', group: 'away' } });
    const { id, reason } = await onlyAlert(client, { run: run.id }, 'failed');
    expect(reason).toMatch(/away/);
    const hook = await serve((_request, response) => response.writeHead(204).end());
    await addHookGroup(client, 'away', hook.port);
    expect((await vaquita(['alerts', 'resend', id], { server })).code).toBe(0);
    await alertWhen(client, id, 'sent');
    expect(hook.seen).toHaveLength(1);
  });
});

describe('a channel that does not take an alert', () => {
  const sendTest = async (channel: string) => (await stage.client.alertChannels.test(channel)).id;

  it('with 500 is tried again until it does, each time with the same key', async () => {
    const answers = [500, 500, 200];
    const hook = await serve((_request, response) => response.writeHead(answers.shift() ?? 599).end());
    await addWebhook(stage.client, 'shaky', hook.port);
    const { deliveries } = await alertWhen(stage.client, await sendTest('shaky'), 'sent');
    expect(deliveries).toMatchObject([{ attempt: 3, status: 'sent', reason: null }]);
    expect(hook.seen.map(keyOf)).toEqual(Array(3).fill(deliveries[0]!.id));
  });

  it('with 429 is left alone for as long as it says', async () => {
    // Longer than what is waited before a second try otherwise.
    const seconds = 8;
    const times: number[] = [];
    const hook = await serve((_request, response) => {
      times.push(Date.now());
      if (times.length > 1) response.writeHead(200).end();
      else response.writeHead(429, { 'retry-after': String(seconds) }).end('slow down');
    });
    await addWebhook(stage.client, 'busy', hook.port);
    const id = await sendTest('busy');
    const { reason, nextAttemptAt } = await eventually('a second try to be due', async () => {
      const [delivery] = (await stage.client.alerts.get(id)).deliveries;
      return delivery?.status === 'retry' && delivery;
    });
    expect(reason).toMatch(/429/);
    expect(Date.parse(nextAttemptAt!)).toBeGreaterThanOrEqual(times[0]! + seconds * 1_000);
    expect((await stage.client.alertChannels.get('busy')).pausedUntil).toBe(nextAttemptAt);
    await alertWhen(stage.client, id, 'sent');
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(seconds * 1_000);
  });

  it('for good ends as a dead letter that says why, and is sent again by hand, which is on record', async () => {
    const { client, server } = stage;
    let status = 404;
    const hook = await serve((_request, response) => response.writeHead(status).end('no such hook'));
    await addWebhook(client, 'moved', hook.port);
    const id = await sendTest('moved');
    expect(await alertWhen(client, id, 'failed')).toMatchObject({
      deliveries: [{ status: 'failed', attempt: 1, nextAttemptAt: null, reason: expect.stringMatching(/404/) }],
    });
    expect((await vaquita(['alerts', 'list', '--status', 'failed'], { server })).stdout).toContain(id);
    status = 200;
    expect(await vaquita(['alerts', 'resend', id], { server })).toMatchObject({ code: 0 });
    const { deliveries } = await alertWhen(client, id, 'sent');
    expect(hook.seen.map(keyOf)).toEqual([deliveries[0]!.id, deliveries[0]!.id]);
    const { items } = await client.audit.list({ limit: 20 });
    expect(items).toContainEqual(
      expect.objectContaining({ action: 'alert.resend', data: expect.objectContaining({ id }) }),
    );
    const again = await vaquita(['alerts', 'resend', id], { server });
    expect([again.code, again.stderr]).toEqual([expect.any(Number), expect.stringMatching(/nothing to send again/)]);
    expect(again.code).not.toBe(0);
  });

  it('through all of its tries is given up', async () => {
    const hook = await serve((_request, response) => response.writeHead(503).end());
    await addWebhook(stage.client, 'down', hook.port);
    const { deliveries } = await alertWhen(stage.client, await sendTest('down'), 'failed');
    expect(deliveries).toMatchObject([{ attempt: 3, status: 'failed' }]);
    expect(hook.seen).toHaveLength(3);
  });
});

it('no secret of a channel is in an answer, an audit record, a log, a metric, or readable in the database', async () => {
  const { client, server } = stage;
  const secrets = ['signing-Secret-1', 'Bearer-Secret-2', 'changed-Secret-3'];
  // A peer that repeats all that it knows.
  let signing = secrets[0]!;
  const hook = await serve((request, response) =>
    response.writeHead(400).end(`refused: ${request.headers.authorization} ${signing}`),
  );
  const settings = { secret: secrets[0], headers: { Authorization: `Bearer ${secrets[1]}` } };
  await addWebhook(client, 'chatty', hook.port, settings);
  const tries: string[] = [];
  const tryIt = async () => {
    const { id } = await client.alertChannels.test('chatty');
    tries.push(id);
    await alertWhen(client, id, 'failed');
  };
  await tryIt();
  const url = `http://127.0.0.1:${hook.port}/chatty`;
  signing = secrets[2]!;
  await client.alertChannels.update('chatty', { settings: { url, secret: signing } });
  await tryIt();
  await client.alertChannels.update('chatty', { enabled: false });
  expect(hook.seen.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${secrets[1]}`,
    `Bearer ${secrets[1]}`,
  ]);

  const headers = { authorization: `Bearer ${server.adminToken}` };
  const places: Record<string, string> = {
    log: server.log(),
    channel: JSON.stringify([await client.alertChannels.get('chatty'), await client.alertChannels.list()]),
    alerts: JSON.stringify(await Promise.all(tries.map((id) => client.alerts.get(id)))),
    audit: JSON.stringify(await client.audit.list({ limit: 200 })),
    metrics: await (await fetch(`${server.url}/metrics`, { headers })).text(),
    command: JSON.stringify(await vaquita(['alert-channels', 'show', 'chatty'], { server })),
  };
  for (const name of readdirSync(server.dataDir).filter((file) => file.includes('.db'))) {
    places[name] = readFileSync(join(server.dataDir, name), 'latin1');
  }
  expect(Object.keys(places).filter((name) => name.includes('.db')).length).toBeGreaterThan(0);
  expect(places.alerts).toContain('refused');
  for (const [place, text] of Object.entries(places)) {
    for (const secret of secrets) expect(text.includes(secret), `${secret} in ${place}`).toBe(false);
  }
});

it('a send that the death of the server cut off is done again once, with its key, and the janitor says so', async () => {
  const { client, server } = stage;
  const cut = Promise.withResolvers<void>();
  let isDeaf = true;
  const hook = await serve((_request, response) => {
    if (isDeaf) response.once('close', () => cut.resolve());
    else response.writeHead(200).end('awake');
  });
  await addHookGroup(client, 'held', hook.port);
  const run = await defineAndStart(client, { ...FAILING, name: 'held', alerts: { on: 'failure', group: 'held' } });
  await eventually('the send that hangs', () => hook.seen.length === 1);
  await server.kill9();
  await cut.promise;
  isDeaf = false;
  await server.restart();
  const { deliveries } = await onlyAlert(client, { run: run.id }, 'sent');
  expect(deliveries).toMatchObject([{ attempt: 2, answer: '200 awake' }]);
  const { id } = deliveries[0]!;
  expect(hook.seen.map(keyOf)).toEqual([id, id]);
  const { items } = await client.audit.list({ limit: 50 });
  const record = items.find(({ action }) => action === 'alerts.taken_back');
  expect(record).toMatchObject({
    actor: 'alert-engine',
    data: { claims: [expect.objectContaining({ id, channelName: 'held', attempt: 1 })], unreachable: 0 },
  });
});

it('a worker that was killed is told of to the groups that take the kind, and so is its return', async () => {
  const { client } = stage;
  const hook = await serve((_request, response) => response.writeHead(200).end());
  await addWebhook(client, 'cluster', hook.port);
  await client.alertGroups.update('default', { kinds: ['worker_lost'], channels: ['cluster'] });
  const told = () => hook.seen.map(({ body }) => JSON.parse(body) as { kind: string; state: string; title: string });
  const doomed = await stage.join('doomed', { args: SHORT_HEARTBEAT });
  await doomed.kill9();
  await eventually('the loss', () => told().length === 1, { withinMs: 50_000, evidence: stage.server.log });
  await doomed.restart();
  await eventually('the return', () => told().length === 2, { withinMs: 50_000, evidence: stage.server.log });
  expect(told()).toMatchObject([
    { kind: 'worker_lost', state: 'open', title: 'Worker "doomed" is lost' },
    { kind: 'worker_lost', state: 'resolved' },
  ]);
});
