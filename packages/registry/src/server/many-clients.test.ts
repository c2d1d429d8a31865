/** What 10,000 clients cost: as many statements as ten. */
import type { WorkerId } from '@vaquita/core';
import type { SqlDriver } from '@vaquita/store';
import { afterAll, expect, test } from 'vitest';
import { createSqlRegistryStore } from '../sql-registry-store.ts';
import { type Database, embeddedDatabase, TEST_NOW } from '../testing/backends.ts';
import { createWorld, type World } from '../testing/world.ts';

let database: Promise<Database> | undefined;
afterAll(async () => (await database)?.close());

/** A world in which the statements that reach the database are counted. */
async function countedWorld(): Promise<{ readonly world: World; readonly statements: string[] }> {
  database ??= embeddedDatabase();
  const { fresh, close } = await database;
  const statements: string[] = [];
  function counted(driver: SqlDriver): SqlDriver {
    return {
      ...driver,
      query(statement) {
        statements.push(statement.sql);
        return driver.query(statement);
      },
      write(unit) {
        statements.push(...unit.map(({ sql }) => sql));
        return driver.write(unit);
      },
    };
  }
  const world = await createWorld({
    async fresh(clock) {
      const backend = await fresh(clock);
      return { ...backend, store: createSqlRegistryStore(counted(backend.driver!), { now: TEST_NOW }) };
    },
    close,
  });
  return { world, statements };
}

const SECONDS = 60;

/** The statements of a minute in which so many settled workers beat every 30 s, each at a moment of its own. */
async function statementsOfAMinute(workers: number): Promise<readonly string[]> {
  const { world, statements } = await countedWorld();
  const { registry, connect } = world.process();
  await registry.start();
  await connect('server', { heartbeatIntervalMs: 2_500 });
  const clients = await Promise.all(
    Array.from({ length: workers }, (_, i) =>
      registry.connect({
        id: `worker-${i}` as WorkerId,
        name: `worker ${i}`,
        kind: 'worker',
        proxied: true,
        heartbeatIntervalMs: 30_000,
        sessionTimeoutMs: 90_000,
      }),
    ),
  );

  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      for (const [i, client] of clients.entries()) if (i % 30 === second % 30) client.touch();
      await world.advance(1_000);
    }
  }

  await pass(90);
  statements.length = 0;
  await pass(SECONDS);
  const minute = [...statements];
  expect(clients.filter(({ state }) => state !== 'connected')).toEqual([]);
  await registry.close();
  return minute;
}

test('beats of all clients are one statement a tick, and looks do not count clients', async () => {
  const few = await statementsOfAMinute(10);
  const many = await statementsOfAMinute(10_000);
  expect(many).toEqual(few);
  const beats = many.filter((sql) => sql.startsWith('update registry_clients'));
  expect(beats).toHaveLength(SECONDS / 2.5);
  // The server's own session is the shortest: it is looked at every half of its timeout.
  const looks = many.filter((sql) => sql.includes('min(expires_at)'));
  expect(looks.length).toBeLessThanOrEqual(SECONDS / 5);
  expect(many).toHaveLength(beats.length + looks.length);
}, 120_000);

test('many that fall silent at once are buried some hundreds at a time', async () => {
  const { world, statements } = await countedWorld();
  const [one, observer] = [world.process(), world.process()];
  for (const { registry } of [one, observer]) await registry.start();
  await observer.connect('observer');
  await Promise.all(
    Array.from({ length: 1_600 }, (_, i) =>
      one.connect(`worker-${i}`, { kind: 'worker', proxied: true, sessionTimeoutMs: 5_000 }),
    ),
  );
  one.kill();
  statements.length = 0;
  await world.advance(11_000);
  expect(await world.store.clients.look()).toMatchObject({ servers: 1, longestTimeoutMs: 10_000 });
  const burials = statements.filter((sql) => sql.startsWith('delete from registry_clients'));
  expect(burials).toHaveLength(4);
}, 120_000);
