import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPrivateFiles, prepareDataFolder, preparePrivateFile } from './data-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mode = (path: string) => statSync(path).mode & 0o777;

test('missing folders are made, for their owner alone; one that is there is left as it is', async () => {
  await prepareDataFolder(join(folder, 'a/b/c'));
  expect(mode(join(folder, 'a/b/c'))).toBe(0o700);
  expect(mode(join(folder, 'a'))).toBe(0o700);
  await prepareDataFolder(join(folder, 'a/b/c'));
});

test('a folder below a file is refused with what to do', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(prepareDataFolder(join(folder, 'file/data'))).rejects.toMatchObject({
    code: 'data_dir_unwritable',
    message: expect.stringContaining('VAQUITA_DATA_DIR'),
  });
});

test.runIf(existsSync('/proc'))('a file system that takes no folders is refused too, and at once', async () => {
  await expect(prepareDataFolder('/proc/vaquita/data')).rejects.toMatchObject({ code: 'data_dir_unwritable' });
});

test('a private file is for its owner alone from the first moment, and keeps what it holds', async () => {
  const path = join(folder, 'database');
  await preparePrivateFile(path);
  expect(mode(path)).toBe(0o600);
  writeFileSync(path, 'rows');
  await preparePrivateFile(path);
  expect(statSync(path).size).toBe(4);
});

test('private files are written whole and read back; one that is not there is undefined', async () => {
  const files = openPrivateFiles(folder);
  expect(await files.read('token')).toBeUndefined();
  await files.write('token', 'secret');
  expect(await files.read('token')).toBe('secret');
  expect(mode(join(folder, 'token'))).toBe(0o600);
});

test('of many who make a private file at once one has made it, and nothing else is left', async () => {
  const files = openPrivateFiles(folder);
  const made = await Promise.all(['a', 'b', 'c'].map((text) => files.create('key', text)));
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await files.read('key')).toBe(['a', 'b', 'c'][made.indexOf(true)]);
  expect(await files.create('key', 'd')).toBe(false);
  expect(mode(join(folder, 'key'))).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['key']);
});
