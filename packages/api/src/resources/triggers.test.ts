import { expect, test } from 'vitest';
import { openApi, read } from '../testing/index.ts';
import type { ProblemView } from '../views/page.ts';
import type {
  TriggerCreate,
  TriggerCreated,
  TriggerFiringPage,
  TriggerPage,
  TriggerTestAnswer,
  TriggerView,
} from '../views/trigger.ts';

const OF_DAILY = '/api/v1/projects/etl/workflows/daily/triggers';
const HOOK: TriggerCreate = { name: 'orders', config: { kind: 'webhook', mapping: { day: '$.day' } } };

async function opened() {
  const api = await openApi();
  await api.createWorkflow();
  await api.createWorkflow('etl', { name: 'before', tasks: [{ name: 'a', type: 'noop' }] });
  const make = async (body: unknown, status = 201) =>
    read<TriggerCreated>(await api.send('POST', OF_DAILY, { body }), status);
  return { ...api, make };
}

test('a webhook is made with a secret that is shown once, sealed where it is kept, and told in the audit log without it', async () => {
  const { make, send, store, auditLog } = await opened();
  const { secret, ...view } = await make({ ...HOOK, start: { params: { day: 'x' }, priority: 'high' } });
  expect(secret).toMatch(/^whsec_[0-9a-f]{64}$/);
  expect(view).toMatchObject({
    ...{
      projectName: 'etl',
      workflowName: 'daily',
      workflowOnline: true,
      kind: 'webhook',
      name: 'orders',
      online: true,
    },
    config: {
      kind: 'webhook',
      path: `/api/v1/hooks/${view.id}`,
      tolerance: '5m',
      github: false,
      mapping: { day: '$.day' },
    },
    start: { params: { day: 'x' }, priority: 'high', scope: 'all', timeout: null, version: null },
    ...{ revision: 1, problem: null, lastFiring: null, createdBy: 'admin' },
  });
  expect(await read<TriggerView>(await send('GET', `/api/v1/triggers/${view.id}`))).toEqual(view);
  expect(JSON.stringify(await store.triggers.find(view.id))).not.toContain(secret!.slice(6));
  const audit = (await auditLog()).at(-1)!;
  expect(audit).toMatchObject({
    action: 'trigger.create',
    subject: 'etl/daily/orders',
    data: { id: view.id, online: true },
  });
  expect(JSON.stringify(audit)).not.toContain(secret!.slice(6));
  const keyed = await send('POST', OF_DAILY, { body: HOOK, headers: { 'idempotency-key': 'k' } });
  expect((await read<ProblemView>(keyed, 400)).detail).toContain('secret');
});

test('what follows a workflow names it, and triggers are listed by workflow, project and kind', async () => {
  const { make, send, createWorkflow } = await opened();
  const hook = await make(HOOK);
  const after = await make({
    name: 'then',
    config: { kind: 'after_workflow', workflow: 'before', on: 'end', mapping: { day: 'out' } },
    online: false,
  });
  expect(after).toMatchObject({
    ...{ kind: 'after_workflow', online: false, secret: null },
    config: { workflow: { name: 'before', projectName: 'etl' }, on: 'end', backfills: false, mapping: { day: 'out' } },
  });
  await createWorkflow('other');
  const other = await send('POST', '/api/v1/projects/other/workflows/daily/triggers', {
    body: { name: 'x', config: { kind: 'after_workflow', project: 'etl', workflow: 'before', mapping: { day: 'd' } } },
  });
  const { id } = await read<TriggerCreated>(other, 201);
  const ids = async (path: string) => (await read<TriggerPage>(await send('GET', path))).items.map((item) => item.id);
  expect(await ids(OF_DAILY)).toEqual([hook.id, after.id]);
  expect(await ids('/api/v1/triggers')).toEqual([hook.id, after.id, id]);
  expect(await ids('/api/v1/triggers?project=other')).toEqual([id]);
  expect(await ids('/api/v1/triggers?kind=after_workflow')).toEqual([after.id, id]);
  expect(await ids('/api/v1/triggers?kind=webhook&project=other')).toEqual([]);
  expect((await send('GET', '/api/v1/triggers?project=nobody')).status).toBe(404);
  await send('DELETE', '/api/v1/projects/etl/workflows/before');
  const left = await read<TriggerView>(await send('GET', `/api/v1/triggers/${after.id}`));
  expect(left.config).toMatchObject({ workflow: { name: null, projectName: null } });
  expect(left.problem).toContain('deleted');
});

