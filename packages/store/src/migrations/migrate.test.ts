import { join } from 'node:path';
import type { WorkflowId } from '@vaquita/core';
import { is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbeddedDriver } from '../drivers/embedded.ts';
import { openStore } from '../open-store.ts';
import type { SqlDriver } from '../ports/driver.ts';
import * as schema from '../schema/index.ts';
import { holdLeaderLock, temporaryFolder } from '../testing/database-file.ts';
import { addLinks, dropLinks } from '../verbs/workflow-links.ts';
import { MIGRATIONS } from './generated.ts';
import { type Migration, migrate } from './migrate.ts';

function testFile(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return join(folder.path, 'test.db');
}

async function open(path = testFile()): Promise<SqlDriver> {
  const driver = await openEmbeddedDriver({ path });
  onTestFinished(() => driver.close());
  return driver;
}

const migration = (number: number, ...statements: string[]): Migration => ({
  number,
  name: `step_${number}`,
  checksum: `checksum of ${statements.join()}`,
  statements,
});
const FIRST = migration(0, 'create table a (x)');
const SECOND = migration(1, 'create table b (x)', 'insert into b values (1)');
const BROKEN = migration(1, 'create table b (x)', 'insert into nowhere values (1)');

/** Everything a migration could have changed. */
async function dump(driver: SqlDriver): Promise<unknown> {
  const objects = await driver.query({ sql: 'select type, name, sql from sqlite_master order by name', args: [] });
  const record = await driver.query({ sql: 'select * from schema_migrations order by number', args: [] });
  return { objects, record };
}

test('applies each migration once, in order, also when there are more later', async () => {
  const driver = await open();
  expect(await migrate(driver, { migrations: [FIRST], now: () => 5 })).toEqual(['0000_step_0']);
  expect(await migrate(driver, { migrations: [FIRST], now: () => 6 })).toEqual([]);
  expect(await migrate(driver, { migrations: [FIRST, SECOND], now: () => 7 })).toEqual(['0001_step_1']);
  expect(await driver.query({ sql: 'select number, applied_at from schema_migrations', args: [] })).toEqual([
    { number: 0, applied_at: 5 },
    { number: 1, applied_at: 7 },
  ]);
});

test('two migrators at once on one new file do the work once, and both succeed (I1)', async () => {
  const path = testFile();
  const drivers = [await open(path), await open(path), await open(path)];
  const applied = await Promise.all(drivers.map((driver) => migrate(driver)));
  expect(applied.flat().sort()).toEqual(
    MIGRATIONS.map(({ number, name }) => `${String(number).padStart(4, '0')}_${name}`),
  );
  expect(await migrate(drivers[0]!)).toEqual([]);
});

test('a migration that fails leaves nothing of itself, and says which it was', async () => {
  const driver = await open();
  await migrate(driver, { migrations: [FIRST] });
  const before = await dump(driver);
  await expect(migrate(driver, { migrations: [FIRST, BROKEN] })).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('0001_step_1'),
  });
  expect(await dump(driver)).toEqual(before);
});

test('a database of a newer release is refused and left as it is (I3)', async () => {
  const driver = await open();
  await migrate(driver, { migrations: [FIRST, SECOND] });
  const before = await dump(driver);
  await expect(migrate(driver, { migrations: [FIRST] })).rejects.toMatchObject({
    code: 'database_newer',
    message: expect.stringContaining('0001_step_1'),
  });
  expect(await dump(driver)).toEqual(before);
});

test('a migration recorded with another text is refused (I2)', async () => {
  const driver = await open();
  await migrate(driver, { migrations: [FIRST] });
  const other = { ...FIRST, checksum: 'other' };
  await expect(migrate(driver, { migrations: [other, SECOND] })).rejects.toMatchObject({ code: 'conflict' });
  expect(await driver.query({ sql: "select 1 from sqlite_master where name = 'b'", args: [] })).toEqual([]);
});

