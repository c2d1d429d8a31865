/**
 * Keys of the registry: paths such as `/nodes/server/01h…`. A path stands for itself and for everything below it, and
 * ends at a slash: `/nodes/a` is not above `/nodes/ab`. What is under `/lock` names locks, everything else data.
 */
import { AppError } from '@vaquita/core';

/** Keys under it are locks; their events tell who takes and leaves them. */
export const LOCKS = '/lock';

/** The lock whose holder leads. The commit guard of the store looks at the same row. */
export const LEADER_LOCK = `${LOCKS}/leader`;

const MAX_KEY_LENGTH = 512;
const SEGMENT = /^[^/\p{Cc}]+$/u;

/** Of a key that holds data. @throws AppError `bad_request` */
export function checkDataKey(key: string): string {
  if (isAtOrUnder(LOCKS, checkKey(key))) throw badKey(key, `what is under ${LOCKS} names locks, not data`);
  return key;
}

/** @throws AppError `bad_request` */
export function checkLockKey(key: string): string {
  if (!isUnder(LOCKS, checkKey(key))) throw badKey(key, `the name of a lock begins with ${LOCKS}/`);
  return key;
}

/** Of a path that is listened to or listed: a key, or `/` for everything. @throws AppError `bad_request` */
export function checkPath(path: string): string {
  return path === '/' ? path : checkKey(path);
}

/** Whether `checkPath` would take it. */
export function isRegistryPath(path: string): boolean {
  try {
    checkPath(path);
    return true;
  } catch {
    return false;
  }
}

function checkKey(key: string): string {
  if (key.length > MAX_KEY_LENGTH) throw badKey(key.slice(0, 40), `a key has at most ${MAX_KEY_LENGTH} characters`);
  const [first, ...segments] = key.split('/');
  if (first !== '' || segments.length === 0 || !segments.every((segment) => SEGMENT.test(segment))) {
    throw badKey(key, 'write it as /a/b: no part is empty, and there is no slash at the end');
  }
  return key;
}

function badKey(key: string, why: string): AppError {
  return new AppError('bad_request', `${JSON.stringify(key)} is no key: ${why}.`, {
    problems: [{ path: 'key', message: why }],
  });
}

/** Below the path, and not the path itself. */
export function isUnder(path: string, key: string): boolean {
  return key.length > path.length && (path === '/' || (key.startsWith(path) && key[path.length] === '/'));
}

export function isAtOrUnder(path: string, key: string): boolean {
  return key === path || isUnder(path, key);
}

/** The keys below a path as a range of text: from the first, up to but without the second. `0` follows `/`. */
export function rangeUnder(path: string): readonly [from: string, before: string] {
  const stem = path === '/' ? '' : path;
  return [`${stem}/`, `${stem}0`];
}

/** The part of the key that follows the path, up to the next slash. */
export function childSegment(path: string, key: string): string {
  const rest = key.slice(path === '/' ? 1 : path.length + 1);
  const end = rest.indexOf('/');
  return end < 0 ? rest : rest.slice(0, end);
}

export function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1;
}
