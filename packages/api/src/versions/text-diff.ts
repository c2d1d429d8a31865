/**
 * The unified diff of two texts, by Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its Variations", 1986).
 * Pure. Texts end with a line feed, as YAML documents do.
 */
interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

const CONTEXT = 3;
/**
 * Bounds time and memory, which grow with the square of the edits. Texts that differ in more lines than this are shown
 * as replaced between their first and their last difference: as true, and no longer the shortest.
 */
const MAX_EDITS = 500;

/** Empty when the texts are equal. */
export function unifiedDiff(
  older: string,
  newer: string,
  labels: { readonly from: string; readonly to: string },
): string {
  if (older === newer) return '';
  const lines = diffLines(linesOf(older), linesOf(newer));
  return [`--- ${labels.from}`, `+++ ${labels.to}`, ...hunks(lines), ''].join('\n');
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function diffLines(a: readonly string[], b: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const from = a.slice(start, a.length - end);
  const to = b.slice(start, b.length - end);
  return [
    ...marked(' ', a.slice(0, start)),
    ...(shortestEdit(from, to) ?? [...marked('-', from), ...marked('+', to)]),
    ...marked(' ', a.slice(a.length - end)),
  ];
}

function marked(mark: Line['mark'], texts: readonly string[]): readonly Line[] {
  return texts.map((text) => ({ mark, text }));
}

/** Undefined when it takes more than MAX_EDITS. */
function shortestEdit(a: readonly string[], b: readonly string[]): readonly Line[] | undefined {
  const most = Math.min(MAX_EDITS, a.length + b.length);
  /** Per diagonal x - y, shifted to begin at 0: how far x gets with the edits made so far. */
  const reach = new Int32Array(2 * most + 3);
  const shift = most + 1;
  const history: Int32Array[] = [];

  for (let edits = 0; edits <= most; edits++) {
    history.push(reach.slice(shift - edits, shift + edits + 1));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const left = reach[shift + diagonal - 1]!;
      const above = reach[shift + diagonal + 1]!;
      let x = diagonal === -edits || (diagonal !== edits && left < above) ? above : left + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      reach[shift + diagonal] = x;
      if (x >= a.length && x - diagonal >= b.length) return walkBack(a, b, history);
    }
  }
  return undefined;
}

/** `history[n]` holds the reach before the n-th edit, diagonals -n to n. */
function walkBack(a: readonly string[], b: readonly string[], history: readonly Int32Array[]): readonly Line[] {
  const lines: Line[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const before = (diagonal: number) => history[edits]![diagonal + edits]!;
    const diagonal = x - y;
    const isInsert = diagonal === -edits || (diagonal !== edits && before(diagonal - 1) < before(diagonal + 1));
    const previousX = edits === 0 ? 0 : before(isInsert ? diagonal + 1 : diagonal - 1);
    const previousY = edits === 0 ? 0 : previousX - (isInsert ? diagonal + 1 : diagonal - 1);
    while (x > previousX && y > previousY) {
      x--;
      y--;
      lines.push({ mark: ' ', text: a[x]! });
    }
    if (edits === 0) break;
    lines.push(isInsert ? { mark: '+', text: b[previousY]! } : { mark: '-', text: a[previousX]! });
    x = previousX;
    y = previousY;
  }
  return lines.reverse();
}

function hunks(lines: readonly Line[]): readonly string[] {
  const out: string[] = [];
  let line = { from: 1, to: 1 };
  let at = 0;
  while (at < lines.length) {
    const firstChange = lines.findIndex(({ mark }, index) => index >= at && mark !== ' ');
    if (firstChange === -1) break;
    const start = Math.max(at, firstChange - CONTEXT);
    line = { from: line.from + (start - at), to: line.to + (start - at) };
    let end = firstChange + 1;
    // Changes with little between them share a hunk.
    for (let next = end; next < lines.length && next <= end + 2 * CONTEXT; next++) {
      if (lines[next]!.mark !== ' ') end = next + 1;
    }
    end = Math.min(lines.length, end + CONTEXT);
    const hunk = lines.slice(start, end);
    const count = { from: countWithout(hunk, '+'), to: countWithout(hunk, '-') };
    out.push(`@@ -${range(line.from, count.from)} +${range(line.to, count.to)} @@`);
    for (const { mark, text } of hunk) out.push(mark + text);
    line = { from: line.from + count.from, to: line.to + count.to };
    at = end;
  }
  return out;
}

function countWithout(lines: readonly Line[], mark: Line['mark']): number {
  return lines.filter((line) => line.mark !== mark).length;
}

/** Of nothing, the line before it is named. */
function range(first: number, count: number): string {
  return count === 0 ? `${first - 1},0` : `${first},${count}`;
}
