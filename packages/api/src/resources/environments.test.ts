/** Environments and secrets over the API: what can be made and changed, by whom, and that no value comes out again. */
import { expect, it } from 'vitest';
import { type ApiBench, DEFINITION, openApi, read } from '../testing/api-bench.ts';
import type { EnvironmentDetail, EnvironmentPage, SecretDetail, SecretPage } from '../views/environment.ts';
import type { ProblemView } from '../views/page.ts';

const ENVIRONMENTS = '/api/v1/environments';
const SECRETS = '/api/v1/secrets';
const VALUE = 'open sesame';

const addEnvironment = async (api: ApiBench, body: object) =>
  read<EnvironmentDetail>(await api.send('POST', ENVIRONMENTS, { body }), 201);
const addSecret = async (api: ApiBench, more: object = {}) =>
  read<SecretDetail>(await api.send('POST', SECRETS, { body: { name: 'token', value: VALUE, ...more } }), 201);

it('is made, changed by who has read it, found and listed, and deleted, each audited without values', async () => {
  const api = await openApi();
  await addSecret(api);
  const variables = [
    { name: 'REGION', value: 'eu' },
    { name: 'TOKEN', secret: 'token' },
  ];
  const made = await addEnvironment(api, { name: 'prod', variables });
  expect(made).toMatchObject({
    ...{ name: 'prod', project: null, revision: 1, createdBy: 'admin' },
    variables: [
      { name: 'REGION', value: 'eu', secret: null },
      { name: 'TOKEN', value: null, secret: 'token' },
    ],
    usedBy: { workflows: [], schedules: [], triggers: [], backfills: 0, runs: 0 },
  });
  const change = { variables: [{ name: 'REGION', value: 'us' }], revision: 1 };
  const changed = await read<EnvironmentDetail>(await api.send('PATCH', `${ENVIRONMENTS}/prod`, { body: change }));
  expect(changed).toMatchObject({ revision: 2, variables: [{ name: 'REGION', value: 'us' }] });
  expect((await api.send('PATCH', `${ENVIRONMENTS}/prod`, { body: change })).status).toBe(409);
  const renamed = await api.send('PATCH', `${ENVIRONMENTS}/${made.id}`, { body: { name: 'production' } });
  expect((await read<EnvironmentDetail>(renamed)).name).toBe('production');
  expect(await read<EnvironmentPage>(await api.send('GET', ENVIRONMENTS))).toMatchObject({
    items: [{ name: 'production' }],
  });
  expect((await api.send('DELETE', `${ENVIRONMENTS}/production`)).status).toBe(204);
  expect((await api.send('GET', `${ENVIRONMENTS}/production`)).status).toBe(404);
  const audited = (await api.auditLog()).filter(({ action }) => action.startsWith('environment.'));
  expect(audited.map(({ action }) => action)).toEqual([
    ...['environment.create', 'environment.update', 'environment.update', 'environment.delete'],
  ]);
  expect(JSON.stringify(audited)).not.toMatch(/"eu"|"us"/);
  expect(JSON.stringify(audited)).toContain('"secret":"token"');
});

it.each([
  [{ name: '' }, 'name'],
  [{ name: 'a', variables: [{ name: '1A', value: 'x' }] }, 'variables[0].name'],
  [{ name: 'a', variables: [{ name: 'VAQUITA_TOKEN', value: 'x' }] }, 'variables[0].name'],
  [{ name: 'a', variables: [{ name: 'A' }] }, 'variables[0].value'],
  [
    {
      name: 'a',
      variables: [
        { name: 'A', value: 'x' },
        { name: 'A', value: 'y' },
      ],
    },
    'variables[1].name',
  ],
  [{ name: 'a', variables: [{ name: 'A', secret: 'nope' }] }, 'variables[0].secret'],
  [{ name: 'a', variables: [{ name: 'A', secret: 'theirs' }] }, 'variables[0].secret'],
])('refuses %j, with the place', async (body, path) => {
  const api = await openApi();
  await api.send('POST', '/api/v1/projects', { body: { name: 'other' } });
  await addSecret(api, { name: 'theirs', project: 'other' });
  const { errors } = await read<ProblemView>(await api.send('POST', ENVIRONMENTS, { body }), 400);
  expect(errors?.map((problem) => problem.path)).toEqual([path]);
});

it('of two of one name that of the project is meant', async () => {
  const api = await openApi();
  await api.send('POST', '/api/v1/projects', { body: { name: 'etl' } });
  const all = await addEnvironment(api, { name: 'prod' });
  const own = await addEnvironment(api, { name: 'prod', project: 'etl' });
  expect(own.project).toBe('etl');
  const get = async (path: string) => (await read<EnvironmentDetail>(await api.send('GET', path))).id;
  expect(await get(`${ENVIRONMENTS}/prod`)).toBe(all.id);
  expect(await get(`${ENVIRONMENTS}/prod?project=etl`)).toBe(own.id);
  const twice = await api.send('POST', ENVIRONMENTS, { body: { name: 'prod', project: 'etl' } });
  expect((await read<ProblemView>(twice, 409)).code).toBe('name_in_use');
  expect((await api.send('GET', `${ENVIRONMENTS}?project=nope`)).status).toBe(404);
  expect((await api.send('DELETE', '/api/v1/projects/etl')).status).toBe(409);
});

