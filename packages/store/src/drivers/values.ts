/** Which values may reach a database. */
import { AppError } from '@vaquita/core';
import type { SqlValue } from '../ports/driver.ts';

/**
 * The native binding aborts the whole process on a boolean, turns NaN into NULL and cuts a text at its first NUL when it
 * is read, so values are checked before they get there; and before they get to a server, so that all drivers agree.
 */
export function checkArgs(args: readonly SqlValue[]): void {
  for (const arg of args) {
    if (arg === null || arg instanceof Uint8Array) continue;
    if (typeof arg === 'number' && Number.isFinite(arg)) continue;
    if (typeof arg !== 'string') {
      throw new AppError('internal', `A value of type ${typeof arg} cannot be stored: ${String(arg)}`);
    }
    if (arg.includes('\0')) {
      throw new AppError('bad_request', 'A text with a NUL character cannot be stored. Remove the character.');
    }
  }
}
