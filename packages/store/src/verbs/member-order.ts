/**
 * The order of a task group's members: who holds a slot, then who was let go without one, then who waits, in the order
 * in which they will be served. Boundary: the order and its cursor; the SQL verbs and the memory store read by it.
 */
import type { TaskInstanceRow } from '@vaquita/core';
import type { PageRequest } from '../ports/api.ts';
import { decodeCursor, malformedCursor } from '../sql/page.ts';

/** Rank (0 holds a slot, 1 forced, 2 waits), then the higher group priority, then the first submitted, then the id. */
export type MemberKey = readonly [rank: number, minusPriority: number, firstSubmittedAt: number, id: string];

export function memberKey(task: TaskInstanceRow): MemberKey {
  const rank = task.groupSlot !== null ? 0 : task.groupForced ? 1 : 2;
  return [rank, -task.groupPriority, task.firstSubmittedAt, task.id];
}

export function compareMembers(a: MemberKey, b: MemberKey): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return 0;
}

/** As the cursor of a page carries it. */
export function memberKeyText(key: MemberKey): string {
  return JSON.stringify(key);
}

/** The key after which the page begins, or null. @throws AppError `bad_request` for a cursor of another list. */
export function decodeMemberCursor(page: PageRequest): MemberKey | null {
  const text = decodeCursor(page, 'text');
  if (text === null) return null;
  const key = parseKey(text);
  if (key === undefined) throw malformedCursor();
  return key;
}

function parseKey(text: string): MemberKey | undefined {
  try {
    const [rank, minusPriority, firstSubmittedAt, id] = JSON.parse(text) as readonly unknown[];
    const numbers = [rank, minusPriority, firstSubmittedAt].every((part) => typeof part === 'number');
    return numbers && typeof id === 'string' ? (JSON.parse(text) as MemberKey) : undefined;
  } catch {
    return undefined;
  }
}
