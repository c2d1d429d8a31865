import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createManualClock } from '@vaquita/core/testing';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SqlDriver } from '../ports/driver.ts';
import { temporaryFolder } from '../testing/database-file.ts';
import { describeDriverContract } from '../testing/driver-contract.ts';
import { openEmbeddedDriver } from './embedded.ts';
import { openThreadDriver } from './thread.ts';

function testFile(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return join(folder.path, 'test.db');
}

const drivers = {
  'in place': (path: string) => openEmbeddedDriver({ path }),
  'in a thread': (path: string) => openThreadDriver({ path }),
} as const;

for (const [name, open] of Object.entries(drivers)) {
  describeDriverContract(name, async () => {
    const folder = temporaryFolder();
    const driver = await open(join(folder.path, 'test.db'));
    return {
      driver,
      async close() {
        await driver.close();
        folder[Symbol.dispose]();
      },
    };
  });

  describe(`embedded file ${name}`, () => {
    async function openKept(path: string): Promise<SqlDriver> {
      const driver = await open(path);
      onTestFinished(() => driver.close());
      return driver;
    }

    test('keeps what was acknowledged over a restart, and leaves all of it in one file', async () => {
      const path = testFile();
      const first = await open(path);
      await first.write([{ sql: 'create table t (a)', args: [] }]);
      await Promise.all(
        Array.from({ length: 100 }, (_, i) => first.write([{ sql: 'insert into t values (?)', args: [i] }])),
      );
      await first.close();
      expect(existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0).toBe(0);
      const second = await openKept(path);
      expect(await second.query({ sql: 'select count(*) as n from t', args: [] })).toEqual([{ n: 100 }]);
    });

    test('syncs each commit and holds foreign keys', async () => {
      const driver = await openKept(testFile());
      const [sync] = await driver.write([{ sql: 'pragma synchronous', args: [] }]);
      const [keys] = await driver.write([{ sql: 'pragma foreign_keys', args: [] }]);
      expect([sync!.rows, keys!.rows]).toEqual([[{ synchronous: 2 }], [{ foreign_keys: 1 }]]);
      expect(await driver.query({ sql: 'pragma journal_mode', args: [] })).toEqual([{ journal_mode: 'wal' }]);
    });

    test('says what to do about a folder that cannot be made and a file that is no database', async () => {
      const path = testFile();
      writeFileSync(path, 'this is not a database, but it is long enough to look like one'.repeat(20));
      await expect(open(path)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('backup') });
      const under = join(path, 'folder', 'x.db');
      await expect(open(under)).rejects.toMatchObject({
        code: 'data_dir_unwritable',
        message: expect.stringContaining('another data folder'),
      });
    });
  });
}

describe('a file held by another process', () => {
  test('is waited for, and written when it is free', async () => {
    const path = testFile();
    const clock = createManualClock();
    const driver = await openEmbeddedDriver({ path, clock, busyLimitMs: 100 });
    onTestFinished(() => driver.close());
    await driver.write([{ sql: 'create table t (a)', args: [] }]);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const late = driver.write([{ sql: 'insert into t values (1)', args: [] }]);
    await clock.advance(50);
    other.exec('COMMIT');
    await clock.advance(50);
    await late;

    other.exec('BEGIN IMMEDIATE');
    const never = expect(driver.write([{ sql: 'insert into t values (2)', args: [] }])).rejects.toMatchObject({
      code: 'database_busy',
    });
    await clock.advance(0);
    await clock.advance(200);
    await never;
    // Reads do not wait for a writer.
    expect(await driver.query({ sql: 'select a from t', args: [] })).toEqual([{ a: 1 }]);
    other.exec('COMMIT');
    other.close();
    // The connection that met BUSY is as good as new.
    await driver.write([{ sql: 'insert into t values (3)', args: [] }]);
    expect(await driver.query({ sql: 'select a from t', args: [] })).toEqual([{ a: 1 }, { a: 3 }]);
  });
});

describe('kill -9 in the middle of writes', () => {
  test.each(['in place', 'in a thread'])('loses no acknowledged row: %s', async (name) => {
    const path = testFile();
    const script = fileURLToPath(new URL('../testing/write-until-killed.ts', import.meta.url));
    const child = spawn(process.execPath, [script, path, name], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(Number(line));
      if (acknowledged.length === 400) child.kill('SIGKILL');
    }
    await exited;
    const driver = await openEmbeddedDriver({ path });
    onTestFinished(() => driver.close());
    const rows = await driver.query({ sql: 'select id, count(*) as n from t group by id', args: [] });
    const kept = new Map(rows.map((row) => [row.id, row.n]));
    expect(acknowledged.length).toBeGreaterThanOrEqual(400);
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    // A unit is two rows: none is there by half.
    expect([...kept.values()].filter((n) => n !== 2)).toEqual([]);
    expect(await driver.query({ sql: 'pragma integrity_check', args: [] })).toEqual([{ integrity_check: 'ok' }]);
  });
});

describe('a database thread that ends', () => {
  test('is told to everybody who waits and to everybody who comes later', async () => {
    const path = testFile();
    const entry = new URL('../testing/dying-thread.ts', import.meta.url);
    const driver = await openThreadDriver({ path, entry });
    onTestFinished(() => driver.close());
    const writes = Array.from({ length: 3 }, () => driver.write([{ sql: 'select 1', args: [] }]));
    for (const result of await Promise.allSettled(writes)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
    await expect(driver.write([{ sql: 'select 1', args: [] }])).rejects.toMatchObject({ code: 'unavailable' });
  });
});
