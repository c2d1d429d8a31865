/** Small steps that every verb takes on a driver. */
import { AppError, type ErrorCode } from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlStatement, SqlValue, WriteResult } from '../ports/driver.ts';

export function statement(sql: string, args: readonly SqlValue[] = [], expectChanges?: number): SqlStatement {
  return expectChanges === undefined ? { sql, args } : { sql, args, expectChanges };
}

export async function one(driver: SqlDriver, sql: string, args: readonly SqlValue[] = []): Promise<SqlRow | undefined> {
  return (await driver.query({ sql, args }))[0];
}

export async function many(driver: SqlDriver, sql: string, args: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
  return await driver.query({ sql, args });
}

/** Writes one unit; a `conflict` becomes the error the verb promises. */
export async function writeOr(
  driver: SqlDriver,
  unit: readonly SqlStatement[],
  onConflict: () => AppError | Promise<AppError>,
): Promise<readonly WriteResult[]> {
  try {
    return await driver.write(unit);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'conflict') throw await onConflict();
    throw thrown;
  }
}

export function refuse(code: ErrorCode, message: string): () => AppError {
  return () => new AppError(code, message);
}
