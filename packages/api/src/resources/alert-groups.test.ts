import { expect, it } from 'vitest';
import { type ApiBench, DEFINITION, openApi, read } from '../testing/api-bench.ts';
import type { AlertGroupDeleted, AlertGroupView } from '../views/alert-target.ts';
import type { ProblemView } from '../views/page.ts';

const PATH = '/api/v1/alert-groups';
const CHANNEL = { type: 'slack', settings: { url: 'https://hooks.slack.test/T/secret' } };

async function openWithChannels() {
  const api = await openApi();
  for (const name of ['chat', 'alpha']) {
    await read(await api.send('POST', '/api/v1/alert-channels', { body: { ...CHANNEL, name } }), 201);
  }
  return api;
}

const create = async (api: ApiBench, body: unknown, headers: Record<string, string> = {}) =>
  read<AlertGroupView>(await api.send('POST', PATH, { body, headers }), 201);

it('is made with channels by name or id, changed and removed, and each change is audited with what was before', async () => {
  const api = await openWithChannels();
  const id = (await api.store.alertChannels.find('chat'))!.id;
  const group = await create(api, { name: 'night', channels: [id, 'alpha', 'alpha'], kinds: ['worker_lost'] });
  expect(group).toMatchObject({ name: 'night', description: '', kinds: ['worker_lost'] });
  expect(group.channels).toMatchObject([
    { name: 'alpha', type: 'slack', enabled: true },
    { id, name: 'chat' },
  ]);
  const patch = async (body: unknown) => read<AlertGroupView>(await api.send('PATCH', `${PATH}/night`, { body }));
  expect(await patch({ channels: ['chat'], description: 'on call' })).toMatchObject({
    ...{ description: 'on call', kinds: ['worker_lost'], channels: [{ name: 'chat' }] },
  });
  expect(await patch({ kinds: [] })).toMatchObject({ kinds: [], channels: [{ name: 'chat' }] });
  expect(await read(await api.send('GET', `${PATH}/${group.id}`))).toMatchObject({ name: 'night', kinds: [] });
  expect(await read<AlertGroupDeleted>(await api.send('DELETE', `${PATH}/night`))).toEqual({
    ...{ id: group.id, name: 'night', namedBy: [] },
  });
  expect((await api.send('GET', `${PATH}/night`)).status).toBe(404);
  expect((await api.auditLog()).filter(({ subject }) => subject === 'night')).toMatchObject([
    { action: 'alert_group.create', data: { kinds: ['worker_lost'] } },
    { action: 'alert_group.update', data: { channels: [id], before: { description: '' } } },
    { action: 'alert_group.update', data: { kinds: [], before: { kinds: ['worker_lost'] } } },
    { action: 'alert_group.delete', data: { before: { channels: [id] } } },
  ]);
});

it('is made once under one key, and its name only once', async () => {
  const api = await openApi();
  const key = { 'idempotency-key': 'k1' };
  expect(await create(api, { name: 'a' }, key)).toEqual(await create(api, { name: 'a' }, key));
  const again = await read<ProblemView>(await api.send('POST', PATH, { body: { name: 'a' } }), 409);
  expect(again.code).toBe('name_in_use');
});

it.each([
  [{}, 'name'],
  [{ name: 'a/b' }, 'name'],
  [{ name: 'a', channels: ['chat', 'nobody'] }, 'channels[1]'],
  [{ name: 'a', kinds: ['workflow_failed'] }, 'kinds[0]'],
  [{ name: 'a', members: [] }, 'members'],
])('is not made of %j', async (body, path) => {
  const api = await openWithChannels();
  const { errors } = await read<ProblemView>(await api.send('POST', PATH, { body }), 400);
  expect(errors?.map((problem) => problem.path)).toEqual([path]);
});

it('is changed by administrators only, and seen by all, so that a run can name it', async () => {
  const api = await openWithChannels();
  await create(api, { name: 'night', channels: ['chat'] });
  const token = await api.addUser('ann', 'editor');
  for (const [method, path, body] of [
    ['POST', PATH, { name: 'b' }],
    ['PATCH', `${PATH}/night`, { kinds: [] }],
    ['DELETE', `${PATH}/night`, undefined],
  ] as const) {
    const answer = await api.send(method, path, { token, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(403);
  }
  const seen = await api.send('GET', PATH, { token });
  const text = await seen.clone().text();
  expect(await read(seen)).toMatchObject({ items: [{ name: 'night', channels: [{ name: 'chat' }] }] });
  expect(text).not.toContain('secret');
});

it('may go while workflows name it, which the answer says; the default one stays', async () => {
  const api = await openApi();
  await create(api, { name: 'night' });
  await create(api, { name: 'default' });
  await api.createWorkflow('etl', { ...DEFINITION, alerts: { on: 'failure', group: 'night' } });
  const gone = await read<AlertGroupDeleted>(await api.send('DELETE', `${PATH}/night`));
  expect(gone.namedBy).toEqual([{ project: 'etl', workflow: 'daily' }]);
  const refused = await read<ProblemView>(await api.send('DELETE', `${PATH}/default`), 409);
  expect(refused.code).toBe('conflict');
});
