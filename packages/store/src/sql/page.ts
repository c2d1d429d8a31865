/** Keyset pages: opaque cursors, and the step from `limit + 1` rows to a page. */
import { AppError } from '@vaquita/core';
import type { PageRequest } from '../ports/api.ts';
import type { Page } from '../ports/master.ts';

const MAX_PAGE_LIMIT = 500;

/** @throws AppError `bad_request` unless the limit is a whole number from 1 to 500. */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_LIMIT) return limit;
  const message = `limit must be a whole number from 1 to ${MAX_PAGE_LIMIT}`;
  throw new AppError('bad_request', message, { problems: [{ path: 'limit', message }] });
}

/** The cursor's key, or null at the start. @throws AppError `bad_request` for anything `encodeCursor` did not make. */
export function decodeCursor<Kind extends 'text' | 'number'>(
  page: PageRequest,
  kind: Kind,
): (Kind extends 'text' ? string : number) | null {
  if (page.cursor === null) return null;
  const key = parseCursor(page.cursor);
  if (typeof key !== (kind === 'text' ? 'string' : 'number')) throw malformedCursor();
  return key as Kind extends 'text' ? string : number;
}

export function encodeCursor(key: string | number): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(JSON.stringify(key))) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function parseCursor(cursor: string): unknown {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) throw malformedCursor();
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformedCursor();
  }
}

export function malformedCursor(): AppError {
  const message = 'cursor is not one that a list has given; leave it out to begin at the start';
  return new AppError('bad_request', message, { problems: [{ path: 'cursor', message }] });
}

/** `rows` were read with `limit + 1`: the extra one only tells that there is more. */
export function toPage<T>(rows: readonly T[], limit: number, keyOf: (item: T) => string | number): Page<T> {
  if (rows.length <= limit) return { items: rows, next: null };
  const items = rows.slice(0, limit);
  return { items, next: encodeCursor(keyOf(items.at(-1)!)) };
}
