import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LineFileOrder } from '@vaquita/plugins';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createLineFiles } from './line-files.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vaquita-lines-'));
  folder = join(root, 'listeners');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const order: LineFileOrder = { name: 'events.jsonl', maxBytes: 100, maxFiles: 3, flush: 'disk' };
async function openFile(changes: Partial<LineFileOrder> = {}) {
  const file = await createLineFiles(folder).open({ ...order, ...changes });
  onTestFinished(() => file.close());
  return file;
}
const read = (name = order.name) => readFileSync(join(folder, name), 'utf8');

test('lines are there when they count as written, and stay over openings', async () => {
  for (const flush of ['disk', 'system'] as const) {
    const file = await openFile({ flush });
    await file.append(`{"a":"${flush}"}`);
    expect(read()).toContain(`{"a":"${flush}"}\n`);
    await file.close();
  }
  expect(read()).toBe('{"a":"disk"}\n{"a":"system"}\n');
});

test('a full file makes room for a new one, the oldest goes, and all that is left is in order', async () => {
  const file = await openFile();
  for (let index = 0; index < 20; index += 1) await file.append(`${String(index).padStart(39, '0')}`);
  expect(readdirSync(folder).sort()).toEqual(['events.jsonl', 'events.jsonl.1', 'events.jsonl.2']);
  const kept = ['events.jsonl.2', 'events.jsonl.1', 'events.jsonl'].map((name) => read(name)).join('');
  expect(kept.trim().split('\n').map(Number)).toEqual([14, 15, 16, 17, 18, 19]);
});

test('one file only begins anew, and a line longer than a file is written whole', async () => {
  const file = await openFile({ maxFiles: 1 });
  await file.append('a'.repeat(500));
  expect(read()).toHaveLength(501);
  await file.append('b');
  expect(read()).toBe('b\n');
  expect(readdirSync(folder)).toEqual(['events.jsonl']);
});

test('F3: a line that a crash has cut off is taken away, whole lines stay', async () => {
  for (const torn of ['{"half', 'x'.repeat(200_000)]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, order.name), `{"whole":1}\n${torn}`);
    const file = await openFile({ maxBytes: 1_000_000 });
    await file.append('{"next":2}');
    expect(read()).toBe('{"whole":1}\n{"next":2}\n');
    await file.close();
  }
  writeFileSync(join(folder, order.name), 'only half a line');
  await (await openFile()).append('first');
  expect(read()).toBe('first\n');
});

test('F1: no name leads out of the folder, and no link is followed', async () => {
  for (const name of ['../events', 'a/b', '/etc/passwd', '..', '.', '', '.hidden', 'a\0b', 'a\\b', 'C:x']) {
    await expect(openFile({ name }), name).rejects.toThrow('no plain name');
  }
  mkdirSync(folder);
  writeFileSync(join(root, 'secret'), 'untouched');
  symlinkSync(join(root, 'secret'), join(folder, order.name));
  await expect(openFile()).rejects.toThrow('it is a link, and links are not followed');
  expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('untouched');
  mkdirSync(join(folder, 'events.d'));
  await expect(openFile({ name: 'events.d' })).rejects.toThrow('it is no ordinary file');
});

test('F4: a file that was moved away is not written any more, and of two writers none loses a line', async () => {
  const file = await openFile();
  await file.append('one');
  renameSync(join(folder, order.name), join(folder, 'moved'));
  await file.append('two');
  expect([read('moved'), read()]).toEqual(['one\n', 'two\n']);
  const other = await openFile();
  await Promise.all([file.append('three'), other.append('four')]);
  expect(read().trim().split('\n').sort()).toEqual(['four', 'three', 'two']);
});

test('what goes on beside does not mix with lines: they are written one after the other', async () => {
  const file = await openFile({ maxBytes: 1_000_000 });
  const lines = Array.from({ length: 50 }, (_, index) => `${index}`);
  await Promise.all([...lines.map((line) => file.append(line)), file.close()]);
  expect(read()).toBe(`${lines.join('\n')}\n`);
});

test('what cannot be written is said in words', async () => {
  writeFileSync(folder, 'in the way');
  await expect(openFile()).rejects.toThrow('The file events.jsonl cannot be written');
});
