/** W1–W4 on a real disk. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileWalk, type FileWalk, type FoundFile } from './walk-files.ts';

const walkFiles = createFileWalk();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vaquita-look-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), name);
  }
}

/** What is found, as paths in the folder; and what is told beside it. */
async function found(pattern: string, more: Partial<FileWalk> & { readonly most?: number } = {}) {
  const troubles: string[] = [];
  const paths: string[] = [];
  let ranOut = false;
  const walk: FileWalk = {
    path: pattern.startsWith('/') ? pattern : `${folder}/${pattern}`,
    after: null,
    maxNames: 1_000,
    maxPathChars: 4_096,
    signal: new AbortController().signal,
    trouble: (code, text) => troubles.push(`${code}: ${text.replaceAll(folder, '')}`),
    ranOut: () => {
      ranOut = true;
    },
    ...more,
    ...(more.after === undefined || more.after === null ? {} : { after: `${folder}/${more.after}` }),
  };
  for await (const file of walkFiles(walk)) {
    paths.push(file.path.slice(folder.length + 1));
    if (paths.length === more.most) break;
  }
  return { paths, troubles, ranOut };
}

test('files are told with their size and when they were changed', async () => {
  await put('a.csv');
  await utimes(join(folder, 'a.csv'), 1_000, 1_234.5);
  const files: FoundFile[] = [];
  const walk = { after: null, maxNames: 10, maxPathChars: 4_096, signal: new AbortController().signal };
  for await (const file of walkFiles({ path: `${folder}/*`, ...walk, trouble() {}, ranOut() {} })) files.push(file);
  expect(files).toEqual([{ path: `${folder}/a.csv`, size: 5, modifiedAt: 1_234_500 }]);
});

describe('a pattern finds', () => {
  beforeEach(() =>
    put('a.csv', 'a-b/x.csv', 'a/x.csv', 'a/b/c/x.csv', 'a/b/y.csv', 'a/.git/x.csv', '.tmp.csv', 'b/x.txt', 'x.csv/z'),
  );

  test.each<[string, string[]]>([
    ['*.csv', ['a.csv']],
    ['a/x.csv', ['a/x.csv']],
    ['a/none.csv', []],
    ['*/x.csv', ['a-b/x.csv', 'a/x.csv']],
    ['**/x.csv', ['a-b/x.csv', 'a/b/c/x.csv', 'a/x.csv']],
    ['a/**/*.csv', ['a/b/c/x.csv', 'a/b/y.csv', 'a/x.csv']],
    ['**/b/**/*.csv', ['a/b/c/x.csv', 'a/b/y.csv']],
    ['**', ['a-b/x.csv', 'a.csv', 'a/b/c/x.csv', 'a/b/y.csv', 'a/x.csv', 'b/x.txt', 'x.csv/z']],
    ['?/x.*', ['a/x.csv', 'b/x.txt']],
    ['.*.csv', ['.tmp.csv']],
    ['a/.git/*', ['a/.git/x.csv']],
    ['*/none/*.csv', []],
  ])('%s: %j', async (pattern, expected) => {
    expect(await found(pattern)).toEqual({ paths: expected, troubles: [], ranOut: false });
  });

  test('the rest after any of them, whatever it is: W1', async () => {
    const { paths: all } = await found('**');
    expect(all).toEqual([...all].sort());
    for (const [i, after] of all.entries()) expect((await found('**', { after })).paths).toEqual(all.slice(i + 1));
    expect((await found('**', { after: 'a/b/zzz' })).paths).toEqual(all.slice(all.indexOf('a/x.csv')));
  });
});

describe('nothing there', () => {
  test('is nothing, also where a folder below a pattern is missing', async () => {
    expect(await found('*.csv')).toEqual({ paths: [], troubles: [], ranOut: false });
    expect(await found('*/in/*.csv')).toEqual({ paths: [], troubles: [], ranOut: false });
  });

  test('is told where the first folder is missing, or none', async () => {
    await put('file');
    const missing = (path: string) => [`not_found: There is no folder ${path} on this machine.`];
    expect((await found('in/*.csv')).troubles).toEqual(missing('/in/'));
    expect((await found('in/today/ready.flag')).troubles).toEqual(missing('/in/today/'));
    expect((await found('file/*.csv')).troubles).toEqual(missing('/file/'));
  });

  test('is what a pattern that is none finds', async () => {
    expect((await found('../*')).troubles).toEqual([expect.stringContaining('bad_path')]);
    expect((await found('/in/../*')).troubles).toEqual([expect.stringContaining('bad_path')]);
  });
});

describe('links', () => {
  test('to files are files, and those that lead nowhere are nothing', async () => {
    await put('real/a.csv');
    await symlink(join(folder, 'real/a.csv'), join(folder, 'b.csv'));
    await symlink(join(folder, 'nowhere'), join(folder, 'c.csv'));
    await symlink(join(folder, 'real'), join(folder, 'd.csv'));
    expect(await found('*.csv')).toEqual({ paths: ['b.csv'], troubles: [], ranOut: false });
  });

  test('in a circle end no walk', async () => {
    await put('a/b/x.csv');
    await symlink(folder, join(folder, 'a/b/up'));
    await symlink(join(folder, 'a/self'), join(folder, 'a/self'));
    expect(await found('**/*.csv')).toEqual({ paths: ['a/b/x.csv'], troubles: [], ranOut: false });
    expect((await found('a/*/*.csv')).paths).toEqual(['a/b/x.csv']);
    // Named as such they are followed, as far as the pattern goes.
    expect((await found('a/b/up/a/b/x.csv')).paths).toEqual(['a/b/up/a/b/x.csv']);
    expect((await found('**/up/**/x.csv')).paths).toEqual(['a/b/up/a/b/x.csv']);
  });
});