test('the migrations make the tables, columns and indices that the schema says', async () => {
  const driver = await open();
  await migrate(driver);
  const tables = Object.values(schema).filter((value) => is(value, SQLiteTable));
  expect(tables.length).toBeGreaterThan(10);
  for (const table of tables) {
    const { name, columns, indexes } = getTableConfig(table);
    const made = await driver.query({
      sql: 'select name, "notnull" as required from pragma_table_info(?)',
      args: [name],
    });
    expect(
      made.map((column) => [column.name, column.required === 1]),
      name,
    ).toEqual(columns.map((column) => [column.name, column.notNull]));
    const indices = await driver.query({ sql: 'select name, "unique" as u from pragma_index_list(?)', args: [name] });
    const expected = [
      ...indexes.map(({ config }) => [config.name, config.unique]),
      ...columns.filter((column) => column.isUnique).map((column) => [column.uniqueName, true]),
    ];
    const named = indices.filter((index) => !String(index.name).startsWith('sqlite_autoindex'));
    expect(named.map((index) => [index.name, index.u === 1]).sort(), name).toEqual(expected.sort());
  }
});

test('events of a database from before they could be of no project keep their numbers, and new ones follow', async () => {
  const driver = await open();
  await migrate(driver, { migrations: MIGRATIONS.slice(0, 2) });
  const insert = (seq: number | null, project: string | null) => ({
    sql: "insert into events (seq, type, project_id, at, data) values (?, 'workflow.added', ?, 1, '{}')",
    args: [seq, project],
  });
  await driver.write([insert(7, 'p'), insert(41, 'p')]);
  await expect(driver.write([insert(null, null)])).rejects.toBeDefined();
  await migrate(driver);
  await driver.write([insert(null, null)]);
  expect(await driver.query({ sql: 'select seq, project_id from events order by seq', args: [] })).toEqual([
    { seq: 7, project_id: 'p' },
    { seq: 41, project_id: 'p' },
    { seq: 42, project_id: null },
  ]);
});

test('runs, tasks and projects of a database from before places and groups hold nothing and belong to nobody', async () => {
  const driver = await open();
  await migrate(driver, { migrations: MIGRATIONS.slice(0, 3) });
  const old = {
    projects: { id: 'p', name: 'p', description: '', created_at: 1, updated_at: 1 },
    workflow_instances: {
      ...{ id: 'r', project_id: 'p', workflow_id: 'w', workflow_name: 'w', version: 1, number: 7, state: 'running' },
      ...{ run_counter: 1, params: '{}', start_tasks: '[]', scope: 'all', failure_strategy: 'continue' },
      ...{ priority: 'medium', dry_run: 0, business_time: 1, created_by: 'ann', created_at: 1, updated_at: 1 },
    },
    task_instances: {
      ...{ id: 't', workflow_instance_id: 'r', name: 'a', type: 'shell', state: 'running', attempt: 1, retry_times: 0 },
      ...{ failovers: 0, current: 1, run_counter: 1, worker_group: 'default', priority: 'medium' },
      ...{ first_submitted_at: 1, submitted_at: 1, outputs: '{}', inputs: '{}', log_bytes: 0, updated_at: 1 },
    },
  };
  const inserts = Object.entries(old).map(([table, row]) => {
    const names = Object.keys(row);
    return {
      sql: `insert into ${table} (${names.join()}) values (${names.map(() => '?').join()})`,
      args: Object.values(row),
    };
  });
  await driver.write(inserts);
  expect((await migrate(driver))[0]).toBe('0003_run_control');
  const store = openStore(driver, { clock: Date });
  expect(await store.projects.find('p')).toMatchObject({ name: 'p', params: [] });
  expect(await store.instances.find('r')).toMatchObject({
    ...{ id: 'r', state: 'running', number: 7, queuedAt: null, executionSlot: null, parentInstanceId: null },
    ...{ parentTask: null, parentTaskId: null, childIndex: 0, lineage: [], outputs: {}, quarantine: null },
  });
  expect(await store.instances.task('t')).toMatchObject({
    ...{
      id: 't',
      state: 'running',
      taskGroup: null,
      groupPriority: 0,
      groupSlot: null,
      groupForced: false,
      logic: null,
    },
  });
});

