/** Which line a row of a wrapped log belongs to. Sums of rows per line; new lines only extend it. */
import { rowsOf } from './cells.ts';
import type { LogBuffer } from './log-buffer.ts';

export class WrapIndex {
  readonly columns: number;
  /** starts[i] is the first row of line i; the last entry is the number of rows. */
  readonly #starts: number[] = [0];
  #dropped: number;
  readonly #buffer: LogBuffer;

  constructor(buffer: LogBuffer, columns: number) {
    this.#buffer = buffer;
    this.columns = columns;
    this.#dropped = buffer.dropped;
    this.update();
  }

  get rows(): number {
    return this.#starts[this.#starts.length - 1]!;
  }

  /** Takes in lines that were added. The last known line is measured again: it may have been unfinished. */
  update(): void {
    if (this.#buffer.dropped !== this.#dropped) {
      this.#starts.length = 1;
      this.#dropped = this.#buffer.dropped;
    }
    if (this.#starts.length > 1) this.#starts.pop();
    for (let line = this.#starts.length - 1; line < this.#buffer.length; line++) {
      this.#starts.push(this.#starts[line]! + rowsOf(this.#buffer.plain(line), this.columns));
    }
  }

  firstRow(line: number): number {
    return this.#starts[Math.min(line, this.#starts.length - 1)] ?? 0;
  }

  at(row: number): { readonly line: number; readonly part: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= row) low = middle;
      else high = middle;
    }
    return { line: low, part: row - this.#starts[low]! };
  }
}
