/**
 * One connection to a database file, below the client: the client rolls back whatever is open after each call, so a script
 * that begins and ends transactions itself cannot run through it. Uses the driver that the client itself brings.
 */
import { createRequire } from 'node:module';
import type { SqlExecutor } from '@vaquita/tasks';

/** What is used of the driver. */
interface Driver {
  new (path: string, options: { timeout: number }): DriverDatabase;
}

interface DriverDatabase {
  prepare(sql: string): DriverStatement;
  close(): void;
}

interface DriverStatement {
  safeIntegers(on: boolean): void;
  /** Throws when the statement returns no rows. */
  raw(on: boolean): void;
  columns(): readonly { readonly name: string }[];
  all(values: readonly unknown[]): unknown[][];
  run(values: readonly unknown[]): { readonly changes: number };
}

export function openFileConnection(url: string, busyTimeoutMs: number): SqlExecutor & { close(): void } {
  const ofClient = createRequire(createRequire(import.meta.url).resolve('@libsql/client'));
  const Database = ofClient('libsql') as Driver;
  const database = new Database(filePath(url), { timeout: busyTimeoutMs });
  return {
    async execute({ sql, args }) {
      const statement = database.prepare(sql);
      statement.safeIntegers(true);
      if (!returnsRows(statement)) return { columns: [], rows: [], rowsAffected: statement.run(args).changes };
      return { columns: statement.columns().map(({ name }) => name), rows: statement.all(args), rowsAffected: 0 };
    },
    close: () => database.close(),
  };
}

function returnsRows(statement: DriverStatement): boolean {
  try {
    statement.raw(true);
    return true;
  } catch {
    return false;
  }
}

/** `file:data.db`, `file:/data.db`, `file:///data.db?…` and `:memory:` as the path that the driver opens. */
function filePath(url: string): string {
  const path = url.replace(/^file:/i, '').replace(/[?#].*$/, '');
  return decodeURIComponent(path.replace(/^\/\/(localhost)?(?=\/)/i, ''));
}
