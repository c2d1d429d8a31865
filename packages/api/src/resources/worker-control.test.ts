/** What people decide about workers: who may, what it changes, what is on record of it. */
import type { WorkerId } from '@vaquita/core';
import type { WorkerFacts } from '@vaquita/store';
import { describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { ProblemView } from '../views/page.ts';
import type { WorkerView } from '../views/worker.ts';

const PATH = '/api/v1/workers';

async function addWorker(api: ApiBench, name: string, more: Partial<WorkerFacts> = {}): Promise<void> {
  await api.store.master.workers.upsert(
    1,
    {
      ...{ id: `id-${name}` as WorkerId, name, groups: ['default'], labels: { zone: 'a' }, slots: 4, weight: 1 },
      ...{
        state: 'online',
        agentVersion: '0.1.0',
        runtime: 'node',
        host: 'h',
        taskTypes: [],
        sessionTimeoutMs: 30_000,
      },
      ...{ connectedAt: 1, lastHeartbeatAt: 1, stats: {}, updatedAt: 1 },
      ...more,
    } as WorkerFacts,
    'It has joined.',
  );
}

async function openWithWorker(more: Partial<WorkerFacts> = {}): Promise<ApiBench> {
  const api = await openApi();
  await addWorker(api, 'w', more);
  return api;
}

const post = async (api: ApiBench, verb: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  read<WorkerView>(await api.send('POST', `${PATH}/w/${verb}`, { body, headers }));
const patch = async (api: ApiBench, body: unknown) => read<WorkerView>(await api.send('PATCH', `${PATH}/w`, { body }));
const refused = async (api: ApiBench, verb: string) =>
  (await read<ProblemView>(await api.send('POST', `${PATH}/w/${verb}`, { body: {} }), 409)).detail;
const changes = async (api: ApiBench) =>
  (await api.store.events.after(0, { limit: 500 })).filter(({ type }) => type === 'worker.changed');

describe('drain, resume and evict', () => {
  it('are decisions with a name and a reason, told to the leader, audited, and events for whoever watches', async () => {
    const api = await openWithWorker();
    expect(await post(api, 'drain', { reason: 'new disks' })).toMatchObject({
      decision: { availability: 'draining', by: 'admin', reason: 'new disks', at: '2026-03-01T12:00:00.000Z' },
    });
    expect(await post(api, 'evict', { reason: 'broken' })).toMatchObject({ decision: { availability: 'evicted' } });
    expect(await post(api, 'resume')).toMatchObject({ decision: { availability: 'available', reason: '' } });
    expect(api.workerHints).toBe(3);
    expect((await changes(api)).map(({ data }) => data)).toEqual([
      { workerId: 'id-w', worker: 'w', by: 'admin', change: 'drain', why: 'new disks' },
      { workerId: 'id-w', worker: 'w', by: 'admin', change: 'evict', why: 'broken' },
      { workerId: 'id-w', worker: 'w', by: 'admin', change: 'resume', why: '' },
    ]);
    expect((await api.auditLog()).filter(({ subject }) => subject === 'w')).toMatchObject([
      { action: 'worker.drain', data: { id: 'id-w', reason: 'new disks', before: 'available' } },
      { action: 'worker.evict', data: { reason: 'broken', before: 'draining' } },
      { action: 'worker.resume', data: { before: 'evicted' } },
    ]);
  });

  it('change nothing that is so already, and leave the first reason and nothing on record', async () => {
    const api = await openWithWorker();
    const first = await post(api, 'drain', { reason: 'new disks' });
    expect(await post(api, 'drain', { reason: 'again' })).toEqual(first);
    await post(api, 'resume');
    await post(api, 'resume');
    expect(await changes(api)).toHaveLength(2);
    expect((await api.auditLog()).filter(({ subject }) => subject === 'w')).toHaveLength(2);
  });

  it('are answered once under one key', async () => {
    const api = await openWithWorker();
    const key = { 'idempotency-key': 'k1' };
    const first = await post(api, 'drain', { reason: 'new disks' }, key);
    await post(api, 'resume');
    expect(await post(api, 'drain', { reason: 'new disks' }, key)).toEqual(first);
    expect(await read<WorkerView>(await api.send('GET', `${PATH}/w`))).toMatchObject({
      decision: { availability: 'available' },
    });
  });

  it('are refused where they make no sense, with what to do instead', async () => {
    const api = await openWithWorker({ state: 'draining' });
    expect(await refused(api, 'resume')).toContain('it does so itself');
    await post(api, 'evict');
    expect(await refused(api, 'drain')).toContain('Let it come back with “resume” first');
    expect((await api.send('POST', `${PATH}/nobody/drain`, { body: {} })).status).toBe(404);
  });

  it('need an administrator', async () => {
    const api = await openWithWorker();
    const token = await api.addUser('ann', 'editor');
    for (const [method, path] of [
      ['POST', 'w/drain'],
      ['POST', 'w/resume'],
      ['POST', 'w/evict'],
      ['PATCH', 'w'],
    ] as const) {
      expect((await api.send(method, `${PATH}/${path}`, { body: { slots: 1 }, token })).status).toBe(403);
      expect((await api.send(method, `${PATH}/${path}`, { body: { slots: 1 }, token: null })).status).toBe(401);
    }
    expect(await changes(api)).toEqual([]);
  });

  it('of a name mean the worker that is there, not one that had the name before', async () => {
    const api = await openWithWorker({ state: 'offline', connectedAt: 9 });
    await addWorker(api, 'w', { id: 'id-new' as WorkerId, connectedAt: 5 });
    expect(await post(api, 'drain')).toMatchObject({ id: 'id-new' });
  });
});

describe('other slots, labels, weight and log level', () => {
  it('hold in the place of its own until they are taken away', async () => {
    const api = await openWithWorker();
    const change = { slots: 8, labels: { gpu: 'true' }, weight: 2.5, logLevel: 'debug' };
    const own = { slots: 4, labels: { zone: 'a' }, weight: 1 };
    expect(await patch(api, change)).toMatchObject({ ...change, own, decision: { availability: 'available' } });
    expect(await patch(api, { slots: 2 })).toMatchObject({ ...change, slots: 2, own });
    await addWorker(api, 'w', { slots: 3 });
    expect(await patch(api, { labels: null, weight: null, logLevel: null })).toMatchObject({
      ...{ slots: 2, labels: { zone: 'a' }, weight: 1, logLevel: null },
      own: { ...own, slots: 3 },
    });
    expect((await api.auditLog()).filter(({ action }) => action === 'worker.update')).toMatchObject([
      { data: { ...change, before: {} } },
      { data: { slots: 2, before: change } },
      { data: { labels: null, before: { ...change, slots: 2 } } },
    ]);
    expect(api.workerHints).toBe(3);
  });

  it('leave whether it works as it is, and the other way round', async () => {
    const api = await openWithWorker();
    await post(api, 'drain', { reason: 'new disks' });
    expect(await patch(api, { slots: 8 })).toMatchObject({
      slots: 8,
      decision: { availability: 'draining', reason: 'new disks' },
    });
    expect(await post(api, 'resume')).toMatchObject({ slots: 8, decision: { availability: 'available' } });
    await patch(api, { slots: 8 });
    expect(await changes(api)).toHaveLength(3);
  });

  it.each([
    [{}, 'Give slots, labels, weight or logLevel'],
    [{ slots: 0 }, 'slots'],
    [{ slots: 10_001 }, 'slots'],
    [{ weight: 0 }, 'weight'],
    [{ weight: -1 }, 'weight'],
    [{ labels: { 'a b': 'x' } }, 'cannot be the name of a label'],
    [{ labels: { a: 'x'.repeat(201) } }, 'at most 200'],
    [{ logLevel: 'loud' }, 'logLevel'],
    [{ groups: ['x'] }, 'groups'],
  ])('%j is refused with what is wrong', async (body, word) => {
    const api = await openWithWorker();
    const problem = await read<ProblemView>(await api.send('PATCH', `${PATH}/w`, { body }), 400);
    expect(JSON.stringify(problem)).toContain(word);
    expect(await changes(api)).toEqual([]);
  });
});

it('says which of its limits a worker has passed', async () => {
  const stats = { cpu: 0.97, overCpu: 0.9, overMemory: 0.95, overDisk: 268_435_456 };
  const api = await openWithWorker({ stats });
  const { warnings } = await read<WorkerView>(await api.send('GET', `${PATH}/w`));
  expect(warnings).toEqual([
    {
      code: 'overloaded',
      text:
        'It takes nothing new: its processors are 97 % in use (limit 90 %), its memory is in use too much (limit 95 %), ' +
        'less than 256 MiB are free where its work folder is.',
    },
  ]);
});

it('shows what somebody should look at, while it is there', async () => {
  const stats = { clockSkewMs: -7_200_000, loopLagMs: 1_500, disk: 0.98, unsent: 400 };
  const api = await openWithWorker({ stats });
  const codes = async () =>
    (await read<WorkerView>(await api.send('GET', `${PATH}/w`))).warnings.map(({ code }) => code);
  expect(await codes()).toEqual(['clock_skew', 'slow', 'disk_full', 'results_wait']);
  const view = await read<WorkerView>(await api.send('GET', `${PATH}/w`));
  expect(view.warnings[0]!.text).toBe(
    'Its clock is 2h behind this server’s. Times it tells are corrected; set it right.',
  );
  await addWorker(api, 'w', { stats, state: 'offline' });
  expect(await codes()).toEqual([]);
});

it('tells the leader when a worker token is revoked, and not when an API token is', async () => {
  const api = await openApi();
  for (const kind of ['tokens', 'worker-tokens']) {
    const made = await read<{ id: string }>(await api.send('POST', `/api/v1/${kind}`, { body: { name: 't' } }), 201);
    expect((await api.send('DELETE', `/api/v1/${kind}/${made.id}`)).status).toBe(204);
  }
  expect(api.workerHints).toBe(1);
});
