/** The commands on worker groups, against the API in this process. */
import { type ApiBench, openApi, workerRow } from '@vaquita/api/testing';
import { beforeEach, expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

let api: ApiBench;

beforeEach(async () => {
  api = await openApi();
});

const vaquita = (...argv: string[]) =>
  runCaptured(argv, {
    token: api.admin,
    cwd: '/',
    fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    signal: new AbortController().signal,
  });

it('they are declared, shown, changed and removed', async () => {
  await api.addWorkers(workerRow('rack-1', { labels: { zone: 'north' }, weight: 2 }), workerRow('rack-2'));
  const made = await vaquita('worker-groups', 'create', 'gpu', '--policy', 'least_loaded', '--worker', 'rack-1');
  expect(made).toMatchObject({
    code: 0,
    out: 'gpu: least_loaded, online workers: 1, slots used: 1 of 4, tasks waiting: 0\n',
  });
  expect((await vaquita('worker-groups', 'assign', 'gpu', 'rack-2')).out).toContain('online workers: 2');
  expect((await vaquita('worker-groups', 'assign', 'gpu', 'rack-9')).code).toBe(0);
  const shown = (await vaquita('worker-groups', 'show', 'gpu')).out.trimEnd().split('\n');
  expect(shown.slice(2)).toEqual([
    expect.stringMatching(/^rack-1 +online +1\/4 +2 +assigned +zone=north$/),
    expect.stringMatching(/^rack-2 +online +1\/4 +1 +assigned/),
    'assigned, and never joined: rack-9',
  ]);
  expect((await vaquita('worker-groups', 'unassign', 'gpu', 'rack-1')).out).toContain('online workers: 1');
  const set = ['--policy', 'fixed_weighted', '--description', 'the strong ones'];
  expect((await vaquita('worker-groups', 'set', 'gpu', ...set)).out).toMatch(/fixed_weighted.*the strong ones/);
  const listed = (await vaquita('worker-groups', 'list')).out;
  expect(listed).toMatch(/default +round_robin +2\/2 +2\/8 +6 +0 +\(not declared\)/);
  expect(listed).toMatch(/gpu +fixed_weighted +1\/1 +1\/4 +3 +0 +the strong ones/);
  expect(await vaquita('worker-groups', 'delete', 'gpu')).toMatchObject({ code: 0, out: 'deleted gpu\n' });
});

it.each([
  [['worker-groups', 'create', 'g', '--policy', 'random_'], '"random"'],
  [['worker-groups', 'set', 'g'], '--policy or --description'],
  [['worker-groups', 'assign', 'g'], '<worker> is missing'],
])('%j says what to write instead', async (argv, hint) => {
  const { code, notes } = await vaquita(...argv);
  expect(code).toBe(2);
  expect(notes).toContain(hint);
});