test.each([
  ['config.mapping.day', { config: { kind: 'webhook', mapping: { day: 'day' } } }],
  ['config.mapping.dya', { config: { kind: 'webhook', mapping: { dya: '$.day', day: '$.day' } } }],
  ['start.params.day', { config: { kind: 'webhook' } }],
  ['start.params.colour', { start: { params: { colour: 'red' } } }],
  ['start.startTasks[0]', { start: { startTasks: ['nobody'] } }],
  ['start.alertGroup', { start: { alertGroup: 'nobody' } }],
  ['start.timeout', { start: { timeout: 'soon' } }],
  ['start.version', { start: { version: 9 } }],
  ['config.tolerance', { config: { kind: 'webhook', tolerance: '5 minutes', mapping: { day: '$.day' } } }],
  ['config.tolerance', { config: { kind: 'webhook', tolerance: '2h', mapping: { day: '$.day' } } }],
  ['config.workflow', { config: { kind: 'after_workflow', workflow: 'nobody', mapping: { day: 'd' } } }],
  ['config.workflow', { config: { kind: 'after_workflow', workflow: 'daily', mapping: { day: 'd' } } }],
  ['config.project', { config: { kind: 'after_workflow', project: 'nobody', workflow: 'daily' } }],
  ['config.kind', { config: { kind: 'mail' } }],
  ['name', { name: 'a/b' }],
])('a problem is told at %s', async (path, change) => {
  const { send, store } = await opened();
  const problem = await read<ProblemView>(await send('POST', OF_DAILY, { body: { ...HOOK, ...change } }), 400);
  expect(problem.errors?.map((error) => error.path)).toEqual([path]);
  expect((await store.triggers.list({}, { limit: 5, cursor: null })).items).toEqual([]);
});

test('a change is checked, keeps what it does not name, and is refused to who has read an older one', async () => {
  const { make, send, auditLog } = await opened();
  const { id } = await make(HOOK);
  await make({ ...HOOK, name: 'second' });
  const path = `/api/v1/triggers/${id}`;
  const change = { description: 'Of the shop', start: { workerGroup: 'night' }, revision: 1 };
  const changed = await read<TriggerView>(await send('PATCH', path, { body: change }));
  expect(changed).toMatchObject({
    ...{ name: 'orders', description: 'Of the shop', revision: 2, start: { workerGroup: 'night', params: {} } },
    config: { tolerance: '5m', mapping: { day: '$.day' } },
  });
  expect((await auditLog()).at(-1)).toMatchObject({ action: 'trigger.update', data: { before: { description: '' } } });
  const stale = await read<ProblemView>(await send('PATCH', path, { body: change }), 409);
  expect(stale).toMatchObject({ code: 'conflict', detail: expect.stringContaining('revision 2') });
  const taken = await send('PATCH', path, { body: { name: 'second' } });
  expect((await read<ProblemView>(taken, 409)).code).toBe('name_in_use');
  for (const [at, body] of [
    ['config.kind', { config: { kind: 'after_workflow', workflow: 'before' } }],
    ['start.params.day', { config: { kind: 'webhook' } }],
  ] as const) {
    const problem = await read<ProblemView>(await send('PATCH', path, { body }), 400);
    expect(problem.errors?.map((error) => error.path)).toEqual([at]);
  }
  expect((await send('PATCH', path, { body: {} })).status).toBe(400);
  expect((await send('PATCH', path, { body: { revision: 2 } })).status).toBe(400);
});

