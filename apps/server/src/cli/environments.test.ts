/** The commands on environments and secrets, against the API in this process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiBench, openApi } from '@vaquita/api/testing';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { runCaptured } from './run-captured.ts';

let api: ApiBench;
const VALUE = 'open sesame';

beforeEach(async () => {
  api = await openApi();
  await api.createWorkflow();
});

const vaquita = (...argv: string[]) =>
  runCaptured(argv, {
    token: api.admin,
    cwd: '/',
    fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    signal: new AbortController().signal,
  });

function secretFile(text = `${VALUE}\n`): string {
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'value.txt');
  writeFileSync(path, text);
  return path;
}

it('a secret is read from a file, replaced and deleted, and never printed', async () => {
  const made = await vaquita('secrets', 'create', 'token', '--from-file', secretFile(), '--description', 'of the door');
  expect(made).toMatchObject({ code: 0, out: expect.stringContaining('token: of the door\nchanged ') });
  const row = await api.store.secrets.find({ projectId: null, idOrName: 'token' });
  expect(await api.deps.sealer.open(row!.id, row!.sealed)).toBe(VALUE);
  const edited = await vaquita('secrets', 'edit', 'token', '--from-file', secretFile('another\n'));
  const listed = await vaquita('secrets', 'list');
  expect(listed.out).toMatch(/token +\(all\) +2026/);
  expect(await vaquita('secrets', 'delete', 'token')).toMatchObject({ code: 0, out: 'deleted token\n' });
  for (const { out, notes } of [made, edited, listed]) expect(out + notes).not.toMatch(/sesame|another/);
});

it('an environment is made, shown with who uses it, changed and deleted', async () => {
  await vaquita('secrets', 'create', 'token', '--project', 'etl', '--from-file', secretFile());
  const set = ['--set', 'REGION=eu', '--set', 'PAIR=a=b', '--secret', 'TOKEN=token'];
  const made = await vaquita('environments', 'create', 'prod', '--project', 'etl', ...set);
  expect(made.out).toMatch(/^prod of etl\n.*\nREGION +eu\nPAIR +a=b\nTOKEN +\(secret token\)\n$/);
  expect((await vaquita('secrets', 'show', 'token', '--project', 'etl')).out).toContain('used by: prod of etl');
  expect(await vaquita('secrets', 'delete', 'token', '--project', 'etl')).toMatchObject({ code: 1 });
  const edit = ['environments', 'edit', 'prod', '--project', 'etl'];
  const edited = await vaquita(...edit, '--set', 'REGION=us', '--unset', 'TOKEN', '--description', 'for all');
  expect(edited.out).toMatch(/^prod of etl: for all\n.*\nREGION +us\nPAIR +a=b\n$/);
  expect((await vaquita('environments', 'list', '--project', 'etl')).out).toMatch(/prod +etl +REGION,PAIR +for all/);
  const started = await vaquita('run', 'etl/daily', '--param', 'day=mon', '--environment', 'prod');
  expect(started.code).toBe(0);
  expect((await vaquita('environments', 'show', 'prod', '--project', 'etl')).out).toContain('used by: runs: 1');
  expect(await vaquita('environments', 'delete', 'prod', '--project', 'etl')).toMatchObject({ code: 1 });
  await vaquita('environments', 'create', 'other');
  expect(await vaquita('environments', 'delete', 'other')).toMatchObject({ code: 0, out: 'deleted other\n' });
});

it.each([
  [['secrets', 'create', 'x'], '--from-file or --from-env'],
  [['secrets', 'create', 'x', '--from-file', '/nowhere'], 'cannot be read (ENOENT)'],
  [['secrets', 'create', 'x', '--from-env', 'VAQUITA_NO_SUCH'], 'no variable VAQUITA_NO_SUCH'],
  [['secrets', 'edit', 'x'], 'changes something'],
  [['environments', 'create', 'x', '--set', 'novalue'], 'NAME=value'],
])('%j is explained', async (argv, text) => {
  const { code, notes } = await vaquita(...argv);
  expect(code).toBe(2);
  expect(notes).toContain(text);
});
