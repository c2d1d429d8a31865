/**
 * Cuts text that comes in pieces into lines. Of a line that is too long only the beginning is given, so memory stays
 * bounded; that is enough to see that it sets an output, and that the output is too large.
 */
const MAX_LINE = 1_048_576;

export interface LineReader {
  add(text: string): void;
  /** A last line without a line end is a line too. */
  end(): void;
}

export function createLineReader(onLine: (line: string) => void): LineReader {
  let parts: string[] = [];
  let length = 0;

  function keep(text: string): void {
    if (text === '' || length >= MAX_LINE) return;
    const kept = text.slice(0, MAX_LINE - length);
    length += kept.length;
    parts.push(kept);
  }

  function finish(): void {
    onLine(parts.join(''));
    parts = [];
    length = 0;
  }

  return {
    add(text) {
      let from = 0;
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
        keep(text.slice(from, at));
        finish();
        from = at + 1;
      }
      keep(text.slice(from));
    },
    end() {
      if (length > 0) finish();
    },
  };
}
