import { createRefusingSealer, createSealer, type Sealer } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { AlertDetail } from '../views/alert.ts';
import type { AlertChannelTypePage, AlertChannelView, AlertTestAnswer } from '../views/alert-target.ts';
import type { ProblemView } from '../views/page.ts';

const PATH = '/api/v1/alert-channels';
const SECRET = 'Bearer very-secret';
const BODY = {
  name: 'ops',
  type: 'webhook',
  settings: { url: 'https://a.test/hook', headers: { Authorization: SECRET } },
};

const create = async (api: ApiBench, body: unknown = BODY, headers: Record<string, string> = {}) =>
  read<AlertChannelView>(await api.send('POST', PATH, { body, headers }), 201);
const patch = (api: ApiBench, body: unknown) => api.send('PATCH', `${PATH}/ops`, { body });
const problemsOf = async (answer: Response, status = 400) => (await read<ProblemView>(answer, status)).errors ?? [];

it('is made, changed, disabled and removed; its secrets are in no answer, no row and no audit record', async () => {
  const api = await openApi();
  const made = await create(api);
  expect(made).toMatchObject({
    ...{ name: 'ops', type: 'webhook', enabled: true, hasSecret: ['headers'], problem: null, groups: [] },
    settings: { url: 'https://a.test/hook', method: 'POST' },
    ...{ lastDeliveredAt: null, lastError: null, pausedUntil: null },
  });
  const changed = await read<AlertChannelView>(
    await patch(api, { name: 'ops-2', settings: { url: 'https://a.test/hook', method: 'PUT' } }),
  );
  expect(changed).toMatchObject({ id: made.id, name: 'ops-2', settings: { method: 'PUT' }, hasSecret: ['headers'] });
  const disabled = await api.send('PATCH', `${PATH}/${made.id}`, { body: { enabled: false } });
  expect(await read(disabled)).toMatchObject({ enabled: false, hasSecret: ['headers'] });

  const row = (await api.store.alertChannels.find(made.id))!;
  expect(row.settings).toMatch(/^s1\./);
  expect(JSON.parse(await api.deps.sealer.open(row.id, row.settings))).toMatchObject({
    headers: { Authorization: SECRET },
  });
  expect((await api.send('DELETE', `${PATH}/ops-2`)).status).toBe(204);
  expect((await api.send('GET', `${PATH}/ops-2`)).status).toBe(404);

  const audit = (await api.auditLog()).filter(({ action }) => action.startsWith('alert_channel.'));
  expect(audit).toMatchObject([
    { action: 'alert_channel.create', subject: 'ops', data: { type: 'webhook', hasSecret: ['headers'] } },
    { action: 'alert_channel.update', data: { name: 'ops-2', settings: { method: 'PUT' }, said: [] } },
    { action: 'alert_channel.update', data: { enabled: false, before: { enabled: true } } },
    { action: 'alert_channel.delete', data: { before: { enabled: false } } },
  ]);
  expect(JSON.stringify([made, changed, audit, api.lines, row])).not.toContain('very-secret');
});

it('is made once under one key, and its name only once', async () => {
  const api = await openApi();
  const key = { 'idempotency-key': 'k1' };
  expect(await create(api, BODY, key)).toEqual(await create(api, BODY, key));
  const again = await read<ProblemView>(await api.send('POST', PATH, { body: BODY }), 409);
  expect(again.code).toBe('name_in_use');
});

it.each([
  [{ ...BODY, name: 'a/b' }, ['name']],
  [{ ...BODY, name: 'types' }, ['name']],
  [{ ...BODY, type: 'webhok' }, ['type']],
  [{ ...BODY, settings: { url: 'nowhere', methd: 'GET' } }, ['settings.url', 'settings.methd']],
  [{ name: 'a', type: 'slack' }, ['settings']],
  [{ ...BODY, secret: 'x' }, ['secret']],
])('is not made of %j', async (body, paths) => {
  const api = await openApi();
  const found = (await problemsOf(await api.send('POST', PATH, { body }))).map(({ path }) => path);
  expect(found.toSorted()).toEqual(paths.toSorted());
});

it('does not send its secrets elsewhere unless they are said again', async () => {
  const api = await openApi();
  await create(api);
  const moved = { url: 'https://eve.test/' };
  expect(await problemsOf(await patch(api, { settings: moved }))).toMatchObject([{ path: 'settings.headers' }]);
  const said = { ...moved, headers: { Authorization: 'new' } };
  expect(await read(await patch(api, { settings: said }))).toMatchObject({ settings: moved, hasSecret: ['headers'] });
  expect((await api.auditLog()).at(-1)).toMatchObject({ data: { said: ['headers'] } });
  expect(await problemsOf(await patch(api, {}))).toMatchObject([{ path: '$' }]);
});