test('goes offline and online, is deleted, and each is told once', async () => {
  const { make, send, auditLog } = await opened();
  const { id } = await make(HOOK);
  const path = `/api/v1/triggers/${id}`;
  for (const [verb, online] of [
    ['offline', false],
    ['offline', false],
    ['online', true],
  ] as const) {
    expect((await read<TriggerView>(await send('POST', `${path}/${verb}`))).online).toBe(online);
  }
  expect((await send('DELETE', path)).status).toBe(204);
  expect((await send('DELETE', path)).status).toBe(404);
  expect((await send('GET', `${path}/firings`)).status).toBe(404);
  const actions = (await auditLog()).map(({ action }) => action).filter((action) => action.startsWith('trigger.'));
  expect(actions).toEqual(['trigger.create', 'trigger.offline', 'trigger.online', 'trigger.delete']);
});

test('says what it would start, and starts nothing', async () => {
  const { make, send, store } = await opened();
  const { id } = await make(HOOK);
  const tried = async (body: unknown) =>
    read<TriggerTestAnswer>(await send('POST', `/api/v1/triggers/${id}/test`, { body }));
  expect(await tried({ body: { day: 'mon' } })).toEqual({
    starts: true,
    params: { day: 'mon' },
    version: 1,
    problems: [],
    look: null,
  });
  expect(await tried({ body: {} })).toMatchObject({ starts: false, problems: [{ path: 'params.day' }] });
  await send('POST', `/api/v1/triggers/${id}/offline`);
  expect(await tried({ body: { day: 'mon' } })).toMatchObject({ starts: false, problems: [{ path: 'online' }] });
  await send('POST', '/api/v1/projects/etl/workflows/daily/offline');
  expect((await tried({ body: { day: 'mon' } })).problems.map(({ path }) => path)).toEqual(['online', 'workflow']);
  expect((await store.instances.list({}, { limit: 5, cursor: null })).items).toEqual([]);
});

test('firings are listed newest first, also by outcome, and stay when the trigger goes', async () => {
  const { make, send, store, clock } = await opened();
  const { id, workflowId, projectId } = await make(HOOK);
  for (const [key, outcome] of [
    ['a', 'seen'],
    ['b', 'refused'],
  ] as const) {
    const firing = { triggerId: id, key, projectId, workflowId, outcome, reason: 'why', workflowInstanceId: null };
    const fire = { firing: { ...firing, about: { address: '::1' }, chain: [], at: clock.now() }, run: null };
    await store.triggers.fire({ trigger: { id, revision: 1 }, ...fire } as never);
    await clock.advance(1_000);
  }
  const list = async (query = '') =>
    (await read<TriggerFiringPage>(await send('GET', `/api/v1/triggers/${id}/firings${query}`))).items;
  expect(await list()).toMatchObject([
    { key: 'b', outcome: 'refused', reason: 'why', about: { address: '::1' }, at: '2026-03-01T12:00:01.000Z' },
    { key: 'a' },
  ]);
  expect(await list('?outcome=seen')).toMatchObject([{ key: 'a' }]);
  expect(await read<TriggerView>(await send('GET', `/api/v1/triggers/${id}`))).toMatchObject({
    lastFiring: { outcome: 'refused', workflowInstanceId: null },
  });
  await send('DELETE', `/api/v1/triggers/${id}`);
  expect(await list()).toHaveLength(2);
});

test('only webhooks have secrets to rotate, and an old one is kept for seven days at most', async () => {
  const { make, send, auditLog } = await opened();
  const after = await make({
    name: 'then',
    config: { kind: 'after_workflow', workflow: 'before', mapping: { day: 'd' } },
  });
  expect((await send('POST', `/api/v1/triggers/${after.id}/rotate-secret`)).status).toBe(409);
  const hook = await make(HOOK);
  const path = `/api/v1/triggers/${hook.id}/rotate-secret`;
  for (const keepOldFor of ['8d', 'long']) {
    const problem = await read<ProblemView>(await send('POST', path, { body: { keepOldFor } }), 400);
    expect(problem.errors).toMatchObject([{ path: 'keepOldFor' }]);
  }
  const { secret } = await read<TriggerCreated>(await send('POST', path));
  const audit = (await auditLog()).at(-1)!;
  expect(audit).toMatchObject({ action: 'trigger.rotate_secret', subject: 'etl/daily/orders' });
  expect(JSON.stringify(audit)).not.toContain(secret!.slice(6));
});
