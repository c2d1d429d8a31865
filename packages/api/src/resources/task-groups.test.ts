import type { NewEvent } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read, taskRow } from '../testing/api-bench.ts';
import type { ProblemView } from '../views/page.ts';
import type { TaskGroupMember, TaskGroupView } from '../views/task-group.ts';

const PATH = '/api/v1/task-groups';
const BODY = { name: 'writes', size: 2 };

const create = async (api: ApiBench, body: unknown = BODY, headers: Record<string, string> = {}) =>
  read<TaskGroupView>(await api.send('POST', PATH, { body, headers }), 201);

async function groupEvents(api: ApiBench): Promise<readonly NewEvent[]> {
  return (await api.store.events.after(0, { limit: 500 })).filter(({ type }) => type === 'task_group.changed');
}

it('is made, changed, closed and removed, each told to the leader and audited with what was before', async () => {
  const api = await openApi();
  const group = await create(api, { ...BODY, description: 'few connections' });
  expect(group).toMatchObject({ name: 'writes', size: 2, open: true, held: 0, description: 'few connections' });
  const patch = async (body: unknown) => read<TaskGroupView>(await api.send('PATCH', `${PATH}/writes`, { body }));
  expect(await patch({ size: 4 })).toMatchObject({ id: group.id, size: 4, open: true });
  expect(await patch({ open: false })).toMatchObject({ size: 4, open: false });
  expect(await read(await api.send('GET', `${PATH}/${group.id}`))).toMatchObject({ name: 'writes', open: false });
  expect((await api.send('DELETE', `${PATH}/writes`)).status).toBe(204);
  expect((await api.send('GET', `${PATH}/writes`)).status).toBe(404);

  expect((await groupEvents(api)).map(({ data }) => data)).toMatchObject([
    { name: 'writes', change: 'created', by: 'admin' },
    { name: 'writes', change: 'updated' },
    { name: 'writes', change: 'updated' },
    { name: 'writes', change: 'deleted' },
  ]);
  expect(api.groupHints).toBe(4);
  expect((await api.auditLog()).filter(({ subject }) => subject === 'writes')).toMatchObject([
    { action: 'task_group.create', data: { size: 2, open: true } },
    { action: 'task_group.update', data: { size: 4, before: { size: 2, open: true } } },
    { action: 'task_group.update', data: { open: false, before: { size: 4, open: true } } },
    { action: 'task_group.delete', data: { before: { size: 4, open: false } } },
  ]);
});

it('is made once under one key, and its name only once', async () => {
  const api = await openApi();
  const key = { 'idempotency-key': 'k1' };
  expect(await create(api, BODY, key)).toEqual(await create(api, BODY, key));
  const again = await read<ProblemView>(await api.send('POST', PATH, { body: BODY }), 409);
  expect(again.code).toBe('name_in_use');
});

it.each([
  [{ name: 'a/b', size: 1 }, 'name'],
  [{ name: 'a' }, 'size'],
  [{ name: 'a', size: 0 }, 'size'],
  [{ name: 'a', size: 1.5 }, 'size'],
  [{ name: 'a', size: 1, slots: 2 }, 'slots'],
])('is not made of %o', async (body, path) => {
  const api = await openApi();
  const { errors } = await read<ProblemView>(await api.send('POST', PATH, { body }), 400);
  expect(errors?.map((problem) => problem.path)).toEqual([path]);
});

it('is changed by administrators only, and seen by all', async () => {
  const api = await openApi();
  await create(api);
  const token = await api.addUser('ann', 'editor');
  for (const [method, path, body] of [
    ['POST', PATH, { name: 'b', size: 1 }],
    ['PATCH', `${PATH}/writes`, { size: 9 }],
    ['DELETE', `${PATH}/writes`, undefined],
  ] as const) {
    const answer = await api.send(method, path, { token, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(403);
  }
  const { items } = await read<{ items: TaskGroupView[] }>(await api.send('GET', PATH, { token }));
  expect(items).toMatchObject([{ name: 'writes', size: 2 }]);
});

describe('its members', () => {
  it('are the holders, then who waits in order; it cannot be removed while there are any', async () => {
    const api = await openApi();
    await create(api);
    await api.createWorkflow();
    const id = await api.startRun();
    const run = (await api.store.instances.find(id))!;
    const inGroup = { taskGroup: 'writes' } as const;
    await api.master(id, { state: 'running' }, [
      taskRow(run, { name: 'extract', ...inGroup, state: 'submitted', groupPriority: 1 }),
      taskRow(run, { name: 'load', ...inGroup, state: 'submitted', groupPriority: 5 }),
      taskRow(run, { name: 'report', ...inGroup, state: 'running', groupSlot: 0 }),
    ]);
    const { items } = await read<{ items: TaskGroupMember[] }>(await api.send('GET', `${PATH}/writes/members`));
    expect(items).toMatchObject([
      { taskName: 'report', slot: 0, workflowName: 'daily', number: 1, workflowInstanceId: id },
      { taskName: 'load', slot: null, priority: 5, state: 'submitted' },
      { taskName: 'extract', slot: null, priority: 1 },
    ]);
    expect(await read(await api.send('GET', `${PATH}/writes`))).toMatchObject({ held: 1 });
    expect((await read<ProblemView>(await api.send('DELETE', `${PATH}/writes`), 409)).code).toBe('conflict');
    expect((await api.send('GET', `${PATH}/none/members`)).status).toBe(404);
  });
});
