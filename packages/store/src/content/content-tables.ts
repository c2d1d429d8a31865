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
