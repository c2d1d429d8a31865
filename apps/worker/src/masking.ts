/**
 * Keeps the values of secrets out of what a worker says.
 *
 * S1 Wherever a value stands, `***` stands in its place; of several that begin at one place the longest counts.
 * S2 However a text is cut into pieces, what comes out is the same: what may be the beginning of a value is held back until
 *    it is known, for each stream apart.
 * S3 What is held back can be told and taken up again by the next agent.
 */
import { MIN_MASKED_CHARS } from '@vaquita/core';

type Stream = 'stdout' | 'stderr' | 'system';

/** What may be the beginning of a value, by stream. */
export type HeldText = Readonly<Partial<Record<Stream, string>>>;

export interface Masker {
  /** What can be shown now. What the agent says itself (`system`) comes whole and is not held back. */
  add(stream: Stream, text: string): string;
  /** Undefined when nothing is held back. */
  readonly held: HeldText | undefined;
  /** Nothing more comes, or what comes does not follow: all that was held back. */
  end(): readonly (readonly [Stream, string])[];
  /** A whole text. */
  mask(text: string): string;
}

const MASK = '***';
/** Of values with several lines each line counts by itself too, from this length on; programs print them with margins. */
const MIN_LINE_CHARS = 8;
const MAX_LINES = 100;

export function createMasker(values: readonly string[], held: HeldText = {}): Masker {
  const patterns = patternsOf(values);
  if (patterns.length === 0) {
    const asItIs = (text: string) => text;
    return { add: (_, text) => text, held: undefined, end: () => [], mask: asItIs };
  }
  const any = new RegExp(patterns.map(({ text }) => literally(text)).join('|'), 'g');
  const waiting = new Map(Object.entries(held) as [Stream, string][]);

  const mask = (text: string) => text.replaceAll(any, MASK);

  /** S2 */
  function pass(stream: Stream, text: string): string {
    let shown = '';
    let at = 0;
    let hold = holdFrom(patterns, text, 0);
    for (;;) {
      any.lastIndex = at;
      const match = any.exec(text);
      if (match === null || match.index >= hold) break;
      shown += text.slice(at, match.index) + MASK;
      at = match.index + match[0].length;
      if (at > hold) hold = holdFrom(patterns, text, at);
    }
    waiting.set(stream, text.slice(hold));
    return shown + text.slice(at, hold);
  }

  return {
    mask,
    add: (stream, text) => (stream === 'system' ? mask(text) : pass(stream, (waiting.get(stream) ?? '') + text)),
    get held() {
      const kept = [...waiting].filter(([, text]) => text !== '');
      return kept.length === 0 ? undefined : Object.fromEntries(kept);
    },
    end() {
      const rest = [...waiting]
        .filter(([, text]) => text !== '')
        .map(([stream, text]) => [stream, mask(text)] as const);
      waiting.clear();
      return rest;
    },
  };
}

/** Node 22 has no `RegExp.escape`. */
function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

interface Pattern {
  readonly text: string;
  /** For each length of a beginning, how much of its end is a beginning too. */
  readonly borders: Uint16Array;
}

/** The longest first: of two that begin at one place it is met before the other. */
function patternsOf(values: readonly string[]): readonly Pattern[] {
  const texts = new Set<string>();
  for (const value of values) {
    const lines = value.split('\n').map((line) => line.trim());
    const own = lines.length > MAX_LINES ? [] : lines.filter((line) => line.length >= MIN_LINE_CHARS);
    for (const text of [value, value.trim(), ...own]) if (text.length >= MIN_MASKED_CHARS) texts.add(text);
  }
  return [...texts].sort((a, b) => b.length - a.length).map((text) => ({ text, borders: bordersOf(text) }));
}

function bordersOf(text: string): Uint16Array {
  const borders = new Uint16Array(text.length);
  for (let at = 1, length = 0; at < text.length; at++) {
    while (length > 0 && text[at] !== text[length]) length = borders[length - 1]!;
    if (text[at] === text[length]) length += 1;
    borders[at] = length;
  }
  return borders;
}

/** Where the longest end of the text begins, from `from` on, that a pattern begins with and goes on after. */
function holdFrom(patterns: readonly Pattern[], text: string, from: number): number {
  let hold = text.length;
  for (const { text: pattern, borders } of patterns) {
    let length = 0;
    for (let at = Math.max(from, text.length - pattern.length + 1); at < text.length; at++) {
      while (length > 0 && text[at] !== pattern[length]) length = borders[length - 1]!;
      if (text[at] === pattern[length]) length += 1;
    }
    hold = Math.min(hold, text.length - length);
  }
  return hold;
}
