/** Data sources over the API: what can be made and changed, by whom, what uses them, and what a test of them says. */
import type { WorkerId } from '@vaquita/core';
import { expect, it } from 'vitest';
import type { Asked, AskOutside } from '../data-sources/try-data-source.ts';
import { type ApiBench, DEFINITION, openApi, read } from '../testing/api-bench.ts';
import type { WorkerLooks } from '../triggers/try-look.ts';
import type {
  DataSourceDetail,
  DataSourceKindPage,
  DataSourcePage,
  DataSourceTestAnswer,
} from '../views/data-source.ts';
import type { SecretDetail } from '../views/environment.ts';
import type { ProblemView } from '../views/page.ts';

const PATH = '/api/v1/data-sources';
const VALUE = 'open sesame';
const SERVICE = { name: 'orders', kind: 'http', settings: { address: 'https://api.example/v1' } };
const DATABASE = { name: 'lake', kind: 'libsql', settings: { address: 'libsql://db.example' } };
const FILE = { ...DATABASE, settings: { address: '/srv/lake.db' } };

const add = async (api: ApiBench, body: object) => read<DataSourceDetail>(await api.send('POST', PATH, { body }), 201);
const addSecret = (api: ApiBench, more: object = {}) =>
  api.send('POST', '/api/v1/secrets', { body: { name: 'api token', value: VALUE, ...more } });

it('is made, changed by who has read it, found and listed, and deleted, each audited', async () => {
  const api = await openApi();
  await addSecret(api);
  const secrets = { token: 'api token' };
  const made = await add(api, { ...SERVICE, secrets });
  expect(made).toMatchObject({
    ...{ name: 'orders', project: null, kind: 'http', revision: 1, createdBy: 'admin', secrets },
    ...{ settings: { address: 'https://api.example/v1', headers: {} }, usedBy: { workflows: [], runs: 0 } },
  });
  const change = { settings: { address: 'https://b.example', testPath: '/health' }, secrets: {}, revision: 1 };
  const changed = await read<DataSourceDetail>(await api.send('PATCH', `${PATH}/orders`, { body: change }));
  expect(changed).toMatchObject({ revision: 2, settings: change.settings, secrets: {} });
  expect((await api.send('PATCH', `${PATH}/orders`, { body: change })).status).toBe(409);
  const renamed = await api.send('PATCH', `${PATH}/${made.id}`, { body: { name: 'shop' } });
  expect(await read<DataSourceDetail>(renamed)).toMatchObject({ name: 'shop', settings: change.settings });
  expect(await read<DataSourcePage>(await api.send('GET', PATH))).toMatchObject({ items: [{ name: 'shop' }] });
  expect((await api.send('DELETE', `${PATH}/shop`)).status).toBe(204);
  expect((await api.send('GET', `${PATH}/shop`)).status).toBe(404);
  const audited = (await api.auditLog()).filter(({ action }) => action.startsWith('data_source.'));
  expect(audited.map(({ action }) => action)).toEqual([
    ...['data_source.create', 'data_source.update', 'data_source.update', 'data_source.delete'],
  ]);
});

it('has kinds that describe a form', async () => {
  const { items } = await read<DataSourceKindPage>(await (await openApi()).send('GET', `${PATH}/kinds`));
  expect(items.map(({ kind, taskType }) => [kind, taskType])).toEqual([
    ['libsql', 'sql'],
    ['http', 'http'],
  ]);
  expect(items[1]).toMatchObject({
    schema: { properties: { address: { title: 'Base address' } }, required: ['address'] },
    secrets: [{ name: 'token' }, { name: 'password' }],
  });
});

