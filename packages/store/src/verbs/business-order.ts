/** The order of runs by business time, latest first, and its cursor; the SQL verbs and the memory store read by it. */
import type { PageRequest } from '../ports/api.ts';
import { decodeCursor, malformedCursor } from '../sql/page.ts';

export type BusinessKey = readonly [businessTime: number, id: string];

/** As the cursor of a page carries it. */
export function businessKeyText(key: BusinessKey): string {
  return JSON.stringify(key);
}

/** The key after which the page begins, or null. @throws AppError `bad_request` for a cursor of another list. */
export function decodeBusinessCursor(page: PageRequest): BusinessKey | null {
  const text = decodeCursor(page, 'text');
  if (text === null) return null;
  const key = parseKey(text);
  if (Array.isArray(key) && key.length === 2 && typeof key[0] === 'number' && typeof key[1] === 'string') {
    return [key[0], key[1]];
  }
  throw malformedCursor();
}

function parseKey(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
