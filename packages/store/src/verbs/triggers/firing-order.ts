/** The order of firings, newest first, as a cursor: several may be of one moment. */
import type { TriggerFiringRow } from '@vaquita/core';
import type { PageRequest } from '../../ports/api.ts';
import { decodeCursor, malformedCursor } from '../../sql/page.ts';

/** Enough for every moment that can be. */
const DIGITS = 16;

/** Sorts as text as the rows sort. */
export function firingKey({ at, key }: Pick<TriggerFiringRow, 'at' | 'key'>): string {
  return `${String(at).padStart(DIGITS, '0')} ${key}`;
}

/** @throws AppError `bad_request` for what no list has given. */
export function decodeFiringCursor(page: PageRequest): readonly [at: number, key: string] | null {
  const text = decodeCursor(page, 'text');
  if (text === null) return null;
  const match = /^(\d{16}) (.+)$/s.exec(text);
  if (match === null) throw malformedCursor();
  return [Number(match[1]), match[2]!];
}
