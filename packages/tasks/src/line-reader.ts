/** Cuts text that comes in pieces into lines. A line too long to mean anything is skipped, so memory stays bounded. */
const MAX_LINE = 1_048_576;

export interface LineReader {
  add(text: string): void;
  /** A last line without a line end is a line too. */
  end(): void;
}

export function createLineReader(onLine: (line: string) => void): LineReader {
  let parts: string[] = [];
  let length = 0;
  let skipping = false;

  function keep(text: string): void {
    if (skipping || text === '') return;
    length += text.length;
    if (length > MAX_LINE) {
      skipping = true;
      parts = [];
    } else parts.push(text);
  }

  function finish(): void {
    if (!skipping) onLine(parts.join(''));
    parts = [];
    length = 0;
    skipping = false;
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
