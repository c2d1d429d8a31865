/**
 * The lines of a log as they arrive. Text comes in chunks cut anywhere; lines come out. Holds a bounded window: when
 * it is full the oldest lines go, and `dropped` says how many, so that line numbers stay those of the whole log.
 */
import { PLAIN, parseLine, type Span, type Style, stripAnsi } from './ansi.ts';

const MAX_LINES = 200_000;
export const MAX_LINE_CHARS = 65_536;

const TROUBLE = /\b(?:error|fatal|panic|exception|traceback|failed)\b/i;

export class LogBuffer {
  /** Number of lines that were let go at the front. */
  dropped = 0;
  /** Grows with every change: what a view watches. */
  version = 0;
  readonly #maxLines: number;
  #lines: string[] = [];
  /** Style at the start of a line, only where it is not plain. Keyed by absolute line number. */
  readonly #openStyles = new Map<number, Style>();
  #style: Style = PLAIN;
  #partial = '';

  constructor(maxLines = MAX_LINES) {
    this.#maxLines = maxLines;
  }

  /** Lines held, an unfinished last one included. */
  get length(): number {
    return this.#lines.length + (this.#partial === '' ? 0 : 1);
  }

  /** Number of the last line, counted from 1 over the whole log. */
  get lastNumber(): number {
    return this.dropped + this.length;
  }

  append(text: string): void {
    if (text === '') return;
    const pieces = (this.#partial + text).split('\n');
    this.#partial = pieces.pop() ?? '';
    // A line without end would grow for ever; what is over the bound becomes a line of its own.
    while (this.#partial.length > MAX_LINE_CHARS) {
      pieces.push(this.#partial.slice(0, MAX_LINE_CHARS));
      this.#partial = this.#partial.slice(MAX_LINE_CHARS);
    }
    for (const piece of pieces) this.#push(piece);
    const over = this.#lines.length - this.#maxLines;
    // Cutting at the front costs as much as what is kept: let an eighth pile up first.
    if (over > this.#maxLines / 8) this.#drop(over);
    this.version++;
  }

  /** The raw text of a line by its index in the window. */
  raw(index: number): string {
    return this.#lines[index] ?? overwritten(this.#partial);
  }

  plain(index: number): string {
    return stripAnsi(this.raw(index));
  }

  spans(index: number): Span[] {
    return parseLine(this.raw(index), this.#openStyles.get(this.dropped + index) ?? PLAIN).spans;
  }

  /** The nearest line at or after (before, when going back) that reads like trouble; -1 when there is none. */
  findTrouble(from: number, step: 1 | -1): number {
    for (let index = from; index >= 0 && index < this.length; index += step) {
      if (TROUBLE.test(this.plain(index))) return index;
    }
    return -1;
  }

  #push(piece: string): void {
    const line = overwritten(piece.endsWith('\r') ? piece.slice(0, -1) : piece);
    const number = this.dropped + this.#lines.length;
    if (this.#style !== PLAIN) this.#openStyles.set(number, this.#style);
    if (line.includes('\u001b')) this.#style = parseLine(line, this.#style).end;
    this.#lines.push(line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)}…` : line);
  }

  #drop(count: number): void {
    this.#lines = this.#lines.slice(count);
    this.dropped += count;
    for (const number of this.#openStyles.keys()) {
      if (number >= this.dropped) break;
      this.#openStyles.delete(number);
    }
  }
}

/** A progress bar rewrites its line with carriage returns: the last state is what a terminal would show. */
function overwritten(line: string): string {
  const at = line.lastIndexOf('\r', line.length - 2);
  return at === -1 ? line : line.slice(at + 1);
}