test('a database from before the registry kept data: who leads still leads, in the same term', async () => {
  const driver = await open();
  await migrate(driver, { migrations: MIGRATIONS.slice(0, 4) });
  await holdLeaderLock(driver, 7);
  expect((await migrate(driver))[0]).toBe('0004_registry');
  expect(await driver.query({ sql: 'select key, client_id, epoch from registry_locks', args: [] })).toEqual([
    { key: '/lock/leader', client_id: 'leader', epoch: 7 },
  ]);
  await driver.write([{ sql: 'insert into fence (epoch) values (7)', args: [] }]);
  await expect(driver.write([{ sql: 'insert into fence (epoch) values (6)', args: [] }])).rejects.toMatchObject({
    code: 'fenced',
  });
});

test('schedules of a database from before uses of calendars had a table are known as their users', async () => {
  const driver = await open();
  await migrate(driver, { migrations: MIGRATIONS.slice(0, 23) });
  const calendars = { include: ['c1'], exclude: ['c2', 'c1', 'gone'] };
  await driver.write(
    [
      `insert into projects (id, name, description, created_at, updated_at) values ('p', 'p', '', 1, 1)`,
      `insert into workflows (id, project_id, name, description, version, online, task_count, created_at, updated_at)
         values ('w', 'p', 'w', '', 1, 1, 1, 1, 1)`,
      ...['c1', 'c2', 'c3'].map(
        (
          id,
        ) => `insert into calendars (id, name, description, entries, weekdays, revision, created_by, created_at, updated_at)
         values ('${id}', '${id}', '', '[]', '[]', 1, 'ann', 1, 1)`,
      ),
      `insert into schedules (id, project_id, workflow_id, name, description, plan, start, online, revision, cursor_at,
         created_by, created_at, updated_by, updated_at)
         values ('s', 'p', 'w', 's', '', '${JSON.stringify({ calendars })}', '{}', 1, 1, 1, 'ann', 1, 'ann', 1)`,
    ].map((sql) => ({ sql, args: [] })),
  );
  await migrate(driver);
  expect(await driver.query({ sql: 'select * from calendar_uses order by 1', args: [] })).toEqual([
    { calendar_id: 'c1', schedule_id: 's' },
    { calendar_id: 'c2', schedule_id: 's' },
  ]);
  expect(await openStore(driver, { clock: Date }).schedules.find('s')).toMatchObject({ problem: null });
});

test('what workflows name of each other is known of a database from before links had a table', async () => {
  const driver = await open();
  await migrate(driver, { migrations: MIGRATIONS.slice(0, 31) });
  const on = {
    any: [{ workflow: 'b', range: 'today' }, [{ workflow: 'c', project: 'q', task: 'x', range: 'lastHour' }]],
  };
  const document = {
    name: 'a',
    tasks: [
      { name: 'sh', type: 'shell', params: { workflow: 'no' } },
      { name: 'w', type: 'dependent', on },
      { name: 's', type: 'sub_workflow', workflow: 'd', enabled: false, params: [{ name: 'x', workflow: 'no' }] },
    ],
  };
  await driver.write(
    [
      `insert into projects (id, name, description, created_at, updated_at) values ('p', 'p', '', 1, 1)`,
      `insert into workflows (id, project_id, name, description, version, online, task_count, created_at, updated_at)
         values ('a', 'p', 'a', '', 2, 1, 1, 1, 1)`,
      ...[
        JSON.stringify({ tasks: [{ name: 'old', type: 'sub_workflow', workflow: 'no' }] }),
        JSON.stringify(document),
      ].map(
        (
          text,
          n,
        ) => `insert into workflow_versions (workflow_id, version, document, content_hash, created_by, created_at)
         values ('a', ${n + 1}, '${text}', '${n}', 'ann', 1)`,
      ),
    ].map((sql) => ({ sql, args: [] })),
  );
  await migrate(driver);
  const before = await driver.query({ sql: 'select * from workflow_links order by position', args: [] });
  // Exactly what the store writes for the same document.
  await driver.write(
    [dropLinks('a' as WorkflowId), ...addLinks('a' as WorkflowId, document)].map(({ sql, args }) => ({ sql, args })),
  );
  expect(before).toEqual(await driver.query({ sql: 'select * from workflow_links order by position', args: [] }));
  expect(before).toHaveLength(3);
});