it.each([
  [{ ...SERVICE, name: '' }, 'name'],
  [{ ...SERVICE, kind: 'oracle' }, 'kind'],
  [{ ...SERVICE, settings: {} }, 'settings.address'],
  [{ ...FILE, settings: { address: 'lake.db' } }, 'settings.address'],
  [{ ...SERVICE, secrets: { token: 'nope' } }, 'secrets.token'],
  [{ ...SERVICE, secrets: { token: 'theirs' } }, 'secrets.token'],
  [{ ...SERVICE, secrets: { tokem: 'api token' } }, 'secrets.tokem'],
])('refuses %j, with the place', async (body, path) => {
  const api = await openApi();
  await api.send('POST', '/api/v1/projects', { body: { name: 'other' } });
  await addSecret(api, { name: 'theirs', project: 'other' });
  const { errors } = await read<ProblemView>(await api.send('POST', PATH, { body }), 400);
  expect(errors?.map((problem) => problem.path)).toEqual([path]);
});

it('stays while workflows name it, keeps its secret, and keeps its name', async () => {
  const api = await openApi();
  await addSecret(api);
  await add(api, { ...DATABASE, secrets: { token: 'api token' } });
  await api.send('POST', '/api/v1/projects', { body: { name: 'etl' } });
  const tasks = [{ name: 'sum', type: 'sql', dataSource: 'lake', script: 'select 1' }];
  const saved = await api.send('POST', '/api/v1/projects/etl/workflows', { body: { ...DEFINITION, tasks } });
  expect(saved.status).toBe(201);
  const { usedBy } = await read<DataSourceDetail>(await api.send('GET', `${PATH}/lake`));
  expect(usedBy).toEqual({ workflows: [{ project: 'etl', workflow: 'daily' }], runs: 0 });
  for (const refused of [
    await api.send('DELETE', `${PATH}/lake`),
    await api.send('PATCH', `${PATH}/lake`, { body: { name: 'sea' } }),
  ]) {
    expect((await read<ProblemView>(refused, 409)).detail).toContain('is used by workflow etl/daily');
  }
  expect((await api.send('PATCH', `${PATH}/lake`, { body: { description: 'x' } })).status).toBe(200);
  expect((await api.send('DELETE', '/api/v1/secrets/api%20token')).status).toBe(409);
  const secret = await read<SecretDetail>(await api.send('GET', '/api/v1/secrets/api%20token'));
  expect(secret).toMatchObject({ usedBy: [], usedByDataSources: [{ name: 'lake', project: null }] });
});

it('is seen by all, and made, changed, tested and deleted by editors', async () => {
  const api = await openApi();
  await add(api, SERVICE);
  const [operator, editor] = [await api.addUser('op', 'operator'), await api.addUser('ed', 'editor')];
  expect((await api.send('GET', `${PATH}/orders`, { token: operator })).status).toBe(200);
  const changes = [
    ['POST', PATH, { ...SERVICE, name: 'b' }, 201],
    ['PATCH', `${PATH}/orders`, { description: 'x' }, 200],
    ['POST', `${PATH}/orders/test`, {}, 200],
    ['DELETE', `${PATH}/orders`, undefined, 204],
  ] as const;
  for (const [method, path, body, status] of changes) {
    expect((await api.send(method, path, { body, token: operator })).status).toBe(403);
    expect((await api.send(method, path, { body, token: editor })).status).toBe(status);
  }
});

const PIPELINE = JSON.stringify({ baton: null, results: [{ type: 'error', error: { message: VALUE } }] });

