/**
 * Brings a database to the schema of this release. Boundary: needs only an SqlDriver and the embedded migrations.
 *
 * I1  A migration is one unit of writes whose first statement claims its number; the claim is the conflict, so of two
 *     migrators at once one does the work and the other finds it done.
 * I2  A recorded migration is never run again and never differs from ours: a difference is an error, not a repair.
 * I3  A database that records a migration which this release does not know is left exactly as it is.
 */
import { AppError, toAppError } from '@vaquita/core';
import type { SqlDriver } from '../ports/driver.ts';
import { MIGRATIONS } from './generated.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

export interface MigrateOptions {
  readonly migrations?: readonly Migration[];
  readonly now?: () => number;
}

const CREATE_RECORD = `create table if not exists schema_migrations (
  number integer primary key not null, name text not null, checksum text not null, applied_at integer not null)`;
const CLAIM = 'insert into schema_migrations (number, name, checksum, applied_at) values (?, ?, ?, ?)';

/**
 * @returns the migrations this call applied, none when the database was up to date.
 * @throws AppError `database_newer`, `conflict` (a recorded migration differs), `database_busy`.
 */
export async function migrate(driver: SqlDriver, options: MigrateOptions = {}): Promise<readonly string[]> {
  const migrations = options.migrations ?? MIGRATIONS;
  const now = options.now ?? Date.now;
  let recorded = await readRecord(driver);
  if (recorded === undefined) {
    await driver.write([{ sql: CREATE_RECORD, args: [] }]);
    recorded = new Map();
  }
  checkRecord(recorded, migrations);

  const applied: string[] = [];
  for (const migration of migrations) {
    if (recorded.has(migration.number)) continue;
    try {
      await driver.write([
        { sql: CLAIM, args: [migration.number, migration.name, migration.checksum, now()] },
        ...migration.statements.map((sql) => ({ sql, args: [] })),
      ]);
      applied.push(label(migration));
    } catch (thrown) {
      // I1: another migrator may have been first. Its record, not the error, says so.
      const after = await readRecord(driver);
      if (after === undefined || !after.has(migration.number)) throw failed(migration, thrown);
      checkRecord(after, migrations);
    }
  }
  return applied;
}

type MigrationRecord = ReadonlyMap<number, { readonly name: string; readonly checksum: string }>;

async function readRecord(driver: SqlDriver): Promise<MigrationRecord | undefined> {
  const tables = await driver.query({
    sql: "select name from sqlite_master where type = 'table' and name = 'schema_migrations'",
    args: [],
  });
  if (tables.length === 0) return undefined;
  const rows = await driver.query({ sql: 'select number, name, checksum from schema_migrations', args: [] });
  return new Map(rows.map((row) => [Number(row.number), { name: String(row.name), checksum: String(row.checksum) }]));
}

function checkRecord(recorded: MigrationRecord, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  const newest = migrations.at(-1)?.number ?? -1;
  for (const [number, { name, checksum }] of recorded) {
    const ours = known.get(number);
    if (ours === undefined && number > newest) {
      throw new AppError(
        'database_newer',
        `The database has migration ${label({ number, name })}, which this release does not know (its newest is ` +
          `${newest}). Start the newer release that made it, or restore a backup from before the upgrade. ` +
          'Nothing was changed.',
      );
    }
    if (ours === undefined || ours.checksum !== checksum) {
      throw new AppError(
        'conflict',
        `The database records migration ${label({ number, name })}, but this release has another text for that ` +
          'number. It was made by a different build; use that build or another database. Nothing was changed.',
      );
    }
  }
}

function failed(migration: Migration, thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (error.retryable && error.code !== 'internal') return error;
  return new AppError(error.code, `Migration ${label(migration)} failed and was rolled back: ${error.message}`, {
    cause: thrown,
  });
}

function label(migration: { readonly number: number; readonly name: string }): string {
  return `${String(migration.number).padStart(4, '0')}_${migration.name}`;
}