it('keeps its place and its name while it is used, and says by whom', async () => {
  const api = await openApi();
  const [first, ...rest] = DEFINITION.tasks;
  await api.createWorkflow('etl', { ...DEFINITION, tasks: [{ ...first, environment: 'prod' }, ...rest] });
  await addEnvironment(api, { name: 'prod' });
  await addEnvironment(api, { name: 'test' });
  const start = { params: { day: 'x' }, environment: 'test' };
  const body = { name: 'nightly', plan: { cron: '0 9 * * *' }, start };
  const path = '/api/v1/projects/etl/workflows/daily/schedules';
  await read(await api.send('POST', path, { body }), 201);
  const refusal = async (method: string, name: string, change?: object) => {
    const answer = await api.send(method, `${ENVIRONMENTS}/${name}`, change && { body: change });
    return (await read<ProblemView>(answer, 409)).detail;
  };
  expect(await refusal('DELETE', 'prod')).toBe(
    'The environment “prod” is used by workflow etl/daily. Let them name another, or wait for them to end.',
  );
  expect(await refusal('PATCH', 'prod', { name: 'other' })).toContain('workflow etl/daily');
  expect(await refusal('DELETE', 'test')).toContain('schedule etl/daily/nightly');
  await read(await api.send('PATCH', `${ENVIRONMENTS}/prod`, { body: { name: 'prod', description: 'x' } }));
  const wrong = { ...body, name: 'other', start: { ...start, environment: 'nope' } };
  const { errors } = await read<ProblemView>(await api.send('POST', path, { body: wrong }), 400);
  expect(errors).toMatchObject([{ path: 'start.environment' }]);
});

it('a secret is written, replaced and deleted, and no answer, row, log or audit entry has its value', async () => {
  const api = await openApi();
  const made = await addSecret(api);
  expect(made).toMatchObject({ name: 'token', project: null, usedBy: [] });
  await addEnvironment(api, { name: 'prod', variables: [{ name: 'TOKEN', secret: 'token' }] });
  const answers = [
    await api.send('GET', SECRETS),
    await api.send('GET', `${SECRETS}/token`),
    await api.send('GET', `${SECRETS}/${made.id}`),
    await api.send('GET', `${ENVIRONMENTS}/prod`),
    await api.send('PATCH', `${SECRETS}/token`, { body: { value: `${VALUE} 2`, description: 'x' } }),
    await api.send('PATCH', `${SECRETS}/token`, { body: { value: `${VALUE}\0` } }),
    await api.send('PATCH', `${SECRETS}/token`, { body: { value: VALUE, unknown: VALUE } }),
    await api.send('POST', SECRETS, { body: { name: 'token', value: VALUE } }),
    await api.send('POST', SECRETS, { body: { name: 'long', value: VALUE.repeat(2_000) } }),
    await api.send('POST', SECRETS, { body: { name: 'none', value: '' } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 400, 400, 409, 400, 400]);
  const row = (await api.store.secrets.find({ projectId: null, idOrName: 'token' }))!;
  expect(await api.deps.sealer.open(row.id, row.sealed)).toBe(`${VALUE} 2`);
  const inUse = await read<ProblemView>(await api.send('DELETE', `${SECRETS}/token`), 409);
  expect(inUse.detail).toContain('"prod"');
  await api.send('DELETE', `${ENVIRONMENTS}/prod`);
  expect((await api.send('DELETE', `${SECRETS}/token`)).status).toBe(204);
  const audited = await api.auditLog();
  expect(audited.filter(({ action }) => action.startsWith('secret.')).map(({ action }) => action)).toEqual([
    ...['secret.create', 'secret.update', 'secret.delete'],
  ]);
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  const events = await api.store.events.after(0, { limit: 500 });
  expect(JSON.stringify([texts, row, audited, events, api.lines])).not.toContain(VALUE);
});

it('leaves no trace of the body of a secret under an idempotency key', async () => {
  const api = await openApi();
  const headers = { 'idempotency-key': 'once' };
  const answer = await api.send('POST', SECRETS, { body: { name: 'token', value: VALUE }, headers });
  expect((await read<ProblemView>(answer, 400)).detail).toContain('the body holds a secret');
  expect(await read<SecretPage>(await api.send('GET', SECRETS))).toMatchObject({ items: [] });
});

it('without a key nothing is kept, and it is said what to do', async () => {
  const refuse = () => Promise.reject(new (class extends Error {})('no'));
  const api = await openApi({ deps: { sealer: { seal: refuse, open: refuse } } });
  const answer = await api.send('POST', SECRETS, { body: { name: 'token', value: VALUE } });
  expect(answer.status).toBe(500);
  expect((await read<SecretPage>(await api.send('GET', SECRETS))).items).toEqual([]);
  expect(JSON.stringify(api.lines)).not.toContain(VALUE);
});

it('environments are for those who edit, secrets for administrators', async () => {
  const api = await openApi();
  await addSecret(api);
  await addEnvironment(api, { name: 'prod' });
  const tokens = {
    viewer: await api.addUser('vic', 'viewer'),
    editor: await api.addUser('eve', 'editor'),
  };
  const status = async (token: string, method: string, path: string, body?: object) =>
    (await api.send(method, path, { token, ...(body === undefined ? {} : { body }) })).status;
  expect(await status(tokens.viewer, 'GET', ENVIRONMENTS)).toBe(200);
  expect(await status(tokens.viewer, 'GET', SECRETS)).toBe(403);
  expect(await status(tokens.viewer, 'PATCH', `${ENVIRONMENTS}/prod`, { description: 'x' })).toBe(403);
  expect(await status(tokens.editor, 'PATCH', `${ENVIRONMENTS}/prod`, { description: 'x' })).toBe(200);
  expect(await status(tokens.editor, 'GET', SECRETS)).toBe(200);
  expect(await status(tokens.editor, 'PATCH', `${SECRETS}/token`, { value: 'other' })).toBe(403);
  expect(await status(tokens.editor, 'POST', SECRETS, { name: 'x', value: 'other' })).toBe(403);
  expect(await status(tokens.editor, 'DELETE', `${SECRETS}/token`)).toBe(403);
});
