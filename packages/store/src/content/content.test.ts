/** What logs and files in a shared database must do beyond the contract: several writers, bounds, leftovers. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError, createIdSource, sha256Hex } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbeddedDriver } from '../drivers/embedded.ts';
import type { SqlDriver } from '../ports/driver.ts';
import type { FileKey } from '../ports/files.ts';
import { temporaryFolder } from '../testing/database-file.ts';
import { prepareContent } from './content-tables.ts';
import { createSqlFileStore } from './sql-file-store.ts';
import { createSqlLogStore } from './sql-log-store.ts';

const ids = createIdSource(createManualClock(1), createSeededRandom(1));
const bytes = (text: string) => new TextEncoder().encode(text);
let folder: ReturnType<typeof temporaryFolder>;
let driver: SqlDriver;

beforeEach(async () => {
  folder = temporaryFolder();
  driver = await openEmbeddedDriver({ path: join(folder.path, 'content.db') });
  await prepareContent(driver);
});
afterEach(async () => {
  await driver.close();
  folder[Symbol.dispose]();
});

const logStore = (maxBytes = 1_000_000) => createSqlLogStore(driver, { maxBytes });
const count = async (table: string) =>
  Number((await driver.query({ sql: `select count(*) as n from ${table}`, args: [] }))[0]!.n);

test('a server that leads no longer and one that does can write the same log: each byte is kept once (G1, G2)', async () => {
  const [before, after] = [logStore(), logStore()];
  const id = ids.next<'task-instance'>();
  const output = Array.from({ length: 3_000 }, (_, i) => `line ${i}\n`).join('');
  const data = bytes(output);
  const cuts = [0, 10, 5_000, 12_000, 20_000, data.length];
  for (const store of [before, after]) await store.append(id, 0, data.subarray(0, 7));
  await Promise.all(
    [before, after].flatMap((store, i) =>
      cuts
        .slice(1)
        .map((end, j) =>
          store.append(id, Math.max(0, cuts[j]! - 5 * i), data.subarray(Math.max(0, cuts[j]! - 5 * i), end)),
        ),
    ),
  );
  const { bytes: read, size } = await before.read(id, 0, 1_000_000);
  expect(size).toBe(data.length);
  expect(new TextDecoder().decode(read)).toBe(output);
});

test('whatever the bytes are, they come back', async () => {
  const logs = logStore();
  const id = ids.next<'task-instance'>();
  const data = Uint8Array.from({ length: 1_000 }, (_, i) => i % 256);
  for (let at = 0; at < data.length; at += 100) await logs.append(id, at, data.subarray(at, at + 100));
  expect((await logs.read(id, 0, 2_000)).bytes).toEqual(data);
});

test('many small chunks are few rows, and a large one is cut into pieces', async () => {
  const logs = logStore();
  const id = ids.next<'task-instance'>();
  for (let i = 0; i < 200; i++) await logs.append(id, i * 10, bytes('0123456789'));
  expect(await count('log_chunks')).toBe(1);
  await logs.append(id, 2_000, bytes('x'.repeat(200_000)));
  expect(await count('log_chunks')).toBe(7);
  expect((await logs.read(id, 0, 1_000_000)).bytes).toHaveLength(202_000);
  expect((await logs.read(id, 40_000, 50_000)).bytes).toHaveLength(50_000);
});

test('a log that is too long ends with a line that says so, and the worker need not keep the rest (G3)', async () => {
  const logs = logStore(1_000);
  const id = ids.next<'task-instance'>();
  expect(await logs.append(id, 0, bytes('a'.repeat(900)))).toBe(900);
  expect(await logs.append(id, 900, bytes('b'.repeat(500)))).toBe(1_400);
  expect(await logs.append(id, 1_400, bytes('c'))).toBe(1_401);
  expect(await logStore(1_000).append(id, 1_300, bytes('b'.repeat(100)))).toBe(1_400);
  const { bytes: read, size } = await logs.read(id, 0, 10_000);
  expect(size).toBe(1_000);
  expect(new TextDecoder().decode(read)).toMatch(
    /^a+b*\n\[the log ends here: it has reached the 1000 bytes that are kept of one\]\n$/,
  );
});

test('a database that is away for a moment, or loses its answer, costs no byte (G3)', async () => {
  const failures = ['unavailable', 'outcome_unknown', 'database_busy', 'written'] as const;
  let next = 0;
  const shaky: SqlDriver = {
    ...driver,
    async write(unit) {
      const failure = failures[next++ % 5];
      if (failure === 'written') await driver.write(unit);
      if (failure !== undefined) throw new AppError(failure === 'written' ? 'outcome_unknown' : failure, 'not now');
      return driver.write(unit);
    },
  };
  const logs = createSqlLogStore(shaky, { maxBytes: 1_000_000 });
  const id = ids.next<'task-instance'>();
  for (let i = 0; i < 20; i++) expect(await logs.append(id, i * 10, bytes('0123456789'))).toBe(i * 10 + 10);
  expect(new TextDecoder().decode((await logs.read(id, 0, 1_000)).bytes)).toBe('0123456789'.repeat(20));
  const away = createSqlLogStore(
    { ...driver, write: () => Promise.reject(new AppError('unavailable', 'gone')) },
    { maxBytes: 999 },
  );
  await expect(away.append(id, 200, bytes('x'))).rejects.toMatchObject({ code: 'unavailable' });
});

test('who watches a log is woken by what other servers write', async () => {
  const logs = logStore();
  let grown = 0;
  const stop = logs.watch(ids.next<'task-instance'>(), () => {
    grown += 1;
  });
  logs.wake();
  expect(grown).toBe(1);
  stop();
  logs.wake();
  expect(grown).toBe(1);
});

function fileStore() {
  return createSqlFileStore(driver, {
    newHasher() {
      const hash = createHash('sha256');
      return { update: (piece) => void hash.update(piece), digest: () => hash.digest('hex') };
    },
  });
}

const KEY: FileKey = {
  workflowInstanceId: ids.next<'workflow-instance'>(),
  taskInstanceId: ids.next<'task-instance'>(),
  output: 'report',
};

async function put(text: string, size = text.length): Promise<void> {
  const facts = { fileName: 'report.csv', folder: false, size, sha256: await sha256Hex(bytes(text)) };
  await fileStore().put(KEY, facts, new Blob([text]).stream());
}

test('what no file names any more is cleared away, and nothing else (K2)', async () => {
  await put('x'.repeat(600_000));
  expect(await count('content_chunks')).toBe(3);
  await put('second');
  await expect(put('third', 99)).rejects.toMatchObject({ code: 'bad_request' });
  expect(await count('content_uploads')).toBe(3);
  expect(await fileStore().purge()).toBe(0);
  expect(await fileStore().purge(0)).toBe(2);
  expect([await count('content_uploads'), await count('content_chunks')]).toEqual([1, 1]);
  const found = await fileStore().read(KEY);
  expect(await new Response(found!.content as ReadableStream<Uint8Array<ArrayBuffer>>).text()).toBe('second');
});

test('an upload that was cleared away while it was on its way does not become a file (K1)', async () => {
  const text = 'x'.repeat(600_000);
  const content = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(bytes(text.slice(0, 300_000)));
    },
    async pull(controller) {
      await fileStore().purge(0);
      controller.enqueue(bytes(text.slice(300_000)));
      controller.close();
    },
  });
  const facts = { fileName: 'f', folder: false, size: text.length, sha256: await sha256Hex(bytes(text)) };
  await expect(fileStore().put(KEY, facts, content)).rejects.toMatchObject({ code: 'conflict' });
  expect(await fileStore().find(KEY)).toBeUndefined();
});
