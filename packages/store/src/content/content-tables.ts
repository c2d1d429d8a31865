/**
 * Tables of logs and files, in the database of the servers or in one of their own. They stand beside the schema: no row of it
 * names them, and a database of their own has nothing else. A change of one of them gets a new name.
 */
import type { SqlDriver } from '../ports/driver.ts';

const TABLES: readonly string[] = [
  `create table if not exists log_chunks (
    task_instance_id text not null, start integer not null, bytes blob not null, primary key (task_instance_id, start))`,
  `create table if not exists content_uploads (
    id text primary key not null, touched_at integer not null, state text not null check (state in ('open', 'kept', 'left')))`,
  `create index if not exists content_uploads_due on content_uploads (state, touched_at)`,
  `create table if not exists content_chunks (
    upload_id text not null, n integer not null, bytes blob not null, primary key (upload_id, n))`,
  `create table if not exists content_files (
    workflow_instance_id text not null, task_instance_id text not null, output text not null,
    file_name text not null, folder integer not null, size integer not null, sha256 text not null, upload_id text not null,
    primary key (workflow_instance_id, task_instance_id, output))`,
];

/** Two servers at once do no harm. */
export async function prepareContent(driver: SqlDriver): Promise<void> {
  await driver.write(TABLES.map((sql) => ({ sql, args: [] })));
}

const OWNERS_AT_ONCE = 500;

/** Whom the rows of a table belong to, each once, by pages along its key. The names are ours. */
export async function* ownersIn<Owner extends string>(
  driver: Pick<SqlDriver, 'query'>,
  table: 'log_chunks' | 'content_files',
  column: 'task_instance_id' | 'workflow_instance_id',
): AsyncGenerator<readonly Owner[]> {
  const sql = `select distinct ${column} as owner from ${table} where ${column} > ? order by ${column} limit ${OWNERS_AT_ONCE}`;
  for (let after = ''; ; ) {
    const rows = await driver.query({ sql, args: [after] });
    if (rows.length === 0) return;
    const owners = rows.map(({ owner }) => owner as Owner);
    yield owners;
    after = owners.at(-1)!;
  }
}