it('is for administrators: others see neither it nor its types', async () => {
  const api = await openApi();
  await create(api);
  const token = await api.addUser('ann', 'editor');
  for (const [method, path, body] of [
    ['GET', PATH],
    ['GET', `${PATH}/types`],
    ['GET', `${PATH}/ops`],
    ['POST', PATH, BODY],
    ['PATCH', `${PATH}/ops`, { enabled: false }],
    ['DELETE', `${PATH}/ops`],
    ['POST', `${PATH}/ops/test`],
  ] as const) {
    const answer = await api.send(method, path, { token, ...(body === undefined ? {} : { body }) });
    expect(answer.status, `${method} ${path}`).toBe(403);
  }
});

it('stays for as long as a group uses it, and says which', async () => {
  const api = await openApi();
  await create(api);
  await api.send('POST', '/api/v1/alert-groups', { body: { name: 'night', channels: ['ops'] } });
  expect(await read(await api.send('GET', `${PATH}/ops`))).toMatchObject({ groups: ['night'] });
  const refused = await read<ProblemView>(await api.send('DELETE', `${PATH}/ops`), 409);
  expect(refused.detail).toContain('"night"');
});

it('has types whose settings a form can be made of', async () => {
  const api = await openApi();
  const { items } = await read<AlertChannelTypePage>(await api.send('GET', `${PATH}/types`));
  expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(['email', 'slack', 'webhook']));
  expect(items.find(({ name }) => name === 'webhook')?.schema).toMatchObject({ properties: { url: {} } });
});

describe('a test of it', () => {
  it('is an alert with one delivery, which the leader is told of, also while the channel is disabled', async () => {
    const api = await openApi();
    await create(api, { ...BODY, enabled: false });
    const hints = api.alertHints;
    const { id } = await read<AlertTestAnswer>(await api.send('POST', `${PATH}/ops/test`), 202);
    expect(api.alertHints).toBe(hints + 1);
    expect(await read<AlertDetail>(await api.send('GET', `/api/v1/alerts/${id}`))).toMatchObject({
      ...{ kind: 'test', status: 'sending', group: null, title: 'Test of the channel ops' },
      deliveries: [{ channelName: 'ops', status: 'waiting', attempt: 0 }],
    });
    const [claimed] = await api.store.alertQueue.claim(1, {
      claimer: 's',
      now: api.clock.now(),
      limit: 5,
      perChannel: 1,
      limitUnproven: 1,
    });
    expect(claimed).toMatchObject({ channel: { name: 'ops' }, message: { kind: 'test' } });
    expect((await api.auditLog()).at(-1)).toMatchObject({ action: 'alert_channel.test', data: { alertId: id } });
  });

  it('is sent once under one key, and one that does not get through holds up no other', async () => {
    const api = await openApi();
    await create(api);
    const test = async (key: string) =>
      read<AlertTestAnswer>(await api.send('POST', `${PATH}/ops/test`, { headers: { 'idempotency-key': key } }), 202);
    const first = await test('k1');
    expect(await test('k1')).toEqual(first);
    await test('k2');
    const claim = { claimer: 's', now: api.clock.now(), limit: 5, perChannel: 5, limitUnproven: 5 };
    expect(await api.store.alertQueue.claim(1, claim)).toHaveLength(2);
    expect((await api.send('POST', `${PATH}/none/test`)).status).toBe(404);
  });
});

describe('where the secret key is not the one', () => {
  const keyOf = (fill: number) => createSealer(new Uint8Array(32).fill(fill), createSeededRandom(fill));

  it('a channel is listed with what to do, and can be given all its settings anew', async () => {
    let key = keyOf(1);
    const sealer: Sealer = { seal: (id, text) => key.seal(id, text), open: (id, sealed) => key.open(id, sealed) };
    const api = await openApi({ deps: { sealer } });
    await create(api);
    key = keyOf(7);
    const { items } = await read<{ items: AlertChannelView[] }>(await api.send('GET', PATH));
    expect(items).toMatchObject([
      { name: 'ops', settings: {}, problem: expect.stringContaining('VAQUITA_SECRET_KEY') },
    ]);
    const refused = await read<ProblemView>(await api.send('POST', `${PATH}/ops/test`), 500);
    expect(refused).toMatchObject({ code: 'bad_settings', detail: expect.stringContaining('VAQUITA_SECRET_KEY') });
    expect(await read(await patch(api, { enabled: false }))).toMatchObject({ enabled: false });
    expect(await read(await patch(api, { settings: BODY.settings }))).toMatchObject({
      ...{ problem: null, hasSecret: ['headers'] },
    });
  });

  it('nothing is saved where there is none, and the answer says what to set', async () => {
    const api = await openApi({ deps: { sealer: createRefusingSealer('Set VAQUITA_SECRET_KEY.') } });
    const refused = await read<ProblemView>(await api.send('POST', PATH, { body: BODY }), 500);
    expect(refused).toMatchObject({ code: 'bad_settings', detail: 'Set VAQUITA_SECRET_KEY.' });
    expect((await api.store.alertChannels.list({ limit: 5, cursor: null })).items).toEqual([]);
  });
});
