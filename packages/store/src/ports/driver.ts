/**
 * What the store asks of a database: reads, and atomic units of writes. No interactive transactions, so that an
 * embedded file, a libSQL server over HTTP and a Durable Object can all stand behind it.
 */
export type SqlValue = string | number | null | Uint8Array;

export interface SqlStatement {
  readonly sql: string;
  readonly args: readonly SqlValue[];
  /**
   * When set, the unit is rolled back with a `conflict` unless this statement changed exactly so many rows.
   * This is how a claim is made the conflict.
   */
  readonly expectChanges?: number;
}

export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface WriteResult {
  readonly changes: number;
  /** Rows of a RETURNING clause, if there is one. */
  readonly rows: readonly SqlRow[];
}

export interface SqlDriver {
  query(statement: SqlStatement): Promise<readonly SqlRow[]>;
  /**
   * Runs all statements of one unit or none, and resolves when they are durable. Concurrent units share one
   * transaction (group commit); a unit that fails is rolled back alone and rejects alone.
   * @throws AppError `conflict` (expectChanges, unique key), `fenced` (epoch guard), `database_busy`, `unavailable`,
   * `internal`: then nothing was written. `outcome_unknown`: it may have been. What was on its way then has landed, or
   * never will, once a later write of the same driver has gone through.
   */
  write(unit: readonly SqlStatement[]): Promise<readonly WriteResult[]>;
  close(): Promise<void>;
}
