/** A real process that is stopped for longer than its session timeout, and wakes. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { migrate, type SqlDriver } from '@vaquita/store';
import { temporaryFolder } from '@vaquita/store/testing/database-file';
import { SQLD_BINARY, startSqld } from '@vaquita/store/testing/sqld';
import { describe, expect, onTestFinished, test } from 'vitest';
import { joinRegistry, openDatabase } from './testing/real-process.ts';

const SCRIPT = fileURLToPath(new URL('./testing/paused-process.ts', import.meta.url));
const TIMEOUT_MS = 1_500;

const databases = {
  async 'an embedded file'() {
    const folder = temporaryFolder();
    onTestFinished(() => folder[Symbol.dispose]());
    return join(folder.path, 'test.db');
  },
  async 'a libSQL server'() {
    const sqld = await startSqld();
    onTestFinished(() => sqld.close());
    return sqld.url;
  },
};

type Child = ChildProcessByStdio<null, Readable, null>;

function startChild(database: string) {
  const child: Child = spawn(process.execPath, [SCRIPT, database, String(TIMEOUT_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  // Asked for at once: it may have ended before anybody waits for that.
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    exited,
    async next(): Promise<{ readonly epoch: number }> {
      const { value, done } = await lines.next();
      if (done) throw new Error('the process has ended');
      return JSON.parse(value);
    },
  };
}

async function open(database: string): Promise<SqlDriver> {
  const driver = await openDatabase(database);
  onTestFinished(() => driver.close());
  await migrate(driver);
  return driver;
}

/** Awake, the child was refused everything that it tried, and knows by now that its lock is gone. */
const REFUSED = {
  is: 'awake',
  codes: ['session_expired', 'session_expired', 'session_expired', 'session_expired'],
  lockLost: true,
};

describe.skipIf(process.platform === 'win32')('a process that is stopped for longer than its session timeout', () => {
  for (const [name, make] of Object.entries(databases)) {
    const skip = name === 'a libSQL server' && SQLD_BINARY === undefined;

    test.skipIf(skip)(`is fenced when it wakes, and writes nothing: another took its place, on ${name}`, async () => {
      const database = await make();
      const driver = await open(database);
      const { client, registry } = await joinRegistry(driver, 'watching', 60_000);
      const { child, exited, next } = startChild(database);
      const { epoch } = await next();
      const lock = await client.acquireLock('/lock/paused');
      expect(lock?.epoch).toBe(epoch + 1);
      await client.put('/written/under-lock', 'by another', { fence: lock! });
      child.kill('SIGCONT');
      expect(await next()).toMatchObject(REFUSED);
      expect(await next()).toEqual({ is: 'back', tries: false });
      expect(await client.get('/written/under-lock')).toBe('by another');
      expect(await client.lockHolder('/lock/paused')).toMatchObject({ clientId: 'watching', epoch: epoch + 1 });
      const events = await driver.query({ sql: "select * from registry_events where value = 'after'", args: [] });
      expect(events).toEqual([]);
      await exited;
      await registry.close();
    });
  }

  test('is fenced by time alone, when nobody has missed it', async () => {
    const database = await databases['an embedded file']();
    const driver = await open(database);
    const { child, exited, next } = startChild(database);
    expect(await next()).toMatchObject({ is: 'holding' });
    const silent = `select 1 from registry_clients where expires_at < cast(unixepoch('subsec') * 1000 as integer)`;
    while ((await driver.query({ sql: silent, args: [] })).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGCONT');
    expect(await next()).toMatchObject(REFUSED);
    expect(await next()).toEqual({ is: 'back', tries: true });
    const values = await driver.query({ sql: "select value from registry_data where value = 'after'", args: [] });
    expect(values).toEqual([]);
    await exited;
  });
});
