/** Packages from a registry on this machine, and beside the server. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../testing/index.ts';
import { createGuard } from '../outbound/guard.ts';
import { createOutboundHttp } from '../outbound/http-client.ts';
import { MAX_CODE_BYTES } from './limits.ts';
import { createPluginPackages } from './plugin-packages.ts';

const CODE = 'export default { name: "journal", settings: { type: "object" }, onEvent() {} };';
const MANIFEST = { name: 'journal', version: '1.2.0', type: 'module', exports: './plugin.js' };
const { signal } = new AbortController();

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-packages-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function tarball(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const entries = Object.entries(files).map(([name, body]) => ({
    header: { name: `package/${name}`, size: Buffer.byteLength(body), type: 'file' as const },
    body,
  }));
  return gzipSync(await packTar(entries));
}

interface Published {
  readonly files?: Readonly<Record<string, string>>;
  readonly archive?: Buffer;
  readonly integrity?: string;
  readonly allow?: readonly string[];
}

/** A registry that has one package under every version. */
async function registryWith({ files, archive, integrity, allow = ['127.0.0.1'] }: Published, beside = scratch()) {
  const bytes = archive ?? (await tarball(files ?? { 'package.json': JSON.stringify(MANIFEST), 'plugin.js': CODE }));
  const sha512 = createHash('sha512').update(bytes).digest('base64');
  const { port, seen } = await serve((request, response) => {
    if (request.url === '/archive.tgz') return response.end(bytes);
    if (request.url?.includes('absent')) return response.writeHead(404).end('{}');
    if (request.url?.includes('broken')) return response.writeHead(500).end('no');
    if (request.url?.includes('page')) return response.end('<html>');
    const dist = { tarball: `http://127.0.0.1:${port}/archive.tgz`, integrity: integrity ?? `sha512-${sha512}` };
    response.end(JSON.stringify({ ...MANIFEST, dist }));
  });
  const http = createOutboundHttp({ guard: createGuard(allow), proxyFor: () => null });
  const packages = createPluginPackages({ http, registry: `http://127.0.0.1:${port}`, beside });
  return { find: (spec: string) => packages.find(spec, signal), seen };
}

test('the module of a package is taken out of its archive, by version or tag', async () => {
  const { find, seen } = await registryWith({});
  const found = { ok: true, packageName: 'journal', version: '1.2.0', from: 'registry', code: CODE };
  expect(await find('journal')).toEqual(found);
  expect(await find('journal@1.2.0')).toEqual(found);
  expect(seen.map(({ path }) => path)).toEqual(['/journal/latest', '/archive.tgz', '/journal/1.2.0', '/archive.tgz']);
});

test('without a registry only what stands beside the server is to be had, and what to do is said', async () => {
  const http = createOutboundHttp({ guard: createGuard(['127.0.0.1']), proxyFor: () => null });
  const { find } = createPluginPackages({ http, registry: null, beside: scratch() });
  expect(await find('journal@1.2.0', signal)).toEqual({
    ok: false,
    problem: expect.stringMatching(/^journal 1\.2\.0 is not installed beside the server.*VAQUITA_PLUGIN_REGISTRY/),
  });
});

test('a name with a scope is asked for as one part of the path', async () => {
  const name = '@team/journal';
  const { find, seen } = await registryWith({
    files: { 'package.json': JSON.stringify({ ...MANIFEST, name }), 'plugin.js': CODE },
  });
  expect(await find('@team/journal@beta')).toMatchObject({ ok: true, packageName: name });
  expect(seen[0]?.path).toBe('/@team%2fjournal/beta');
});

test('names and versions that are none are refused without asking anybody', async () => {
  const { find, seen } = await registryWith({});
  for (const spec of [
    '',
    '../../etc',
    'a/b/c',
    'Journal',
    'journal@^1.0.0',
    'journal@',
    'journal@1/../2',
    'x'.repeat(300),
    'a b',
  ]) {
    expect(await find(spec), spec).toMatchObject({ ok: false, problem: expect.stringMatching(/is no (name|version)/) });
  }
  expect(seen).toEqual([]);
});

