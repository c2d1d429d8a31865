import type { NewEvent } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read, taskRow, workerRow } from '../testing/api-bench.ts';
import type { ProblemView } from '../views/page.ts';
import type { WhyView } from '../views/reason.ts';
import type { WorkerView } from '../views/worker.ts';
import type { WorkerGroupPage, WorkerGroupView } from '../views/worker-group.ts';

const PATH = '/api/v1/worker-groups';

const create = async (api: ApiBench, body: unknown = { name: 'gpu' }, headers: Record<string, string> = {}) =>
  read<WorkerGroupView>(await api.send('POST', PATH, { body, headers }), 201);
const list = async (api: ApiBench, query = '') => read<WorkerGroupPage>(await api.send('GET', `${PATH}${query}`));
const get = async (api: ApiBench, name: string) => read<WorkerGroupView>(await api.send('GET', `${PATH}/${name}`));

async function groupEvents(api: ApiBench): Promise<readonly NewEvent[]> {
  return (await api.store.events.after(0, { limit: 500 })).filter(({ type }) => type === 'worker_group.changed');
}

it('is declared, changed, given workers and removed, each told to the leader and audited', async () => {
  const api = await openApi();
  const group = await create(api, { name: 'gpu', description: 'the strong ones', assigned: ['b', 'a', 'b'] });
  expect(group).toMatchObject({ name: 'gpu', policy: 'round_robin', declared: true, assigned: ['a', 'b'] });
  const change = { policy: 'fixed_weighted' };
  const changed = await read<WorkerGroupView>(await api.send('PATCH', `${PATH}/gpu`, { body: change }));
  expect(changed).toMatchObject({ id: group.id, ...change, description: 'the strong ones' });
  const member = (method: string, name: string) => api.send(method, `${PATH}/${group.id}/workers/${name}`);
  expect(await read(await member('PUT', 'c%20d'))).toMatchObject({ assigned: ['a', 'b', 'c d'] });
  expect(await read(await member('DELETE', 'a'))).toMatchObject({ assigned: ['b', 'c d'] });
  expect((await api.send('DELETE', `${PATH}/gpu`)).status).toBe(204);
  expect((await api.send('GET', `${PATH}/gpu`)).status).toBe(404);

  expect((await groupEvents(api)).map(({ data }) => [data.name, data.change])).toEqual([
    ['gpu', 'created'],
    ['gpu', 'updated'],
    ['gpu', 'updated'],
    ['gpu', 'updated'],
    ['gpu', 'deleted'],
  ]);
  expect(api.workerGroupHints).toBe(5);
  expect((await api.auditLog()).filter(({ subject }) => subject === 'gpu')).toMatchObject([
    { action: 'worker_group.create', data: { description: 'the strong ones' } },
    { action: 'worker_group.update', data: { policy: 'fixed_weighted', before: { policy: 'round_robin' } } },
    { action: 'worker_group.assign', data: { worker: 'c d' } },
    { action: 'worker_group.unassign', data: { worker: 'a' } },
    { action: 'worker_group.delete', data: { before: { workers: ['b', 'c d'] } } },
  ]);
});

it('is declared once under one key, and its name only once', async () => {
  const api = await openApi();
  const key = { 'idempotency-key': 'k1' };
  expect(await create(api, { name: 'gpu' }, key)).toEqual(await create(api, { name: 'gpu' }, key));
  const again = await read<ProblemView>(await api.send('POST', PATH, { body: { name: 'gpu' } }), 409);
  expect(again.code).toBe('name_in_use');
});

it.each([
  [{ name: 'a/b' }, 'name'],
  [{ name: 'a', policy: 'fastest' }, 'policy'],
  [{ name: 'a', assigned: [''] }, 'assigned[0]'],
  [{ name: 'a', workers: [] }, 'workers'],
])('is not declared of %o', async (body, path) => {
  const api = await openApi();
  const { errors } = await read<ProblemView>(await api.send('POST', PATH, { body }), 400);
  expect(errors?.map((problem) => problem.path)).toEqual([path]);
});

