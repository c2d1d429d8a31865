/** A change names the revision that it was made from, so that nobody overwrites what he has not seen. */
import { AppError } from '@vaquita/core';

/**
 * The revision that a request names, in its body or in If-Match; undefined when it names none.
 *
 * @throws AppError `bad_request` for a header that is no revision.
 */
export function namedRevision(raw: Request, body: { readonly revision?: number | undefined }): number | undefined {
  if (body.revision !== undefined) return body.revision;
  const header = raw.headers.get('if-match');
  if (header === null || header === '*') return undefined;
  const number = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header.trim())?.[1];
  if (number === undefined) throw new AppError('bad_request', 'If-Match must be a revision, such as "4".');
  return Number(number);
}

export interface Revised {
  /** As a sentence names it: `The schedule “nightly”`. */
  readonly what: string;
  readonly revision: number;
  readonly updatedAt: number;
  readonly updatedBy?: string;
}

/** @throws AppError `conflict` that says who was faster, when somebody was. */
export function requireRevision(named: number | undefined, { what, revision, updatedAt, updatedBy }: Revised): void {
  if (named === undefined || named === revision) return;
  const by = updatedBy === undefined ? '' : ` by ${updatedBy}`;
  const when = new Date(updatedAt).toISOString();
  throw new AppError(
    'conflict',
    `${what} was changed${by} at ${when}: it has the revision ${revision}, not ${named}. Read it again, then change it.`,
  );
}
