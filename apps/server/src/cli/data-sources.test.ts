/** The commands on data sources, against the API in this process. */
import { type ApiBench, openApi } from '@vaquita/api/testing';
import { beforeEach, expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

let api: ApiBench;

beforeEach(async () => {
  api = await openApi({ deps: { ask: async () => ({ ok: true, status: 401, text: '' }) } });
  await api.createWorkflow();
  await api.send('POST', '/api/v1/secrets', { body: { name: 'api token', value: 'open sesame' } });
});

const vaquita = (...argv: string[]) =>
  runCaptured(argv, {
    token: api.admin,
    cwd: '/',
    fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    signal: new AbortController().signal,
  });

it('a data source is made, shown, changed, tested and deleted', async () => {
  const set = ['--set', 'address=https://api.example', '--set', 'headers.Accept=a=b', '--secret', 'token=api token'];
  const made = await vaquita('data-sources', 'create', 'orders', '--project', 'etl', '--kind', 'http', ...set);
  expect(made.out).toMatch(
    /^orders \(http\) of etl\n.*\naddress +https:\/\/api.example\nheaders.Accept +a=b\ntoken +\(secret api token\)\n$/,
  );
  expect((await vaquita('secrets', 'show', 'api token')).out).toContain('used by: orders of etl');
  const edit = ['data-sources', 'edit', 'orders', '--project', 'etl'];
  const change = ['--set', 'headers.X-Team=etl', '--unset', 'headers.Accept', '--description', 'the shop'];
  const edited = await vaquita(...edit, ...change);
  expect(edited.out).toMatch(/^orders \(http\) of etl: the shop\n.*\naddress .*\nheaders.X-Team +etl\ntoken .*\n$/);
  expect((await vaquita(...edit, '--unset', 'token')).out).not.toContain('token');
  expect((await vaquita('data-sources', 'list')).out).toMatch(/orders +etl +http +https:\/\/api.example +the shop/);
  const tested = await vaquita('data-sources', 'test', 'orders', '--project', 'etl');
  expect(tested).toMatchObject({ code: 1, out: expect.stringContaining('refuses who asks (401)') });
  const deleted = await vaquita('data-sources', 'delete', 'orders', '--project', 'etl');
  expect(deleted).toMatchObject({ code: 0, out: 'deleted orders\n' });
});

it('the kinds are told with what they need', async () => {
  const { out } = await vaquita('data-sources', 'kinds');
  expect(out).toContain('libsql: libSQL or SQLite, for tasks of the type sql\n  --set address=…  (needed) ');
  expect(out).toContain('  --secret password=…  ');
});

it.each([
  [['create', 'x', '--set', 'address=/a'], '--kind'],
  [['create', 'x', '--kind', 'http', '--set', 'address'], 'NAME=value'],
])('%j is explained', async (argv, text) => {
  const { code, notes } = await vaquita('data-sources', ...argv);
  expect(code).toBe(2);
  expect(notes).toContain(text);
});
