/**
 * The embedded database: one file, one writer connection behind group commit, one connection for reads.
 * Boundary: runs in the thread of its caller. `openThreadDriver` puts the same driver into a thread of its own.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, type Clock } from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlStatement } from '../ports/driver.ts';
import { type Connection, openConnection } from './connection.ts';
import { isBusy, mapSqlError } from './errors.ts';
import { createGroupCommit } from './group-commit.ts';

export interface EmbeddedDriverOptions {
  /** The database file. Its folder is made when missing. */
  readonly path: string;
  /** Bound of one group commit. Default 2,000 statements. */
  readonly maxGroupStatements?: number;
  /** How long to wait while another process holds the file. Default 5 s. */
  readonly busyLimitMs?: number;
  readonly clock?: Pick<Clock, 'setTimeout'>;
}

const EMBEDDED_DEFAULTS = { maxGroupStatements: 2_000, busyLimitMs: 5_000 } as const;

const SYSTEM_TIMERS: Pick<Clock, 'setTimeout'> = { setTimeout: (run, delayMs) => setTimeout(run, delayMs) };
const READ_RETRY_MS = 5;
/** What is left of the write-ahead log after a burst of writes. */
const LOG_KEPT_BYTES = 16 * 1024 * 1024;

/** @throws AppError `data_dir_unwritable` when the file cannot be opened or made. */
export async function openEmbeddedDriver(options: EmbeddedDriverOptions): Promise<SqlDriver> {
  const { path } = options;
  makeFolder(path);
  const writer = await retryWhileBusy(() => openWriter(path), options);
  const reader = await openReader(options);
  const commits = createGroupCommit({
    connection: writer,
    path,
    clock: options.clock ?? SYSTEM_TIMERS,
    busyLimitMs: options.busyLimitMs ?? EMBEDDED_DEFAULTS.busyLimitMs,
    maxGroupStatements: options.maxGroupStatements ?? EMBEDDED_DEFAULTS.maxGroupStatements,
  });
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    await commits.close();
    reader.close();
    try {
      checkpoint(writer);
    } finally {
      writer.close();
    }
  }

  return {
    query: (statement) => reader.query(statement),
    write: (unit) => commits.write(unit),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

export interface Reader {
  query(statement: SqlStatement): Promise<readonly SqlRow[]>;
  close(): void;
}

/** A read-only connection to a database that is there. Sees every commit that has returned, also another thread's. */
export async function openReader(options: EmbeddedDriverOptions): Promise<Reader> {
  const { path } = options;
  const connection = await retryWhileBusy(() => openConnection({ path, readonly: true }), options);
  let closed = false;
  return {
    async query(statement) {
      if (closed) throw new AppError('unavailable', `The database ${path} is closed.`);
      return await retryWhileBusy(() => connection.all(statement), options);
    },
    close() {
      if (!closed) connection.close();
      closed = true;
    },
  };
}

/**
 * Opens the connection that writes. WAL is a property of the file, so one connection sets it for all; so is it that
 * free pages can be given back, which only a file that is still empty can be told.
 */
function openWriter(path: string): Connection {
  const connection = openConnection({ path, readonly: false });
  try {
    // Said again to a file that has it already, it would write to it, also to one of a newer version.
    const [{ page_count: pages } = { page_count: 0 }] = connection.all({ sql: 'PRAGMA page_count', args: [] });
    if (pages === 0) connection.exec('PRAGMA auto_vacuum = INCREMENTAL');
    connection.exec(`PRAGMA journal_size_limit = ${LOG_KEPT_BYTES}`);
    connection.exec('PRAGMA journal_mode = WAL');
    return connection;
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

/** Leaves a single file behind. Not needed for safety: the next start replays the log of a process that was killed. */
function checkpoint(writer: Connection): void {
  try {
    writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (thrown) {
    if (!isBusy(thrown)) throw thrown;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (thrown) {
    throw new AppError(
      'data_dir_unwritable',
      `The folder ${dirname(path)} cannot be made. Check its rights, or choose another data folder.`,
      { cause: thrown },
    );
  }
}

async function retryWhileBusy<T>(work: () => T, options: EmbeddedDriverOptions): Promise<T> {
  const { path, clock = SYSTEM_TIMERS, busyLimitMs = EMBEDDED_DEFAULTS.busyLimitMs } = options;
  for (let waited = 0; ; waited += READ_RETRY_MS) {
    try {
      return work();
    } catch (thrown) {
      if (!isBusy(thrown) || waited >= busyLimitMs) throw mapSqlError(thrown, path);
      await new Promise<void>((resolve) => clock.setTimeout(resolve, READ_RETRY_MS));
    }
  }
}
