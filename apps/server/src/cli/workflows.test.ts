/** The commands on many workflows, against the API in this process. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApi } from '@vaquita/api/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'vaquita-workflows-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function bench() {
  const api = await openApi();
  const vaquita = (...argv: string[]) =>
    runCaptured(argv, {
      token: api.admin,
      cwd,
      fetch: async (url, init) => api.app.fetch(new Request(url, init)),
      signal: new AbortController().signal,
    });
  await api.createWorkflow('etl');
  return { api, vaquita };
}

it('lists by project, name and whether they are online', async () => {
  const { api, vaquita } = await bench();
  await api.createWorkflow('etl', { name: 'Weekly', tasks: [{ name: 'n', type: 'noop' }] });
  await api.startRun();
  await api.send('POST', '/api/v1/projects/etl/workflows/Weekly/offline');
  const lines = (await vaquita('workflows', 'list', '-p', 'etl')).out.trimEnd().split('\n');
  expect(lines.map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
    ['WORKFLOW', 'ONLINE', 'VERSION', 'TASKS'],
    ['etl/daily', 'yes', '1', '3'],
    ['etl/Weekly', 'no', '1', '1'],
  ]);
  expect(lines[1]).toMatch(/submitted 2026/);
  expect((await vaquita('workflows', 'list', '--offline', '--name', 'WEEK')).out).toContain('etl/Weekly');
  expect((await vaquita('workflows', 'list', '--online', '--name', 'week')).notes).toContain('No workflow matches');
  expect(JSON.parse((await vaquita('workflows', 'list', '--limit', '1', '--json')).out)).toMatchObject({
    name: 'daily',
  });
  expect((await vaquita('workflows', 'list', '--online', '--offline')).code).toBe(2);
});

it('writes a bundle and takes it in elsewhere: first to see, then in earnest, and again without a change', async () => {
  const { api, vaquita } = await bench();
  await api.createWorkflow('etl', { name: 'a, b', tasks: [{ name: 'n', type: 'noop' }] });
  expect((await vaquita('workflows', 'export', 'etl', '-o', 'etl.yaml')).out).toBe('etl.yaml\n');
  const text = readFileSync(join(cwd, 'etl.yaml'), 'utf8');
  expect((await vaquita('workflows', 'export', 'etl')).out).toBe(text);
  const one = JSON.parse((await vaquita('workflows', 'export', 'etl', 'a, b', '--json')).out);
  expect(one.workflows).toMatchObject([{ name: 'a, b' }]);

  await api.send('POST', '/api/v1/projects', { body: { name: 'copy' } });
  const dry = await vaquita('workflows', 'import', 'etl.yaml', '-p', 'copy', '--dry-run');
  expect(dry.out).toMatch(/^new +copy\/a, b version 1 {2}\(etl.yaml, document 1\)$/m);
  expect((await vaquita('workflows', 'list', '-p', 'copy')).notes).toContain('No workflow matches');
  expect((await vaquita('workflows', 'import', 'etl.yaml', '-p', 'copy')).out).toMatch(/^created +copy\/daily/m);
  writeFileSync(join(cwd, 'etl.yaml'), text.replace('echo one', 'echo other'));
  const changed = await vaquita('workflows', 'import', 'etl.yaml', '-p', 'copy', '--dry-run');
  expect(changed.out).toMatch(/^differs +copy\/daily version 2/m);
  expect(changed.out).toContain('echo other');
  const lines = (await vaquita('workflows', 'import', 'etl.yaml', '-p', 'copy', '--json')).out.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).outcome)).toEqual(['unchanged', 'updated']);
});

it('says what is wrong with a file, and takes in what stands beside it', async () => {
  const { vaquita } = await bench();
  writeFileSync(join(cwd, 'two.yaml'), 'name: good\ntasks: [{ name: n, type: noop }]\n---\nname: bad\ntasks: []\n');
  const { code, out } = await vaquita('workflows', 'import', 'two.yaml', '-p', 'etl');
  expect(code).toBe(1);
  expect(out).toMatch(/^created +etl\/good/m);
  expect(out).toMatch(/^refused +etl\/bad {2}\(two.yaml, document 2\)\n {2}tasks: Give a list/m);
  writeFileSync(join(cwd, 'binary.yaml'), new Uint8Array([0xff, 0xfe, 0x00]));
  const binary = await vaquita('workflows', 'import', 'two.yaml', 'binary.yaml', '-p', 'etl');
  expect([binary.code, binary.out]).toEqual([1, '']);
  expect(binary.notes).toContain('binary.yaml is not UTF-8 text');
  expect((await vaquita('workflows', 'import', 'nowhere.yaml', '-p', 'etl')).code).toBe(1);
});
