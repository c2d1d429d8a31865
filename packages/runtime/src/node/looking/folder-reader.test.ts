import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFolderReader } from './folder-reader.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vaquita-read-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const readFolder = createFolderReader();
const namesIn = async (path: string, most = 100) => {
  const { entries, ...rest } = await readFolder(path, most);
  return { names: Array.from(entries, ({ name, type }) => `${name}: ${type}`).sort(), ...rest };
};

test('names are told with what they are', async () => {
  await writeFile(join(folder, 'a file'), '');
  await mkdir(join(folder, 'b'));
  await symlink(folder, join(folder, 'c'));
  const names = ['a file: file', 'b: folder', 'c: link'];
  expect(await namesIn(folder)).toEqual({ names, count: 3, isWhole: true, unknown: [] });
  expect(await namesIn(join(folder, 'b'))).toEqual({ names: [], count: 0, isWhole: true, unknown: [] });
});

test('of a folder with more names than wanted none is told', async () => {
  for (const name of ['a', 'b', 'c']) await writeFile(join(folder, name), '');
  expect(await namesIn(folder, 3)).toMatchObject({ count: 3, isWhole: true });
  expect(await namesIn(folder, 2)).toEqual({ names: [], count: 0, isWhole: false, unknown: [] });
});

test('what cannot be read is an error of the system, and others are read after it', async () => {
  await writeFile(join(folder, 'a'), '');
  await expect(readFolder(join(folder, 'missing'), 10)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(readFolder(join(folder, 'a'), 10)).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(await namesIn(folder)).toMatchObject({ names: ['a: file'] });
});

test('folders that are read at once are each read as such', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
  for (const name of names) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, `in-${name}`), '');
  }
  const read = await Promise.all(names.map((name) => namesIn(join(folder, name))));
  expect(read.map((one) => one.names)).toEqual(names.map((name) => [`in-${name}: file`]));
});
