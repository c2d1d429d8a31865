import { createHmac } from 'node:crypto';
import type { TriggerId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { DEFINITION, openApi, read, START } from '../testing/index.ts';
import type { ProblemView } from '../views/page.ts';
import type { HookAnswer, TriggerCreate, TriggerCreated } from '../views/trigger.ts';

type Api = Awaited<ReturnType<typeof openApi>>;
const BODY = JSON.stringify({ order: { day: '2026-03-01', n: 7 } });

async function webhook(api: Api, config: Partial<Extract<TriggerCreate['config'], { kind: 'webhook' }>> = {}) {
  await api.createWorkflow();
  const body: TriggerCreate = {
    name: 'orders',
    config: { kind: 'webhook', mapping: { day: '$.order.day' }, ...config },
  };
  const answer = await api.send('POST', '/api/v1/projects/etl/workflows/daily/triggers', { body });
  const made = await read<TriggerCreated>(answer, 201);
  return { id: made.id as TriggerId, secret: made.secret!, path: `/api/v1/hooks/${made.id}` };
}

function signed(secret: string, body = BODY, at = START): Record<string, string> {
  const t = Math.floor(at / 1000);
  return { 'x-vaquita-signature': `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}` };
}

const deliver = (api: Api, path: string, headers: Record<string, string>, body: string = BODY) =>
  api.send('POST', path, { token: null, headers, body });

const firings = async (api: Api, id: TriggerId) =>
  (await api.store.firings.list(id, {}, { limit: 50, cursor: null })).items;
const runs = async (api: Api) => (await api.store.instances.list({}, { limit: 50, cursor: null })).items;

test('a delivery starts a run with what its body says, and says which', async () => {
  const api = await openApi();
  const { id, secret, path } = await webhook(api);
  const nudges = api.nudges;
  const { workflowInstanceId, state } = await read<HookAnswer>(await deliver(api, path, signed(secret)), 202);
  expect(state).toBe('submitted');
  const [run, ...others] = await runs(api);
  expect(others).toEqual([]);
  expect(run).toMatchObject({
    ...{ id: workflowInstanceId, params: { day: '2026-03-01' }, originKind: 'trigger', originId: id },
    ...{ createdBy: 'trigger orders', businessTime: START },
  });
  expect(await firings(api, id)).toMatchObject([
    { outcome: 'run', reason: null, workflowInstanceId, about: { address: '192.0.2.1' }, at: START },
  ]);
  expect(api.nudges).toBe(nudges + 1);
});

test('the same delivery again starts nothing, also when many come at once, and names the run', async () => {
  const api = await openApi();
  const { id, secret, path } = await webhook(api);
  const headers = signed(secret);
  const answers = await Promise.all([1, 2, 3].map(() => deliver(api, path, headers)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
  await api.clock.advance(60_000);
  const problem = await read<ProblemView>(await deliver(api, path, headers), 409);
  expect(problem.code).toBe('replayed');
  const [run] = await runs(api);
  expect(problem.detail).toContain(run!.id);
  expect(await runs(api)).toHaveLength(1);
  expect(await firings(api, id)).toHaveLength(1);
});

test('a delivery without a right signature is refused, and nothing is filed', async () => {
  const api = await openApi();
  const { id, secret, path } = await webhook(api);
  const t = START / 1000;
  for (const [headers, body, words] of [
    [{}, BODY, 'missing'],
    [{ 'x-vaquita-signature': 'nonsense' }, BODY, 't is missing'],
    [signed('whsec_other'), BODY, 'not that of this delivery'],
    [signed(secret), `${BODY} `, 'not that of this delivery'],
    [signed(secret, BODY, START - 301_000), BODY, 'from the time of this server'],
    [signed(secret, BODY, START + 301_000), BODY, 'from the time of this server'],
    [
      { 'x-vaquita-signature': signed(secret)['x-vaquita-signature']!.replace(`t=${t}`, `t=${t + 1}`) },
      BODY,
      'not that',
    ],
    [{ 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(BODY).digest('hex')}` }, BODY, 'GitHub'],
  ] as const) {
    const problem = await read<ProblemView>(await deliver(api, path, headers, body), 401);
    expect(problem).toMatchObject({ code: 'unauthenticated', detail: expect.stringContaining(words) });
  }
  expect(await runs(api)).toEqual([]);
  expect(await firings(api, id)).toEqual([]);
});

test('a webhook that takes GitHub’s signatures takes each body once, and answers its ping', async () => {
  const api = await openApi();
  const { id, secret, path } = await webhook(api, { github: true });
  const github = (body: string, event: string) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    'x-github-event': event,
  });
  const ping = '{"zen":"Keep it logically awesome."}';
  expect(await read<HookAnswer>(await deliver(api, path, github(ping, 'ping'), ping), 200)).toEqual({
    ...{ workflowInstanceId: null, state: null },
  });
  expect(await runs(api)).toEqual([]);
  expect((await deliver(api, path, github(BODY, 'push'))).status).toBe(202);
  expect((await deliver(api, path, { ...github(BODY, 'push'), 'x-github-delivery': 'another' })).status).toBe(409);
  expect((await firings(api, id)).map(({ outcome }) => outcome).sort()).toEqual(['run', 'seen']);
});

test('what the workflow does not take is refused at its place and on record, and may be sent again', async () => {
  const api = await openApi();
  const { id, secret, path } = await webhook(api, { mapping: { day: '$.order.dya' } });
  const headers = signed(secret);
  const problem = await read<ProblemView>(await deliver(api, path, headers), 400);
  expect(problem.errors).toEqual([{ path: 'params.day', message: expect.stringContaining('$.order.dya') }]);
  expect(await firings(api, id)).toMatchObject([
    { outcome: 'refused', reason: expect.stringContaining('$.order.dya') },
  ]);
  await api.send('PATCH', `/api/v1/triggers/${id}`, {
    body: { config: { kind: 'webhook', mapping: { day: '$.order.day' } } },
  });
  await read(await deliver(api, path, headers), 202);
  expect(await firings(api, id)).toMatchObject([{ outcome: 'run' }]);

  const broken = '{"order":';
  expect((await read<ProblemView>(await deliver(api, path, signed(secret, broken), broken), 400)).errors).toMatchObject(
    [{ path: 'body' }],
  );
  const sly = JSON.stringify({ order: { day: '${password}' } });
  expect((await read<ProblemView>(await deliver(api, path, signed(secret, sly), sly), 400)).errors).toMatchObject([
    { path: 'params.day', message: expect.stringContaining('placeholder') },
  ]);
  expect(await runs(api)).toHaveLength(1);
});

test('an offline webhook files nothing; an offline workflow refuses for as long as it is', async () => {
  const api = await openApi();
  const { id, secret, path } = await webhook(api);
  await api.send('POST', `/api/v1/triggers/${id}/offline`);
  expect(await read<ProblemView>(await deliver(api, path, signed(secret)), 409)).toMatchObject({ code: 'conflict' });
  expect(await firings(api, id)).toEqual([]);
  await api.send('POST', `/api/v1/triggers/${id}/online`);
  await api.send('POST', '/api/v1/projects/etl/workflows/daily/offline');
  const refused = await read<ProblemView>(await deliver(api, path, signed(secret)), 409);
  expect(refused).toMatchObject({ code: 'conflict', detail: expect.stringContaining('offline') });
  expect(await firings(api, id)).toMatchObject([{ outcome: 'refused' }]);
  await api.send('POST', '/api/v1/projects/etl/workflows/daily/online');
  expect((await deliver(api, path, signed(secret))).status).toBe(202);
});

test('without a mapping a body may be anything, and what is too large is not read', async () => {
  const api = await openApi({ settings: { bodyLimitBytes: 100 } });
  await api.createWorkflow('etl', { ...DEFINITION, params: [] });
  const body: TriggerCreate = { name: 'any', config: { kind: 'webhook', tolerance: '10s' } };
  const made = await api.send('POST', '/api/v1/projects/etl/workflows/daily/triggers', { body });
  const { id, secret } = await read<TriggerCreated>(made, 201);
  const path = `/api/v1/hooks/${id}`;
  for (const text of ['', 'not json', '\u0000ÿ']) {
    expect((await deliver(api, path, signed(secret!, text), text)).status, JSON.stringify(text)).toBe(202);
  }
  const large = 'x'.repeat(101);
  expect((await deliver(api, path, signed(secret!, large), large)).status).toBe(413);
  const chunks = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 20; i++) controller.enqueue(new TextEncoder().encode('0123456789'));
      controller.close();
    },
  });
  expect((await api.send('POST', path, { token: null, headers: signed(secret!), body: chunks })).status).toBe(413);
  expect(await runs(api)).toHaveLength(3);
});

test('a secret that was replaced is taken for as long as was asked, and not without its key', async () => {
  const api = await openApi();
  const { id, secret, path } = await webhook(api);
  const answer = await api.send('POST', `/api/v1/triggers/${id}/rotate-secret`, { body: { keepOldFor: '1m' } });
  const next = (await read<TriggerCreated>(answer, 200)).secret!;
  expect(next).not.toBe(secret);
  for (const [key, body] of [
    [secret, '{"order":{"day":"1"}}'],
    [next, '{"order":{"day":"2"}}'],
  ] as const) {
    expect((await deliver(api, path, signed(key, body), body)).status).toBe(202);
  }
  await api.clock.advance(60_000);
  expect((await deliver(api, path, signed(secret, BODY, START + 60_000))).status).toBe(401);
  expect((await deliver(api, path, signed(next, BODY, START + 60_000))).status).toBe(202);
  await api.send('POST', `/api/v1/triggers/${id}/rotate-secret`);
  expect((await deliver(api, path, signed(next, '{}', START + 60_000), '{}')).status).toBe(401);
});

test('guessing is slowed down by where it comes from, and taken deliveries count for nothing', async () => {
  let address = '192.0.2.9';
  const api = await openApi({ deps: { peerAddress: () => address } });
  const { secret, path } = await webhook(api);
  for (let i = 0; i < 40; i++) {
    const body = JSON.stringify({ order: { day: String(i) } });
    expect((await deliver(api, path, signed(secret, body), body)).status).toBe(202);
  }
  for (let i = 0; i < 30; i++) expect((await deliver(api, path, signed('wrong'))).status).toBe(401);
  const waiting = await deliver(api, path, signed(secret));
  expect(waiting.status).toBe(429);
  expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0);
  address = '192.0.2.10';
  expect((await deliver(api, path, signed(secret))).status).toBe(202);
  address = '192.0.2.9';
  await api.clock.advance(5 * 60_000);
  expect((await deliver(api, path, signed(secret, BODY, START + 300_000))).status).toBe(202);
  for (let i = 0; i < 120; i++) expect((await deliver(api, `/api/v1/hooks/t${i}`, {})).status).toBe(404);
  expect((await deliver(api, '/api/v1/hooks/other', {})).status).toBe(429);
});

test('counts deliveries by what became of them', async () => {
  const api = await openApi();
  const { secret, path } = await webhook(api);
  await deliver(api, path, signed(secret));
  await deliver(api, path, signed(secret));
  await deliver(api, path, {});
  const metrics = await api.deps.metrics.render();
  for (const outcome of ['run', 'replayed', 'unauthenticated']) {
    expect(metrics).toContain(`vaquita_hook_deliveries_total{outcome="${outcome}"} 1`);
  }
});