test.skipIf(process.platform === 'win32')('a folder without permission is told, and the rest goes on: W4', async () => {
  await put('a/x.csv', 'b/x.csv', 'c/x.csv');
  await chmod(folder, 0o755);
  await chmod(join(folder, 'b'), 0);
  const { paths, troubles } = foundByNobody(`${folder}/**/*.csv`);
  expect(paths).toEqual([`${folder}/a/x.csv`, `${folder}/c/x.csv`]);
  expect(troubles).toEqual([`not_allowed: The worker may not look at ${folder}/b/: ${NO_PERMISSION}`]);
  expect(foundByNobody(`${folder}/b/*.csv`).troubles).toEqual([expect.stringContaining('not_allowed')]);
});

const NO_PERMISSION = 'the account it runs under has no permission.';

/** In a process of an account that is not root, who may look at everything. */
function foundByNobody(path: string): { readonly paths: string[]; readonly troubles: string[] } {
  const program = `
    import { createFileWalk } from ${JSON.stringify(new URL('./walk-files.ts', import.meta.url).href)};
    const paths = [], troubles = [];
    const walk = { path: ${JSON.stringify(path)}, after: null, maxNames: 100, maxPathChars: 4096, ranOut() {} };
    const options = { signal: new AbortController().signal, trouble: (code, text) => troubles.push(code + ': ' + text) };
    for await (const file of createFileWalk()({ ...walk, ...options })) paths.push(file.path);
    console.log(JSON.stringify({ paths, troubles }));`;
  const account = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, args, { ...account, encoding: 'utf8' }));
}

test('what vanishes between the list and the look at it is not there: W4', async () => {
  await put('a.csv', 'b.csv', 'c/d.csv', 'e.csv');
  const paths: string[] = [];
  const walk = { after: null, maxNames: 10, maxPathChars: 4_096, signal: new AbortController().signal };
  const troubles: string[] = [];
  const options = { ...walk, trouble: (code: string) => void troubles.push(code), ranOut() {} };
  for await (const { path } of walkFiles({ path: `${folder}/**`, ...options })) {
    paths.push(path.slice(folder.length + 1));
    if (paths.length > 1) continue;
    await rm(join(folder, 'b.csv'));
    await rm(join(folder, 'c'), { recursive: true });
  }
  expect(paths).toEqual(['a.csv', 'e.csv']);
  expect(troubles).toEqual([]);
});

test.skipIf(process.platform !== 'linux')('a name that is not UTF-8 is told and passed over', async () => {
  await put('a.csv', 'z.csv');
  execFileSync('sh', ['-c', `printf x > "$(printf 'm\\351.csv')"; mkdir "$(printf 'o\\351')"`], { cwd: folder });
  const { paths, troubles } = await found('**');
  expect(paths).toEqual(['a.csv', 'z.csv']);
  expect(troubles).toHaveLength(2);
  for (const one of troubles) expect(one).toContain('is not UTF-8');
});

test('a path that is too long is told and passed over', async () => {
  await put('a', `${'b'.repeat(200)}/c`);
  const { paths, troubles } = await found('**', { maxPathChars: folder.length + 100 });
  expect(paths).toEqual(['a']);
  expect(troubles).toEqual([expect.stringContaining('bad_name')]);
});

describe('names that are read are bounded: W3', () => {
  beforeEach(() => put('a/1', 'a/2', 'b/1', 'b/2', 'b/3', 'c/1'));

  test('a folder is listed whole or not at all, and what came before it stands', async () => {
    // Three folders, two files, and then no room for three more.
    expect(await found('*/*', { maxNames: 7 })).toEqual({ paths: ['a/1', 'a/2'], troubles: [], ranOut: true });
    expect(await found('*/*', { maxNames: 9 })).toMatchObject({ ranOut: false });
    expect(await found('*/*', { maxNames: 2 })).toEqual({ paths: [], troubles: [], ranOut: true });
  });

  test('going on after what was found leaves out what lies before it', async () => {
    const rest = { paths: ['b/2', 'b/3', 'c/1'], troubles: [], ranOut: false };
    expect(await found('*/*', { maxNames: 7, after: 'b/1' })).toEqual(rest);
  });
});

test('a walk that is called off ends', async () => {
  await put('a', 'b', 'c');
  const over = new AbortController();
  const paths: string[] = [];
  const walk = { after: null, maxNames: 10, maxPathChars: 4_096, signal: over.signal, trouble() {}, ranOut() {} };
  for await (const { path } of walkFiles({ path: `${folder}/*`, ...walk })) {
    paths.push(path);
    over.abort();
  }
  expect(paths).toHaveLength(1);
});
