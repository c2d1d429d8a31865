import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdSource } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FileLogStore, openFileLogStore } from './log-store.ts';

const ids = createIdSource(createManualClock(1), createSeededRandom(1));
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
let folder: string;
const opened: FileLogStore[] = [];

function openLogs(): FileLogStore {
  const logs = openFileLogStore(folder);
  opened.push(logs);
  return logs;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logs-'));
});
afterEach(async () => {
  for (const logs of opened.splice(0)) await logs.close();
  rmSync(folder, { recursive: true, force: true });
});

test('chunks told twice, or overlapping, are kept once', async () => {
  const logs = openLogs();
  const id = ids.next<'task-instance'>();
  expect(await logs.append(id, 0, bytes('hello '))).toBe(6);
  expect(await logs.append(id, 0, bytes('hello '))).toBe(6);
  expect(await logs.append(id, 3, bytes('lo world'))).toBe(11);
  expect(text((await logs.read(id, 0, 100)).bytes)).toBe('hello world');
});

test('appends of one log keep their order, however they are awaited', async () => {
  const logs = openLogs();
  const id = ids.next<'task-instance'>();
  const parts = Array.from({ length: 200 }, (_, i) => `line ${i}\n`);
  let offset = 0;
  await Promise.all(
    parts.map((part) => {
      const at = offset;
      offset += part.length;
      return logs.append(id, at, bytes(part));
    }),
  );
  expect(text((await logs.read(id, 0, 10_000)).bytes)).toBe(parts.join(''));
});

test('what is lost leaves a marker of the same length, so that later offsets still fit', async () => {
  const logs = openLogs();
  const id = ids.next<'task-instance'>();
  await logs.append(id, 0, bytes('start'));
  expect(await logs.append(id, 105, bytes('end'))).toBe(108);
  const all = text((await logs.read(id, 0, 1_000)).bytes);
  expect(all).toContain('[100 bytes of output were lost]');
  expect(all.slice(105)).toBe('end');
  expect(await logs.append(id, 109, bytes('!'))).toBe(110);
});

test('another process goes on where the last one stopped', async () => {
  const id = ids.next<'task-instance'>();
  await openLogs().append(id, 0, bytes('before'));
  const logs = openLogs();
  expect(await logs.append(id, 0, bytes('before and after'))).toBe(16);
  expect(await logs.size(id)).toBe(16);
});

test('a read ends at a character, and says how much there is', async () => {
  const logs = openLogs();
  const id = ids.next<'task-instance'>();
  await logs.append(id, 0, bytes('aé漢🐬'));
  const read = async (limit: number) => text((await logs.read(id, 0, limit)).bytes);
  expect(await read(2)).toBe('a');
  expect(await read(3)).toBe('aé');
  expect(await read(5)).toBe('aé');
  expect(await read(9)).toBe('aé漢');
  expect(await logs.read(id, 0, 10)).toEqual({ bytes: bytes('aé漢🐬'), size: 10 });
  expect(await logs.read(id, 50, 10)).toEqual({ bytes: new Uint8Array(0), size: 10 });
});

test('a log that is not there is empty; one that is deleted is gone', async () => {
  const logs = openLogs();
  const id = ids.next<'task-instance'>();
  expect(await logs.read(id, 0, 10)).toEqual({ bytes: new Uint8Array(0), size: 0 });
  await logs.append(id, 0, bytes('x'));
  await logs.delete([id]);
  expect(await logs.size(id)).toBe(0);
});

test('who watches hears of growth, and nothing after it has stopped', async () => {
  const logs = openLogs();
  const id = ids.next<'task-instance'>();
  let heard = 0;
  const stop = logs.watch(id, () => (heard += 1));
  await logs.append(id, 0, bytes('x'));
  await logs.append(id, 0, bytes('x'));
  expect(heard).toBe(1);
  stop();
  await logs.append(id, 1, bytes('y'));
  expect(heard).toBe(1);
});

test('more logs than may be open at once are all kept', async () => {
  const logs = openLogs();
  const many = Array.from({ length: 300 }, () => ids.next<'task-instance'>());
  await Promise.all(many.map((id) => logs.append(id, 0, bytes(`${id} begins`))));
  await Promise.all(many.map((id) => logs.append(id, 33, bytes(' ends'))));
  for (const id of many) expect(text((await logs.read(id, 0, 100)).bytes)).toBe(`${id} begins ends`);
});

test('an id that is none cannot name a file', async () => {
  const logs = openLogs();
  await expect(logs.read('../../etc/passwd' as never, 0, 10)).rejects.toThrow('not the id');
});