const manifest = (more: object) => ({ 'package.json': JSON.stringify({ ...MANIFEST, ...more }), 'plugin.js': CODE });
const PROBLEMS: Readonly<Record<string, readonly [Published, string]>> = {
  'another archive than the registry tells of': [{ integrity: `sha512-${'A'.repeat(86)}==` }, 'its SHA-512 differs'],
  'no digest to check': [{ integrity: 'sha1-abc' }, 'tells no SHA-512'],
  'an archive that is none': [{ archive: Buffer.from('no archive') }, 'cannot be unpacked'],
  'an archive that swells': [{ archive: gzipSync(Buffer.alloc(60 * 1_048_576)) }, 'or is too big'],
  'another package inside': [{ files: manifest({ name: 'other' }) }, 'holds another package, other'],
  'no manifest': [{ files: { 'plugin.js': CODE } }, 'no package.json'],
  'a manifest that cannot be read': [{ files: { 'package.json': '{' } }, 'package.json cannot be read'],
  'a module that is not there': [{ files: manifest({ exports: './gone.js' }) }, 'names gone.js as its module'],
  'a module outside': [{ files: manifest({ exports: '../plugin.js' }) }, 'outside the package'],
  'no module': [{ files: manifest({ exports: { './x': './x.js' } }) }, 'names no module'],
  CommonJS: [{ files: manifest({ type: 'commonjs' }) }, 'must be an ES module'],
  'a module that is too big': [
    { files: { ...manifest({}), 'plugin.js': 'x'.repeat(MAX_CODE_BYTES + 1) } },
    'at most 1048576',
  ],
  'a registry that may not be reached': [{ allow: [] }, 'could not be asked'],
};
for (const [what, [published, problem]] of Object.entries(PROBLEMS)) {
  test(`${what} is refused in words`, async () => {
    const { find } = await registryWith(published);
    expect(await find('journal')).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });
}

test('what the registry does not have, or cannot say, is told', async () => {
  const { find } = await registryWith({});
  expect(await find('absent')).toMatchObject({ problem: expect.stringContaining('has no package absent') });
  expect(await find('broken')).toMatchObject({ problem: expect.stringContaining('answers 500') });
  expect(await find('page')).toMatchObject({ problem: expect.stringContaining('does not answer as a registry') });
});

test('the main export is found in every way a manifest may say it', async () => {
  for (const exports of [
    './plugin.js',
    { '.': './plugin.js' },
    { '.': { types: './x.d.ts', import: './plugin.js' } },
    { default: './plugin.js' },
  ]) {
    expect(await (await registryWith({ files: manifest({ exports }) })).find('journal')).toMatchObject({ ok: true });
  }
  const old = { name: 'journal', version: '1.0.0', main: 'plugin.mjs' };
  const files = { 'package.json': JSON.stringify(old), 'plugin.mjs': CODE };
  expect(await (await registryWith({ files })).find('journal')).toMatchObject({ ok: true });
});

test('a package that stands beside the server is taken without asking a registry', async () => {
  const folder = scratch();
  put(join(folder, 'node_modules/journal'), { ...manifest({ version: '2.0.0' }), 'plugin.js': `${CODE}//here` });
  const { find, seen } = await registryWith({}, join(folder, 'apps/server'));
  const here = { ok: true, packageName: 'journal', version: '2.0.0', from: 'server', code: `${CODE}//here` };
  expect(await find('journal')).toEqual(here);
  expect(await find('journal@2.0.0')).toEqual(here);
  expect(seen).toEqual([]);
  expect(await find('journal@1.2.0')).toMatchObject({ from: 'registry', version: '1.2.0' });
});

test('beside the server too, nothing outside the package is read', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'secret.js'), 'SECRET');
  put(join(folder, 'node_modules/linked'), { 'package.json': JSON.stringify({ ...MANIFEST, name: 'linked' }) });
  symlinkSync(join(folder, 'secret.js'), join(folder, 'node_modules/linked/plugin.js'));
  put(join(folder, 'node_modules/bare'), { 'package.json': JSON.stringify(MANIFEST) });
  const { find, seen } = await registryWith({}, folder);
  expect(await find('linked')).toMatchObject({ problem: expect.stringContaining('leaves the package') });
  expect(await find('bare')).toMatchObject({ problem: expect.stringContaining('cannot be read (ENOENT)') });
  expect(seen).toEqual([]);
});

function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}