it.each<[object, Asked, string, RegExp]>([
  [SERVICE, { ok: true, status: 200, text: VALUE }, 'reached', /^api\.example answers with the status 200\.$/],
  [SERVICE, { ok: true, status: 401, text: VALUE }, 'not_allowed', /refuses who asks \(401\)\. Check the user/],
  [SERVICE, { ok: true, status: 404, text: '' }, 'unexpected', /nothing to get at the path of the test/],
  [SERVICE, { ok: true, status: 500, text: '' }, 'unexpected', /answers with the status 500/],
  [SERVICE, { ok: false, failure: 'refused', message: 'not there' }, 'refused', /^not there\.$/],
  [SERVICE, { ok: false, failure: 'timeout', message: 'nothing' }, 'timeout', /^nothing\.$/],
  [SERVICE, { ok: false, failure: 'network', message: 'no such name' }, 'unreachable', /^no such name\.$/],
  [DATABASE, { ok: true, status: 200, text: PIPELINE }, 'reached', /^The database at db\.example answers\.$/],
  [DATABASE, { ok: true, status: 200, text: '<html>' }, 'unexpected', /not as a libSQL server does/],
  [DATABASE, { ok: true, status: 403, text: '' }, 'not_allowed', /refuses who asks/],
])('T1: a test of %j that hears %j says %s', async (body, heard, outcome, message) => {
  const asked: Parameters<AskOutside>[0][] = [];
  const ask: AskOutside = async (request) => {
    asked.push(request);
    return heard;
  };
  const api = await openApi({ deps: { ask } });
  await addSecret(api);
  const { name } = await add(api, { ...body, secrets: { token: 'api token' } });
  const answer = await api.send('POST', `${PATH}/${name}/test`, { body: {} });
  const said = await read<DataSourceTestAnswer>(answer);
  expect(said).toEqual({ outcome, message: expect.stringMatching(message), asked: 'server' });
  expect(asked).toMatchObject([{ headers: { Authorization: `Bearer ${VALUE}` } }]);
  expect(JSON.stringify([said, await api.auditLog()])).not.toContain(VALUE);
});

it('T1: a secret that no header can carry is told by its name', async () => {
  const api = await openApi();
  await addSecret(api, { value: `${VALUE}\n` });
  await add(api, { ...SERVICE, secrets: { token: 'api token' } });
  const said = await read<DataSourceTestAnswer>(await api.send('POST', `${PATH}/orders/test`, { body: {} }));
  expect(said).toMatchObject({ outcome: 'unusable', message: expect.stringContaining('"api token"') });
  expect(said.message).not.toContain(VALUE);
});

function looking(found: Readonly<Record<string, Awaited<ReturnType<WorkerLooks['look']>>>>): WorkerLooks {
  return {
    of: (group) => (group === 'db' ? Object.keys(found).map((name) => ({ workerId: name as WorkerId, name })) : []),
    look: async (workerId) => found[workerId]!,
  };
}

const thing = { path: '/srv/lake.db', size: 1, modifiedAt: 1, etag: null };
const looked = { isEnd: true, problem: null };

it.each([
  [{ a: { ...looked, entries: [thing] } }, 'reached', 'The file is there for a.'],
  [
    { a: { ...looked, entries: [thing] }, b: { ...looked, entries: [] } },
    'not_there',
    'There is no such file for b. It is',
  ],
  [{ a: { ...looked, entries: [] } }, 'not_there', 'There is no such file for a. A task that writes would make it.'],
  [{ a: null }, 'not_there', 'a: It does not answer.'],
  [
    { a: { ...looked, entries: [], problem: { code: 'not_allowed', text: 'The folder may not be read.' } } },
    ...(['not_there', 'a: The folder may not be read.'] as const),
  ],
  [{}, 'nobody', 'No worker of the group “db” is connected'],
])('a test of a file asks the workers of a group: %j', async (found, outcome, message) => {
  const api = await openApi({ deps: { lookouts: looking(found) } });
  await add(api, FILE);
  const answer = await api.send('POST', `${PATH}/lake/test`, { body: { workerGroup: 'db' } });
  expect(await read<DataSourceTestAnswer>(answer)).toEqual({
    ...{ outcome, asked: 'workers', message: expect.stringContaining(message) },
  });
});

it('a test of a file is for the server that leads', async () => {
  const leadership = () => ({ role: 'follower', leaderName: 'two', leaderUrl: null, epoch: 1 }) as const;
  const api = await openApi({ deps: { leadership } });
  await add(api, FILE);
  const said = await read<DataSourceTestAnswer>(await api.send('POST', `${PATH}/lake/test`, { body: {} }));
  expect(said).toMatchObject({ outcome: 'nobody', message: expect.stringContaining('The server two leads') });
});
