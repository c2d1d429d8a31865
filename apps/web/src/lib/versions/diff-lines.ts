/** A unified diff as lines with their numbers in both texts. Pure. */
export interface DiffLine {
  /** `part`: what stands between two differences is left out here. */
  readonly kind: 'same' | 'added' | 'removed' | 'part';
  readonly text: string;
  /** Number of the line in the text compared with, from 1. */
  readonly from: number | null;
  readonly to: number | null;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** Empty when the texts are the same. */
export function diffLinesOf(unified: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [from, to] = [0, 0];
  let begun = false;
  for (const line of unified.replace(/\n$/, '').split('\n')) {
    const hunk = HUNK.exec(line);
    if (hunk) {
      begun = true;
      [from, to] = [Number(hunk[1]), Number(hunk[2])];
      lines.push({ kind: 'part', text: line, from: null, to: null });
    } else if (begun) {
      const text = line.slice(1);
      if (line.startsWith('+')) lines.push({ kind: 'added', text, from: null, to: to++ });
      else if (line.startsWith('-')) lines.push({ kind: 'removed', text, from: from++, to: null });
      else lines.push({ kind: 'same', text, from: from++, to: to++ });
    }
  }
  return lines;
}

export function countOf(lines: readonly DiffLine[]): { readonly added: number; readonly removed: number } {
  return {
    added: lines.filter(({ kind }) => kind === 'added').length,
    removed: lines.filter(({ kind }) => kind === 'removed').length,
  };
}
