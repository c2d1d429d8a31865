/** The commands on triggers, against the API in this process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiBench, openApi } from '@vaquita/api/testing';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

let api: ApiBench;
const folder = mkdtempSync(join(tmpdir(), 'vaquita-triggers-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  api = await openApi();
  await api.createWorkflow();
  await api.createWorkflow('etl', { name: 'before', tasks: [{ name: 'a', type: 'noop' }] });
});

const vaquita = (...argv: string[]) =>
  runCaptured(argv, {
    token: api.admin,
    cwd: folder,
    fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    signal: new AbortController().signal,
  });

it('a webhook is made, tried, changed, given another secret, and removed', async () => {
  const made = await vaquita('triggers', 'create', 'etl/daily', 'orders', '--map', 'day=$.order.day', '--github');
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringMatching(/call: POST http:\/\/vaquita\.test\/api\/v1\/hooks\/\w+\n {2}day = \$\.order\.day\n/),
  });
  const secret = /secret: (whsec_\w+)/.exec(made.out)?.[1];
  const name = 'etl/daily/orders';
  expect((await vaquita('triggers', 'show', name)).out).not.toContain(secret);
  expect((await vaquita('triggers', 'list')).out).toMatch(/etl\/daily +orders +webhook +online +never/);
  writeFileSync(join(folder, 'order.json'), '{"order":{"day":"mon"}}');
  const tried = await vaquita('triggers', 'test', name, '--body', 'order.json');
  expect(tried).toMatchObject({ code: 0, out: 'would start version 1\n  day: "mon"\n' });
  const edited = await vaquita('triggers', 'edit', name, '--map', 'day=$.day', '--name', 'shop', '--priority', 'high');
  expect(edited).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^shop: webhook .*\n.*\n.*\n {2}day = \$\.day\n/),
  });
  const { items } = await api.store.triggers.list({}, { limit: 5, cursor: null });
  expect(items).toMatchObject([{ name: 'shop', config: { github: true }, start: { priority: 'high' } }]);
  const failed = await vaquita('triggers', 'test', 'etl/daily/shop', '--body', 'order.json');
  expect(failed).toMatchObject({ code: 1, out: expect.stringContaining('params.day') });
  const rotated = await vaquita('triggers', 'rotate-secret', 'etl/daily/shop', '--keep-old', '1h');
  expect(rotated.out).toMatch(/^secret: whsec_\w+\n$/);
  expect(rotated.out).not.toContain(secret);
  expect((await vaquita('triggers', 'offline', 'etl/daily/shop')).out).toContain('offline');
  expect((await vaquita('triggers', 'firings', 'etl/daily/shop')).code).toBe(0);
  expect(await vaquita('triggers', 'delete', 'etl/daily/shop')).toMatchObject({
    code: 0,
    out: 'deleted etl/daily/shop\n',
  });
});

it('a trigger follows a workflow, and is named by its id too', async () => {
  const argv = ['create', 'etl/daily', 'then', '--after', 'etl/before', '--on', 'end', '--map', 'day=out', '--offline'];
  const made = await vaquita('triggers', ...argv);
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringContaining('then: end of etl/before starts etl/daily, offline'),
  });
  expect(made.out).not.toContain('secret');
  const id = /id: (\w+)/.exec(made.out)![1]!;
  expect((await vaquita('triggers', 'edit', id, '--on', 'failure')).out).toContain('failure of etl/before');
  expect((await vaquita('triggers', 'online', id)).out).toContain('online');
  expect((await vaquita('triggers', 'test', id, '--output', 'out=tue')).out).toContain('day: "tue"');
});

it('a trigger looks for files, says what it would do with one, and with those that are there', async () => {
  const options = ['--group', 'etl', '--every', '1m', '--settled', '10s', '--map', 'day=name'];
  const made = await vaquita('triggers', 'create', 'etl/daily', 'files', '--file', '/in/*.csv', ...options);
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringContaining('files: new /in/*.csv starts etl/daily, online'),
  });
  expect(made.out).toContain('problem: No worker of the group “etl” is connected');
  expect(made.out).toContain('looks every 1m in etl, files must stay as they are for 10s\nknows 0 files\n');
  const name = 'etl/daily/files';
  const tried = await vaquita('triggers', 'test', name, '--path', '/in/mon.csv');
  expect(tried).toMatchObject({ code: 0, out: 'would start version 1\n  day: "mon.csv"\n' });
  const looked = await vaquita('triggers', 'test', name);
  expect(looked).toMatchObject({ code: 1, notes: expect.stringContaining('No worker of the group “etl”') });
  const edited = await vaquita('triggers', 'edit', name, '--file', '/out/*', '--settled', '0s');
  expect(edited.out).toContain('files: new /out/* starts');
  const { items } = await api.store.triggers.list({}, { limit: 5, cursor: null });
  expect(items).toMatchObject([{ config: { path: '/out/*', workerGroup: 'etl', everyMs: 60_000, settledMs: 0 } }]);
  expect((await vaquita('triggers', 'list', '--kind', 'file')).out).toMatch(/files +new \/out\/\* +online/);
});

it('who looks and what is found is printed', async () => {
  const workers = { of: () => [{ workerId: 'w1' as never, name: 'one' }], look: async () => found };
  const found = {
    entries: [{ path: '/in/a.csv', size: 7, modifiedAt: 0, etag: null }],
    ...{ isEnd: true, problem: { code: 'not_allowed', text: 'The agent may not read /in/private.' } },
  };
  api = await openApi({ deps: { lookouts: workers } });
  await api.createWorkflow();
  await vaquita('triggers', 'create', 'etl/daily', 'files', '--file', '/in/*.csv', '--map', 'day=name');
  const [row] = (await api.store.triggers.list({}, { limit: 5, cursor: null })).items;
  const { since } = (await api.store.watchQueue.join(1, row!, { watcher: 'w1', lookedAt: 1 }))!;
  const end = { watcher: 'w1', since, firstAt: 0, lookedAt: 1, problem: found.problem, firing: null };
  await api.store.watchQueue.looked(1, { ...end, trigger: row! });
  expect((await vaquita('triggers', 'show', 'etl/daily/files')).out).toContain(
    '  w1 looks since 1970-01-01T00:00:00.000Z, not connected: The agent may not read /in/private.',
  );
  const { out } = await vaquita('triggers', 'test', 'etl/daily/files');
  expect(out).toContain('one: 1 files: The agent may not read /in/private.');
  expect(out).toMatch(/new +\/in\/a\.csv +7 +1970-01-01T00:00:00.000Z/);
  expect(out).toContain('would start version 1\n  day: "a.csv"\n');
});

it.each([
  [['triggers', 'create', 'etl/daily', 'x', '--on', 'end'], '--after'],
  [['triggers', 'create', 'etl/daily', 'x', '--every', '1m'], '--file'],
  [['triggers', 'create', 'etl/daily', 'x', '--file', '/in/*', '--github'], 'webhook'],
  [['triggers', 'create', 'etl/daily', 'x', '--file', '/in/*', '--after', 'etl/before'], 'two triggers'],
  [['triggers', 'create', 'etl/daily', 'x', '--after', 'etl/before', '--github'], 'webhook'],
  [['triggers', 'create', 'etl/daily', 'x', '--version', 'new'], 'version number'],
  [['triggers', 'show', 'etl/daily'], '<project>/<workflow>/<trigger>'],
  [['triggers', 'show', 'etl/daily/nobody'], 'no trigger "nobody"'],
])('%j says what to write instead', async (argv, hint) => {
  const { code, notes } = await vaquita(...argv);
  expect(code).toBe(2);
  expect(notes).toContain(hint);
});
