/** Every statement of the registry finds its rows by an index, however many clients there are. */
import { join } from 'node:path';
import { migrate, openEmbeddedDriver, type SqlDriver, type SqlStatement } from '@vaquita/store';
import { temporaryFolder } from '@vaquita/store/testing/database-file';
import { expect, onTestFinished, test } from 'vitest';
import { createSqlRegistryStore } from '../sql-registry-store.ts';
import { actorOf, registration } from '../testing/contract/subject.ts';
import { createSqlCluster } from './cluster.ts';

/** A store that notes every statement, once. */
async function openNoted() {
  const folder = temporaryFolder();
  const driver = await openEmbeddedDriver({ path: join(folder.path, 'test.db') });
  onTestFinished(async () => {
    await driver.close();
    folder[Symbol.dispose]();
  });
  await migrate(driver);
  const noted = new Map<string, SqlStatement>();
  const noting: SqlDriver = {
    ...driver,
    query(statement) {
      noted.set(statement.sql, statement);
      return driver.query(statement);
    },
    write(unit) {
      for (const statement of unit) noted.set(statement.sql, statement);
      return driver.write(unit);
    },
  };
  const plan = async ({ sql, args }: SqlStatement) =>
    (await driver.query({ sql: `explain query plan ${sql}`, args })).map((row) => String(row.detail));
  return { store: createSqlRegistryStore(noting), cluster: createSqlCluster(noting), noted, plan };
}

/** One row; ids that were handed in; what was gathered in memory for `list`. */
const HARMLESS = /^SCAN (CONSTANT ROW|json_each|newest|d LEFT-JOIN)/;

test('no statement goes through a table, but the purge, which goes through what it removes', async () => {
  const { store, cluster, noted, plan } = await openNoted();
  const { clients, locks, data, events } = store;
  const a = actorOf('a');
  const key = { path: '/', name: '' };
  await clients.register(registration('a'));
  await clients.resume(registration('a'));
  await events.subscribe(a, key, null);
  await clients.beat({ actors: [a, actorOf('b')], cursors: [{ actor: a, ...key, lastEventId: 0 }] });
  await locks.take(a, '/lock/x', 'x');
  await locks.take(actorOf('b'), '/lock/y', 'x').catch(() => {});
  await locks.release(a, '/lock/x', 1);
  await data.put(a, { key: '/x', value: '', kind: 'persistent' });
  await data.put(a, { key: '/x', value: '', kind: 'ephemeral' }).catch(() => {});
  await data.get('/x');
  await data.children('/x');
  await data.list('/x');
  await data.remove(a, { key: '/x' });
  await events.after(0, 10);
  await events.head();
  await events.unsubscribe(a, key);
  await events.purge({ keepMs: 1, keepAtMostMs: 1 });
  await clients.look();
  await cluster.servers();
  await clients.restamp();
  await clients.bury(Number.MAX_SAFE_INTEGER, 10);
  await clients.leave(a);
  expect(noted.size).toBeGreaterThan(40);
  for (const statement of noted.values()) {
    for (const step of await plan(statement)) {
      if (!step.includes('SCAN') || HARMLESS.test(step)) continue;
      expect(step, statement.sql).toBe('SCAN registry_events');
      expect(statement.sql).toContain('created_at between');
    }
  }
});

test('a look is one query, and finds each of its figures at the end of an index', async () => {
  const { store, noted, plan } = await openNoted();
  await store.clients.look();
  expect(noted.size).toBe(1);
  const steps = await plan([...noted.values()][0]!);
  const indices = steps.filter((step) => step.startsWith('SEARCH registry_clients'));
  expect(indices).toHaveLength(6);
  for (const step of indices) expect(step).toContain('USING COVERING INDEX');
});
