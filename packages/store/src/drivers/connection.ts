/**
 * One native connection to a database file with its settings and its cache of prepared statements.
 * Boundary: synchronous, knows SQL values and result codes, nothing of units, groups or retries.
 */
import { AppError } from '@vaquita/core';
import Database from 'libsql';
import type { SqlRow, SqlStatement, SqlValue, WriteResult } from '../ports/driver.ts';
import { mapSqlError } from './errors.ts';

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
      const statement = prepare(sql);
      if (statement.reader) {
        const rows = statement.all(args) as SqlRow[];
        return { changes: rows.length, rows };
      }
      return { changes: statement.run(args).changes, rows: [] };
    },
    all({ sql, args }) {
      checkArgs(args);
      return prepare(sql).all(args) as SqlRow[];
    },
    close() {
      cache.clear();
      db.close();
    },
  };
}

function openNative(path: string): Database.Database {
  try {
    const db = new Database(path, { timeout: 0 });
    return db;
  } catch (thrown) {
    throw mapSqlError({ code: 'SQLITE_CANTOPEN', message: String(thrown) }, path);
  }
}

/**
 * The binding aborts the whole process on a boolean and turns NaN into NULL, so values are checked before they get there.
 */
export function checkArgs(args: readonly SqlValue[]): void {
  for (const arg of args) {
    if (arg === null || typeof arg === 'string' || arg instanceof Uint8Array) continue;
    if (typeof arg === 'number' && Number.isFinite(arg)) continue;
    throw new AppError('internal', `A value of type ${typeof arg} cannot be stored: ${String(arg)}`);
  }
}
