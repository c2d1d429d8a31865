/** The commands that show, check and repair the registry, against the API in this process. */
import { createFakeInspection, type FakeInspection, openApi } from '@vaquita/api/testing';
import { beforeEach, expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

let registry: FakeInspection;
let vaquita: (...argv: string[]) => ReturnType<typeof runCaptured>;

beforeEach(async () => {
  registry = createFakeInspection();
  const api = await openApi({ deps: { registry } });
  const { signal } = new AbortController();
  const io = {
    cwd: '/',
    signal,
    fetch: async (url: string, init: RequestInit) => api.app.fetch(new Request(url, init)),
  };
  vaquita = (...argv) => runCaptured(argv, { ...io, token: api.admin });
});

it('lists clients, data, locks and events', async () => {
  const rows = async (...argv: string[]) => (await vaquita('registry', ...argv)).out.trimEnd().split('\n');
  expect(await rows('clients')).toEqual([
    expect.stringMatching(/^ID +KIND +NAME +STATUS +HEARTBEAT +TIMEOUT +LAST HEARD$/),
    expect.stringMatching(/^server-a +server +name of server-a +online +2s500ms +10s +2026-03-01T11:00:00.000Z$/),
    expect.stringMatching(/^worker-b +worker +name of worker-b +silent/),
  ]);
  expect(await rows('data', '--path', '/plugins')).toEqual([
    expect.stringMatching(/^KEY/),
    expect.stringMatching(/^\/plugins +persistent +1 +- +{}$/),
  ]);
  expect(await rows('locks')).toEqual([
    expect.stringMatching(/^KEY +EPOCH +HOLDER +SINCE$/),
    expect.stringMatching(/^\/lock\/free +2 +- +-$/),
    expect.stringMatching(/^\/lock\/leader +7 +name of server-a +2026/),
  ]);
  expect((await rows('events')).map((row) => row.split(/ +/)[0])).toEqual(['ID', '3', '2', '1']);
});

it('checks, says what is wrong and what to do, and changes nothing', async () => {
  expect(await vaquita('registry', 'check')).toMatchObject({ code: 0, out: 'the registry is in order\n' });
  const examples = Array.from({ length: 10 }, (_, i) => `/x/${i}`);
  registry.break([{ kind: 'data_without_client', count: 12, examples }]);
  for (let time = 0; time < 2; time++) {
    const { code, out, notes } = await vaquita('registry', 'check');
    expect(code).toBe(1);
    expect(out).toContain('12 × ephemeral data whose client is not there\n  /x/0, /x/1');
    expect(out).toContain('/x/9, …\n  repair: they are removed');
    expect(notes).toContain('vaquita registry check --repair');
  }
});

it('repairs when it is asked to', async () => {
  registry.break([{ kind: 'event_gap', count: 1, examples: ['5-6'] }]);
  const { code, out } = await vaquita('registry', 'check', '--repair');
  expect(code).toBe(0);
  expect(out).toMatch(/^1 × events that are missing.*repaired\n$/s);
  expect(await vaquita('registry', 'check')).toMatchObject({ code: 0 });
});

it('refuses a path that is none', async () => {
  const { code, notes } = await vaquita('registry', 'data', '--path', 'nodes');
  expect(code).toBe(1);
  expect(notes).toContain('path: Write a path as /nodes/server');
});
