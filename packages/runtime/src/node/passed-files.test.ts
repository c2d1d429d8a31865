/** Files and folders on their way between two folders, and archives that want out of theirs. */
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@vaquita/core';
import { packTar, type TarHeader } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ArrivingFile, passedFiles, type ReadyOutput } from './passed-files.ts';

const MANY = 1_000_000;
let base: string;
let from: string;
let to: string;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'passed-')));
  [from, to] = [join(base, 'from'), join(base, 'to')];
  await mkdir(from);
  await mkdir(to);
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function pass(output: ReadyOutput, param = 'input'): Promise<string> {
  return passedFiles.arrive(to, param, { ...output, content: await output.open() });
}

async function archiveOf(headers: readonly (Partial<TarHeader> & { readonly name: string })[]): Promise<ArrivingFile> {
  const bytes = await packTar(
    headers.map(({ size = 0, ...header }) => ({ header: { ...header, size }, body: new Uint8Array(size) })),
  );
  const content = new Blob([bytes]).stream();
  return { fileName: 'pages', kind: 'folder', size: bytes.length, sha256: await sha256Hex(bytes), content };
}

describe('a file', () => {
  it.each(['', 'x', 'y'.repeat(700_000)])('arrives as it was sent (%#)', async (text) => {
    await writeFile(join(from, 'a.csv'), text);
    const output = await passedFiles.ready(from, 'a.csv', MANY);
    expect(output).toMatchObject({ fileName: 'a.csv', kind: 'file', size: text.length, sha256: await sha256Hex(text) });
    const path = await pass(output);
    expect(path).toBe(join(to, 'inputs', 'input', 'a.csv'));
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(await readdir(to)).toEqual(['inputs']);
  });

  it('that is too large is not even read', async () => {
    await writeFile(join(from, 'a.csv'), 'x'.repeat(11));
    await expect(passedFiles.ready(from, 'a.csv', 10)).rejects.toThrow(
      /larger than the 10 bytes allowed.*VAQUITA_MAX_FILE_MIB/,
    );
  });

  it('stays in the place of its parameter, whatever that is called', async () => {
    await writeFile(join(from, 'a'), 'x');
    const output = await passedFiles.ready(from, 'a', MANY);
    for (const param of ['..', '.', 'a.b'])
      expect((await pass(output, param)).startsWith(`${join(to, 'inputs')}/`)).toBe(true);
    expect((await readdir(join(to, 'inputs'))).sort()).toEqual(['%2E', '%2E.', 'a.b']);
  });

  it.each([{ size: 2 }, { size: 4 }, { sha256: '0'.repeat(64) }])(
    'that came otherwise is not kept: %j',
    async (wrong) => {
      await writeFile(join(from, 'a'), 'abc');
      const output = await passedFiles.ready(from, 'a', MANY);
      const arriving = { ...output, ...wrong, content: await output.open() };
      await expect(passedFiles.arrive(to, 'input', arriving)).rejects.toThrow(/did not come as the server keeps it/);
      expect(await readdir(join(to, 'inputs', 'input'))).toEqual([]);
    },
  );
});

describe('a folder', () => {
  async function makeFolder(): Promise<void> {
    await mkdir(join(from, 'pages', 'deep', 'empty'), { recursive: true });
    await writeFile(join(from, 'pages', 'run.sh'), 'echo', { mode: 0o755 });
    await writeFile(join(from, 'pages', 'deep', `ä ${'long '.repeat(40)}.txt`), 'x'.repeat(300_000));
    await writeFile(join(from, 'pages', 'none'), '');
  }

  it('arrives with all that is in it', async () => {
    await makeFolder();
    const output = await passedFiles.ready(from, 'pages', MANY);
    const path = await pass(output);
    expect(path).toBe(join(to, 'inputs', 'input', 'pages'));
    const all = async (folder: string) => (await readdir(folder, { recursive: true })).sort();
    expect(await all(path)).toEqual(await all(join(from, 'pages')));
    expect((await stat(join(path, 'run.sh'))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(path, 'deep', `ä ${'long '.repeat(40)}.txt`), 'utf8')).toBe('x'.repeat(300_000));
    await output.close();
    expect(await readdir(from)).toEqual(['pages']);
  });

  it('can be sent again with the same sum, and be unpacked again', async () => {
    await makeFolder();
    const first = await passedFiles.ready(from, 'pages', MANY);
    await pass(first);
    const second = await passedFiles.ready(from, 'pages', MANY);
    expect(second.sha256).toBe(first.sha256);
    await pass(second);
  });

  it('is refused with a name in it that not every system takes', async () => {
    await makeFolder();
    await writeFile(join(from, 'pages', 'a\\b'), 'x');
    await expect(passedFiles.ready(from, 'pages', MANY)).rejects.toThrow(/rename it/);
  });

  it('that is too large leaves no archive', async () => {
    await makeFolder();
    await expect(passedFiles.ready(from, 'pages', 100_000)).rejects.toThrow(/the folder "pages" is larger/);
    expect(await readdir(from)).toEqual(['pages']);
  });

  it('takes links to files inside as what they are', async () => {
    await makeFolder();
    await writeFile(join(from, 'beside'), 'beside');
    await symlink('../beside', join(from, 'pages', 'link'));
    const path = await pass(await passedFiles.ready(from, 'pages', MANY));
    expect(await readFile(join(path, 'link'), 'utf8')).toBe('beside');
  });

  it.each([
    ['../../secret', /link, a link that leaves the task's folder/],
    ['/etc', /link, a link that leaves/],
    ['..', /link, a link that leaves|link to a folder/],
    ['deep', /link, a link to a folder/],
    ['nowhere', /link, a link that leads nowhere/],
  ])('is refused with a link to %s in it', async (target, why) => {
    await makeFolder();
    await writeFile(join(base, 'secret'), 'x');
    await symlink(target, join(from, 'pages', 'link'));
    await expect(passedFiles.ready(from, 'pages', MANY)).rejects.toThrow(why);
    expect(await readdir(from)).toEqual(['pages']);
  });
});

describe('an archive', () => {
  it.each([
    [{ name: '../out' }],
    [{ name: 'a/../../out' }],
    [{ name: '/tmp/vaquita-out' }],
    [{ name: 'a\\..\\out' }],
    [{ name: 'a//b' }],
    [{ name: './a' }],
    [{ name: '..', type: 'directory' as const }],
    [{ name: 'link', type: 'symlink' as const, linkname: '/etc' }],
    [{ name: 'link', type: 'link' as const, linkname: '/etc/passwd' }],
    [{ name: 'pipe', type: 'fifo' as const }],
    [{ name: 'disk', type: 'block-device' as const }],
  ])('with %j is refused', async (header) => {
    await expect(passedFiles.arrive(to, 'input', await archiveOf([header]))).rejects.toThrow(/the archive holds/);
    expect(await readdir(base)).toEqual(['from', 'to']);
    expect(await readdir(to)).toEqual(['inputs']);
    expect(await readdir(join(to, 'inputs', 'input', 'pages'))).toEqual([]);
  });

  it('that names a file twice, or is none, is refused', async () => {
    await expect(passedFiles.arrive(to, 'a', await archiveOf([{ name: 'x' }, { name: 'x' }]))).rejects.toThrow(
      /EEXIST/,
    );
    const bytes = new Uint8Array(2_000).fill(120);
    const none = { fileName: 'x', kind: 'folder', size: 2_000, sha256: await sha256Hex(bytes) } as const;
    await expect(passedFiles.arrive(to, 'b', { ...none, content: new Blob([bytes]).stream() })).rejects.toThrow();
  });
});
