/**
 * The door from an error of a libSQL server to an AppError. Over HTTP the server gives SQLite's plain result code without
 * its extension, so what kind of constraint failed is only in SQLite's own fixed words; nowhere else is a text decided by.
 */
import { AppError } from '@vaquita/core';
import type { HranaError, Reply } from './hrana.ts';

const FENCED = 'SQLite error: fenced';
const CONSTRAINT = 'SQLITE_CONSTRAINT';

/** What another connection is the cause of, and passes. `TRANSACTION_TIMEOUT`: the lock was taken away for another. */
export function isBusyError({ code }: HranaError): boolean {
  return code === 'TRANSACTION_TIMEOUT' || /^SQLITE_(BUSY|LOCKED)/.test(code ?? '');
}

export function isTooLargeAnswer({ code }: HranaError): boolean {
  return code === 'RESPONSE_TOO_LARGE';
}

export function mapServerError(error: HranaError, server: string): AppError {
  const code = error.code ?? '';
  const text = error.message;
  const fail = (to: AppError['code'], message: string) => new AppError(to, message, { cause: error });

  if (code.startsWith(CONSTRAINT)) {
    if (text === FENCED) {
      return fail('fenced', 'This server no longer holds the leader lock of its term; nothing was written.');
    }
    if (text.includes('UNIQUE constraint failed')) return fail('conflict', `Already there: ${text}`);
    if (text.includes('FOREIGN KEY constraint failed')) {
      return fail('conflict', 'The row refers to another that is not there, or is still referred to.');
    }
  }
  if (isBusyError(error)) return fail('database_busy', `The database ${server} is busy with other writers.`);
  if (code.startsWith('SQLITE_FULL')) {
    return fail('unavailable', `The disk of ${server} is full; nothing was written. Free some space.`);
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return fail('unavailable', `The disk of ${server} reports an error (${code}); nothing was written.`);
  }
  if (code === 'BLOCKED' || code.startsWith('SQLITE_READONLY')) {
    return fail(
      'unavailable',
      `The database ${server} takes no writes: ${text}. A read-only token or a blocked database.`,
    );
  }
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') {
    return fail('internal', `The database ${server} is damaged (${code}). Restore it from a backup.`);
  }
  if (text.includes('string or blob too big')) {
    return fail('too_large', `A value is larger than ${server} takes. Nothing was written.`);
  }
  return fail('internal', `The database refused a statement: ${text}`);
}

/** For a request of which nothing was done. */
export function mapNoReply(reply: Exclude<Reply<never>, { kind: 'answered' }>, server: string): AppError {
  if (reply.kind !== 'refused') {
    return new AppError('unavailable', `The database ${server} does not answer: ${reply.why}. Nothing was written.`);
  }
  switch (reply.status) {
    case 401:
    case 403:
      return new AppError(
        'unavailable',
        `The database ${server} refuses the access token (${reply.why}). Give a valid one that may write.`,
      );
    case 413:
      return new AppError('too_large', `The database ${server} refuses a request of this size. Nothing was written.`);
    default:
      return new AppError(
        'unavailable',
        `What answers at ${server} is not a libSQL server, or not the address of one (${reply.why}).`,
      );
  }
}
