/**
 * One page of what is there, as it grows: cut short where it is full, and told as it stands when time or the names that may be
 * read run out. What stands on it is right at any moment.
 */
import { type LookedEntry, MAX_LOOKED_BYTES, utf8Length, type WorkerLooked } from '@vaquita/protocol';

export interface Page {
  /** False: it is full, and the entry belongs on the next. */
  add(entry: LookedEntry): boolean;
  /** Something could not be looked at. The first is told, and how many there were. */
  trouble(code: string, text: string): void;
  /** There may be more that was not come to. Where nothing was found, that is the problem. */
  cutShort(code: string, text: string): void;
  read(): Pick<WorkerLooked, 'entries' | 'isEnd' | 'problem' | 'code'>;
}

/** Of a sentence, which may name two paths. */
const MAX_PROBLEM_CHARS = 8_000;

export function createPage(limit: number): Page {
  const entries: LookedEntry[] = [];
  let bytes = 0;
  let isFull = false;
  let first: { readonly code: string; readonly text: string } | null = null;
  let troubles = 0;
  let cut: { readonly code: string; readonly text: string } | null = null;

  return {
    add(entry) {
      bytes += utf8Length(JSON.stringify(entry)) + 1;
      isFull = entries.length >= limit || (entries.length > 0 && bytes > MAX_LOOKED_BYTES);
      if (!isFull) entries.push(entry);
      return !isFull;
    },
    trouble(code, text) {
      first ??= { code, text };
      troubles += 1;
    },
    cutShort(code, text) {
      cut ??= { code, text };
    },
    read() {
      const found = entries.length > 0;
      const problem = found ? first : (cut ?? first);
      const more = problem === first && troubles > 1 ? ` ${troubles - 1} more could not be looked at.` : '';
      const text = problem && problem.text.slice(0, MAX_PROBLEM_CHARS) + more;
      return { entries, isEnd: !(found && (isFull || cut !== null)), problem: text, code: problem?.code ?? null };
    },
  };
}
