/** Paths that tasks give for their outputs: what is taken, and every way out of the folder that is not. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findOutput } from './output-place.ts';

let base: string;
let folder: string;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'output-')));
  folder = join(base, 'task');
  await mkdir(join(folder, 'pages'), { recursive: true });
  await mkdir(join(base, 'task-other'));
  for (const path of ['task/a.csv', 'task/pages/b.csv', 'secret', 'task-other/c'])
    await writeFile(join(base, path), 'x');
});
afterEach(() => rm(base, { recursive: true, force: true }));

describe('findOutput', () => {
  it.each([
    ['a.csv', 'a.csv', 'file'],
    ['./pages/b.csv', 'b.csv', 'file'],
    ['pages', 'pages', 'folder'],
    ['pages/', 'pages', 'folder'],
    ['pages/../a.csv', 'a.csv', 'file'],
  ])('takes %s', async (given, fileName, kind) => {
    expect(await findOutput(folder, given)).toMatchObject({ fileName, kind });
  });

  it('takes full paths inside the folder, and a folder that is reached by a link', async () => {
    expect(await findOutput(folder, join(folder, 'a.csv'))).toMatchObject({ kind: 'file' });
    await symlink(folder, join(base, 'link'));
    expect(await findOutput(join(base, 'link'), join(folder, 'a.csv'))).toMatchObject({ kind: 'file' });
    expect(await findOutput(join(base, 'link'), 'a.csv')).toMatchObject({ path: join(folder, 'a.csv') });
  });

  it('takes a link that stays inside, under its own name', async () => {
    await symlink('a.csv', join(folder, 'newest.csv'));
    expect(await findOutput(folder, 'newest.csv')).toMatchObject({
      path: join(folder, 'a.csv'),
      fileName: 'newest.csv',
    });
  });

  it.each([
    ['../secret', 'outside'],
    ['pages/../../secret', 'outside'],
    ['/etc/passwd', 'outside'],
    ['../task-other/c', 'outside'],
    ['..', 'outside'],
    ['.', 'whole folder'],
    ['none.csv', 'nothing at "none.csv"'],
    ['a.csv/b', 'nothing at'],
  ])('refuses %s: %s', async (given, why) => {
    await expect(findOutput(folder, given)).rejects.toMatchObject({
      code: 'task_failed',
      message: expect.stringContaining(why),
    });
  });

  it.each([
    ['../secret', 'way-out'],
    ['..', 'up/secret'],
    ['/', 'root/etc/passwd'],
  ])('refuses a link to %s that leaves the folder', async (target, given) => {
    await symlink(target, join(folder, given.split('/')[0]!));
    await expect(findOutput(folder, given)).rejects.toThrow(/outside the task's folder/);
  });

  it('refuses links in a circle, and what is no file', async () => {
    await symlink('round', join(folder, 'round'));
    await expect(findOutput(folder, 'round')).rejects.toThrow(/leads to itself/);
    await symlink('/dev/null', join(folder, 'null'));
    await expect(findOutput(folder, 'null')).rejects.toThrow(/outside/);
  });
});
