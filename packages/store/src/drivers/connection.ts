/**
 * One native connection to a database file with its settings and its cache of prepared statements.
 * Boundary: synchronous, knows SQL values and result codes, nothing of units, groups or retries.
 */
import Database from 'libsql';
import type { SqlRow, SqlStatement, SqlValue, WriteResult } from '../ports/driver.ts';
import { mapSqlError } from './errors.ts';
import { checkArgs } from './values.ts';

/** The seam between group commit and the native binding; a test puts a failing one in its place. */
export interface Connection {
  readonly inTransaction: boolean;
  /** Runs one statement text without arguments and without the statement cache. */
  exec(sql: string): void;
  run(statement: SqlStatement): WriteResult;
  all(statement: SqlStatement): readonly SqlRow[];
  close(): void;
}

export interface ConnectionOptions {
  readonly path: string;
  readonly readonly: boolean;
  /** Prepared statements kept. Texts of the hot paths number some dozens; filters make a few more. */
  readonly statementCacheSize?: number;
}

const DEFAULT_CACHE_SIZE = 200;
/** Gives a page back at each step and no row: prepared, it would be left in the middle and hold the transaction open. */
const STEPS_ALONE = /^pragma incremental_vacuum/i;

export function openConnection(options: ConnectionOptions): Connection {
  const { path } = options;
  const cacheSize = options.statementCacheSize ?? DEFAULT_CACHE_SIZE;
  const db = openNative(path);
  // busy_timeout stays 0: waiting inside SQLite would hold the thread. Group commit waits outside instead.
  db.exec('PRAGMA busy_timeout = 0; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  if (options.readonly) db.exec('PRAGMA query_only = ON;');

  // A Map keeps insertion order: the first key is the one not used for longest.
  const cache = new Map<string, Database.Statement>();

  function prepare(sql: string): Database.Statement {
    let statement = cache.get(sql);
    if (statement !== undefined) {
      cache.delete(sql);
    } else {
      statement = db.prepare(sql);
      if (cache.size >= cacheSize) cache.delete(cache.keys().next().value!);
    }
    cache.set(sql, statement);
    return statement;
  }

  return {
    get inTransaction() {
      return db.inTransaction;
    },
    exec(sql) {
      db.exec(sql);
    },
    run({ sql, args }) {
      checkArgs(args);
      if (STEPS_ALONE.test(sql)) {
        db.exec(sql);
        return { changes: 0, rows: [] };
      }
      const statement = prepare(sql);
      if (statement.reader) {
        const rows = withBytes(statement.all(args));
        return { changes: rows.length, rows };
      }
      return { changes: statement.run(args).changes, rows: [] };
    },
    all({ sql, args }) {
      checkArgs(args);
      return withBytes(prepare(sql).all(args));
    },
    close() {
      cache.clear();
      db.close();
    },
  };
}

/** The binding gives blobs of `all` as bare ArrayBuffers; the contract says Uint8Array. */
function withBytes(found: readonly unknown[]): readonly SqlRow[] {
  const rows = found as Record<string, SqlValue | ArrayBuffer>[];
  for (const row of rows) {
    for (const column in row) {
      const value = row[column];
      if (value instanceof ArrayBuffer) row[column] = new Uint8Array(value);
    }
  }
  return rows as readonly SqlRow[];
}

function openNative(path: string): Database.Database {
  try {
    return new Database(path, { timeout: 0 });
  } catch (thrown) {
    throw mapSqlError({ code: 'SQLITE_CANTOPEN', message: String(thrown) }, path);
  }
}
