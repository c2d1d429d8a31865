/** Search over all lines of a log, not only those drawn. Matches are kept in order; only new lines are searched again. */
import type { LogBuffer } from './log-buffer.ts';

export interface LogMatch {
  /** Line number over the whole log, from 0. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

export type Query = { readonly ok: true; readonly pattern: RegExp } | { readonly ok: false; readonly reason: string };

const MAX_MATCHES = 100_000;

/** Small letters match both cases, a capital letter asks for itself. */
export function compileQuery(text: string, asRegex: boolean): Query {
  const flags = /\p{Lu}/u.test(asRegex ? text.replace(/\\./g, '') : text) ? 'g' : 'gi';
  try {
    return { ok: true, pattern: new RegExp(asRegex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), flags) };
  } catch (thrown) {
    return { ok: false, reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Matches in lines from the given index of the window on. */
export function findMatches(buffer: LogBuffer, pattern: RegExp, fromIndex = 0, limit = MAX_MATCHES): LogMatch[] {
  const found: LogMatch[] = [];
  for (let index = fromIndex; index < buffer.length && found.length < limit; index++) {
    const text = buffer.plain(index);
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      if (match[0] === '') {
        pattern.lastIndex++;
        continue;
      }
      found.push({ line: buffer.dropped + index, from: match.index, to: match.index + match[0].length });
      if (found.length >= limit) break;
    }
  }
  return found;
}

/** Index of the first match at or after a line: where "next" goes. Wraps to 0. */
export function matchFrom(matches: readonly LogMatch[], line: number): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matches[middle]!.line < line) low = middle + 1;
    else high = middle;
  }
  return low === matches.length ? 0 : low;
}
