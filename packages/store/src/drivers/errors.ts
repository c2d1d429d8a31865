/** The door from an error of the native binding to an AppError. Decides by SQLite's result code, never by prose. */
import { AppError } from '@vaquita/core';

/** What the binding throws: the extended result code by name, and by number. */
interface NativeError {
  readonly code?: unknown;
  readonly message?: unknown;
}

function codeOf(thrown: unknown): string {
  const { code } = (thrown ?? {}) as NativeError;
  return typeof code === 'string' ? code : '';
}

/** True when trying again later may succeed because another connection holds the file. */
export function isBusy(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED');
}

/** The RAISE text of the epoch guard; SQLite has no other channel for it, so the trigger's exact word is the code. */
const FENCED = 'fenced';

export function mapSqlError(thrown: unknown, path: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = codeOf(thrown);
  const text = String((thrown as NativeError | null)?.message ?? thrown);
  const fail = (to: AppError['code'], message: string) => new AppError(to, message, { cause: thrown });

  if (code === 'SQLITE_CONSTRAINT_TRIGGER' && text === FENCED) {
    return fail('fenced', 'This server no longer holds the leader lock of its term; nothing was written.');
  }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return fail('conflict', `Already there: ${text}`);
  }
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') {
    return fail('conflict', 'The row refers to another that is not there, or is still referred to.');
  }
  if (isBusy(thrown)) {
    return fail('database_busy', `The database ${path} is held by another process. Only one server may use the file.`);
  }
  if (code.startsWith('SQLITE_FULL')) {
    return fail('unavailable', `The disk of ${path} is full; nothing was written. Free some space.`);
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_PERM')) {
    return fail(
      'data_dir_unwritable',
      `The database ${path} cannot be written. Check the rights of the file and its folder.`,
    );
  }
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return fail(
      'data_dir_unwritable',
      `The database ${path} cannot be opened. Check that its folder exists and is writable.`,
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return fail('unavailable', `The disk of ${path} reports an error (${code}); nothing was written.`);
  }
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') {
    return fail('internal', `The file ${path} is damaged or not a database (${code}). Restore it from a backup.`);
  }
  return fail('internal', `The database refused a statement: ${text}`);
}
