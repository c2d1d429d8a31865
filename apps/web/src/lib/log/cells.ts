/** Widths in character cells (East Asian wide characters and emoji take two), and where a line wraps. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const NARROW_ONLY = /^[\u0020-\u007e]*$/;

export function cellsOf(text: string): number {
  if (NARROW_ONLY.test(text)) return text.length;
  let cells = 0;
  for (const char of text) cells += widthOf(char);
  return cells;
}

function widthOf(char: string): number {
  if (/\p{Mark}|\u200d|\ufe0f/u.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

/** Offsets at which the rows of a wrapped line begin; the first is always 0. */
export function wrapOffsets(text: string, columns: number): number[] {
  const offsets = [0];
  if (columns < 2) return offsets;
  if (NARROW_ONLY.test(text)) {
    for (let at = columns; at < text.length; at += columns) offsets.push(at);
    return offsets;
  }
  let cells = 0;
  let at = 0;
  for (const char of text) {
    const width = widthOf(char);
    if (cells + width > columns) {
      offsets.push(at);
      cells = 0;
    }
    cells += width;
    at += char.length;
  }
  return offsets;
}

/** How many rows a line takes when it is wrapped. */
export function rowsOf(text: string, columns: number): number {
  if (columns < 2 || text.length === 0) return 1;
  if (NARROW_ONLY.test(text)) return Math.max(1, Math.ceil(text.length / columns));
  return wrapOffsets(text, columns).length;
}