it('is changed by administrators only, and seen by all', async () => {
  const api = await openApi();
  await create(api);
  const token = await api.addUser('ann', 'editor');
  for (const [method, path, body] of [
    ['POST', PATH, { name: 'b' }],
    ['PATCH', `${PATH}/gpu`, { policy: 'random' }],
    ['PUT', `${PATH}/gpu/workers/a`, undefined],
    ['DELETE', `${PATH}/gpu/workers/a`, undefined],
    ['DELETE', `${PATH}/gpu`, undefined],
  ] as const) {
    const answer = await api.send(method, path, { token, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(403);
  }
  expect((await api.send('GET', `${PATH}/gpu`, { token })).status).toBe(200);
});

describe('that nobody has declared', () => {
  it('is listed beside the others, with its workers and its queue, page by page', async () => {
    const api = await openApi();
    await create(api, { name: 'gpu', policy: 'least_loaded', assigned: ['rack'] });
    await api.addWorkers(
      workerRow('rack', { groups: ['default', 'north'], slots: 8, stats: { slotsUsed: 3 } }),
      workerRow('old', { groups: ['north'], state: 'offline' }),
      workerRow('leaving', { groups: ['gpu'], state: 'draining' }),
    );
    await api.createWorkflow();
    const id = await api.startRun();
    const run = (await api.store.instances.find(id))!;
    await api.master(id, { state: 'running' }, [
      taskRow(run, { name: 'a', state: 'submitted', workerGroup: 'moon' }),
      taskRow(run, { name: 'b', state: 'submitted', workerGroup: 'gpu' }),
    ]);
    const { items } = await list(api);
    expect(items.map(({ name, declared, policy, queued }) => [name, declared, policy, queued])).toEqual([
      ['default', false, 'round_robin', 0],
      ['gpu', true, 'least_loaded', 1],
      ['moon', false, 'round_robin', 1],
      ['north', false, 'round_robin', 0],
    ]);
    expect(items.map(({ workers }) => workers)).toEqual([
      { online: 1, draining: 0, offline: 0, slots: 8, slotsUsed: 3 },
      { online: 1, draining: 1, offline: 0, slots: 8, slotsUsed: 3 },
      { online: 0, draining: 0, offline: 0, slots: 0, slotsUsed: 0 },
      { online: 1, draining: 0, offline: 1, slots: 8, slotsUsed: 3 },
    ]);
    const first = await list(api, '?limit=3');
    expect(first.nextCursor).toBe('moon');
    expect(await list(api, '?limit=3&cursor=moon')).toEqual({ items: items.slice(3), nextCursor: null });
    expect(await get(api, 'moon')).toMatchObject({ id: null, createdAt: null, queued: 1 });

    const workers = await read<{ items: WorkerView[] }>(await api.send('GET', '/api/v1/workers?group=gpu'));
    expect(workers.items.map(({ name, groups, assignedGroups }) => [name, groups, assignedGroups])).toEqual([
      ['leaving', ['gpu'], []],
      ['rack', ['default', 'north', 'gpu'], ['gpu']],
    ]);
  });

  it('cannot be changed before it is declared', async () => {
    const api = await openApi();
    await api.addWorkers(workerRow('rack', { groups: ['north'] }));
    for (const [method, path] of [
      ['PATCH', `${PATH}/north`],
      ['PUT', `${PATH}/north/workers/a`],
      ['DELETE', `${PATH}/north`],
    ] as const) {
      const body = method === 'PATCH' ? { body: { policy: 'random' } } : {};
      const { detail } = await read<ProblemView>(await api.send(method, path, body), 404);
      expect(detail).toContain('create it');
    }
    expect(await create(api, { name: 'north' })).toMatchObject({ declared: true, workers: { online: 1 } });
  });
});

it('is not removed while workflows, runs or tasks name it, and says which', async () => {
  const api = await openApi();
  await create(api);
  const task = { name: 'extract', type: 'shell', script: 'true', workerGroup: 'gpu' };
  await api.createWorkflow('etl', { name: 'daily', params: [{ name: 'day', value: 'x' }], tasks: [task] });
  const id = await api.startRun();
  const run = (await api.store.instances.find(id))!;
  await api.master(id, { state: 'running', workerGroup: 'gpu' }, [
    taskRow(run, { name: 'extract', state: 'submitted', workerGroup: 'gpu' }),
  ]);
  const refusal = async () => read<ProblemView>(await api.send('DELETE', `${PATH}/gpu`), 409);
  expect(await refusal()).toMatchObject({
    code: 'conflict',
    detail:
      'Worker group "gpu" is used by workflow etl/daily, and by 1 run that has not ended, and by 1 task that has not ended. Let them name another group, or wait for them to end.',
    errors: [{ path: 'etl/daily', message: 'Its newest version names "gpu".' }],
  });
  await api.master(id, { state: 'stopped' });
  expect((await refusal()).detail).toMatch(/is used by workflow etl\/daily\./);
  const body = { name: 'daily', tasks: [{ ...task, workerGroup: 'default' }] };
  expect((await api.send('PUT', '/api/v1/projects/etl/workflows/daily', { body })).status).toBe(200);
  expect((await api.send('DELETE', `${PATH}/gpu`)).status).toBe(204);
});

it('with workers that were put into it is known to who asks why a task waits', async () => {
  const api = await openApi();
  await api.addWorkers(workerRow('rack', { labels: { gpu: 'no' } }));
  const task = {
    ...{ name: 'extract', type: 'shell', script: 'true' },
    ...{ workerGroup: 'gpu', workerLabels: { gpu: 'yes' } },
  };
  await api.createWorkflow('etl', { name: 'daily', params: [{ name: 'day', value: 'x' }], tasks: [task] });
  const id = await api.startRun();
  const run = (await api.store.instances.find(id))!;
  const row = taskRow(run, { name: 'extract', state: 'submitted', workerGroup: 'gpu', workerId: null });
  await api.master(id, { state: 'running' }, [row]);
  const why = async () =>
    (await read<WhyView>(await api.send('GET', `/api/v1/task-instances/${row.id}/why`))).reasons.at(-1);
  expect(await why()).toMatchObject({ code: 'group_without_workers' });
  await create(api, { name: 'gpu', assigned: ['rack'] });
  expect(await why()).toMatchObject({
    code: 'no_worker_with_labels',
    text: 'The one worker looked at in worker group "gpu" does not have gpu=yes: "rack" lacks gpu=yes (it has gpu=no).',
    evidence: { labels: 'gpu=yes', missing: 'gpu=yes' },
  });
  await api.addWorkers(workerRow('rack', { labels: { gpu: 'yes' }, stats: { slotsUsed: 4 } }));
  expect(await why()).toMatchObject({
    code: 'slots_in_use',
    text: 'All 4 slots of the 1 worker of worker group "gpu" with gpu=yes are in use.',
  });
});
