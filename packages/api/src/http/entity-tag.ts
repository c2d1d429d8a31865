/**
 * Answers that may be asked for again: whoever has the newest already is told so, without its bytes.
 *
 * E1 Who asks is known, and the answer made, before anything is compared: a tag opens nothing.
 * E2 The tag is of who asks and of what is answered. What one caller has kept is never confirmed to another, also where both
 *    would be answered alike, as when two people use one browser after each other.
 */
import { sha256Hex } from '@vaquita/core';
import type { Caller } from '../auth/caller.ts';

const TAG_CHARS = 32;

/** Weak: of the content, not of its bytes, which a proxy may compress. */
export async function entityTag(
  { userId, tokenId }: Pick<Caller, 'userId' | 'tokenId'>,
  body: string,
): Promise<string> {
  return `W/"${(await sha256Hex(`${tokenId ?? userId}\n${body}`)).slice(0, TAG_CHARS)}"`;
}

/** Whether `If-None-Match` names this tag. `*` is no tag: it says nothing about what the caller has. */
export function isKnown(request: Request, tag: string): boolean {
  const named = request.headers.get('if-none-match')?.split(',') ?? [];
  return named.some((one) => one.trim().replace(/^W\//, '') === tag.replace(/^W\//, ''));
}
