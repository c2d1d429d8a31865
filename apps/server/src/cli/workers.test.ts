/** The commands on workers, against the API in this process. */
import { type ApiBench, openApi } from '@vaquita/api/testing';
import type { WorkerId } from '@vaquita/core';
import type { WorkerFacts } from '@vaquita/store';
import { beforeEach, expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

let api: ApiBench;

beforeEach(async () => {
  api = await openApi();
  await join('rack-4');
});

async function join(name: string, more: Partial<WorkerFacts> = {}): Promise<void> {
  await api.store.master.workers.upsert(
    1,
    {
      ...{ id: `id-${name}` as WorkerId, name, groups: ['default'], labels: { zone: 'a' }, slots: 4, weight: 1 },
      ...{ state: 'online', agentVersion: '0.1.0', runtime: 'node 24', host: 'vm', taskTypes: ['shell'] },
      ...{ sessionTimeoutMs: 30_000, connectedAt: 1, lastHeartbeatAt: 1, updatedAt: 1 },
      stats: { cpu: 0.25, memory: 0.5, load: 1.5, loopLagMs: 2, slotsUsed: 1 },
      ...more,
    } as WorkerFacts,
    'It has joined.',
  );
}

const vaquita = (...argv: string[]) =>
  runCaptured(argv, {
    token: api.admin,
    cwd: '/',
    fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    signal: new AbortController().signal,
  });

it('list shows who is there, how full, and what somebody should look at', async () => {
  await join('rack-5', { state: 'offline', lastHeartbeatAt: null, stats: {} });
  await join('rack-6', { stats: { slotsUsed: 0, clockSkewMs: 7_200_000, disk: 0.99 } });
  const [head, ...lines] = (await vaquita('workers', 'list')).out.trimEnd().split('\n');
  expect(head).toMatch(/^NAME +STATE +USED +CPU +MEMORY +HEARD +GROUPS$/);
  expect(lines).toEqual([
    expect.stringMatching(/^rack-4 +online +1\/4 +25 % +50 % +\S+ ago +default$/),
    expect.stringMatching(/^rack-5 +offline +- +- +- +never +default$/),
    expect.stringMatching(/^rack-6 +online +0\/4 .* ! Its clock is 2h ahead of .* \(and 1 more\)$/),
  ]);
});

it('drain, evict and resume say how the worker stands then, and why', async () => {
  const drained = await vaquita('workers', 'drain', 'rack-4', '--reason', 'new disks');
  expect(drained.code).toBe(0);
  expect(drained.out).toContain('draining since 2026-03-01T12:00:00.000Z, by admin: new disks');
  expect((await vaquita('workers', 'evict', 'rack-4')).out).toMatch(
    /^rack-4: evicted, 1 of 4 slots\n {2}evicted since/,
  );
  const refused = await vaquita('workers', 'drain', 'rack-4');
  expect(refused).toMatchObject({ code: 1, notes: expect.stringContaining('Let it come back') });
  expect((await vaquita('workers', 'resume', 'rack-4')).out).toMatch(/^rack-4: online, 1 of 4 slots\n {2}heard/);
});

it('drain waits until the leader has carried it out', async () => {
  const draining = vaquita('workers', 'drain', 'rack-4');
  await expect.poll(async () => (await api.store.workers.get('id-rack-4'))!.standing?.availability).toBe('draining');
  await join('rack-4', { state: 'draining' });
  expect(await draining).toMatchObject({
    notes: '',
    out: expect.stringMatching(/^rack-4: draining, 1 of 4 slots\n {2}draining since/),
  });
});

it('resume says so when the leader has not carried it out yet', async () => {
  await vaquita('workers', 'drain', 'rack-4');
  await join('rack-4', { state: 'draining' });
  const resumed = await vaquita('workers', 'resume', 'rack-4');
  expect(resumed.out).toMatch(/^rack-4: draining/);
  expect(resumed.notes).toContain('The leader has not carried it out yet: “vaquita workers show rack-4”');
});

it('set changes what is given, and takes it away again', async () => {
  const set = ['--slots', '8', '--label', 'gpu=true', '--label', 'zone=b', '--weight', '2', '--log-level', 'debug'];
  const { out } = await vaquita('workers', 'set', 'rack-4', ...set);
  expect(out).toContain('1 of 8 slots (started with 4)');
  expect(out).toContain('weight 2; labels gpu=true, zone=b');
  expect((await api.store.workers.get('id-rack-4'))!.standing!.overrides).toMatchObject({ logLevel: 'debug' });
  const own = ['--slots', 'own', '--label', 'own', '--weight', 'own', '--log-level', 'own'];
  expect((await vaquita('workers', 'set', 'rack-4', ...own)).out).toContain('weight 1; labels zone=a');
  expect((await api.store.workers.get('id-rack-4'))!.standing!.overrides).toEqual({});
});

it('show gives the figures of the newest heartbeat', async () => {
  const { out } = await vaquita('workers', 'show', 'rack-4');
  expect(out).toContain('cpu 25 %, memory 50 %, disk -, load 1.5');
  expect(out).toContain('event loop late by 2 ms, heartbeat answered in -, results that wait -');
});

it.each([
  [['workers', 'set', 'rack-4'], 2, '--slots, --label, --weight or --log-level'],
  [['workers', 'set', 'rack-4', '--slots', 'many'], 2, '--slots "many"'],
  [['workers', 'set', 'rack-4', '--label', 'gpu'], 2, 'name=value'],
  [['workers', 'set', 'rack-4', '--log-level', 'loud'], 1, 'logLevel'],
  [['workers', 'drain', 'rack-9'], 1, 'There is no worker “rack-9”'],
  [['workers', 'drian', 'rack-4'], 2, 'drain'],
])('%j says what to write instead', async (argv, code, hint) => {
  const answer = await vaquita(...(argv as string[]));
  expect(answer.code).toBe(code);
  expect(answer.notes).toContain(hint);
});
