import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './text-diff.ts';

const labels = { from: 'a', to: 'b' };
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

/** What the tool `patch` does, and as strict: every line must be where the diff says. */
function apply(diff: string, older: string): string {
  const source = older.split('\n').slice(0, -1);
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split('\n').slice(2, -1)) {
    const hunk = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line);
    if (hunk) {
      const first = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      while (at < first) out.push(source[at++]!);
      expect(out.length).toBe(Number(hunk[3]) - (hunk[4] === '0' ? 0 : 1));
      continue;
    }
    if (line[0] !== '+') expect(source[at++]).toBe(line.slice(1));
    if (line[0] !== '-') out.push(line.slice(1));
  }
  return text([...out, ...source.slice(at)]);
}

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (const [i, x] of a.entries()) {
    for (const [j, y] of b.entries()) {
      rows[i + 1]![j + 1] = x === y ? rows[i]![j]! + 1 : Math.max(rows[i]![j + 1]!, rows[i + 1]![j]!);
    }
  }
  return rows[a.length]![b.length]!;
}

describe('a unified diff', () => {
  it('looks as everybody knows it', () => {
    const older = ['name: a', 'x: 1', 'x: 2', 'x: 3', 'x: 4', 'x: 5', 'x: 6', 'x: 7', 'x: 8', 'end: 1'];
    const newer = ['name: b', 'x: 1', 'x: 2', 'x: 3', 'x: 4', 'x: 5', 'x: 6', 'x: 7', 'x: 8', 'more: 2', 'end: 1'];
    expect(unifiedDiff(text(older), text(newer), { from: 'version 1', to: 'version 2' })).toBe(
      [
        '--- version 1',
        '+++ version 2',
        '@@ -1,4 +1,4 @@',
        '-name: a',
        '+name: b',
        ' x: 1',
        ' x: 2',
        ' x: 3',
        '@@ -7,4 +7,5 @@',
        ' x: 6',
        ' x: 7',
        ' x: 8',
        '+more: 2',
        ' end: 1',
        '',
      ].join('\n'),
    );
  });

  it('of equal texts is empty; from and to nothing it is the whole', () => {
    expect(unifiedDiff('a\n', 'a\n', labels)).toBe('');
    expect(unifiedDiff('', 'a\nb\n', labels)).toBe('--- a\n+++ b\n@@ -0,0 +1,2 @@\n+a\n+b\n');
    expect(unifiedDiff('a\n', '', labels)).toBe('--- a\n+++ b\n@@ -1,1 +0,0 @@\n-a\n');
  });

  it('turns the older text into the newer one, with as few changed lines as can be', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '-x', '+y', '@@ -1,1 +1,1 @@!'), { maxLength: 40 });
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const diff = unifiedDiff(text(a), text(b), labels);
        expect(diff === '').toBe(text(a) === text(b));
        if (diff === '') return;
        expect(apply(diff, text(a))).toBe(text(b));
        const changed = diff
          .split('\n')
          .slice(2)
          .filter((line) => /^[+-]/.test(line)).length;
        expect(changed).toBe(a.length + b.length - 2 * longestCommon(a, b));
      }),
      { numRuns: 500 },
    );
  });

  it('of texts that have little in common is bounded and still true', () => {
    const a = Array.from({ length: 60_000 }, (_, i) => (i % 10 === 0 ? 'same' : `old ${i}`));
    const b = Array.from({ length: 60_000 }, (_, i) => (i % 10 === 0 ? 'same' : `new ${i}`));
    expect(apply(unifiedDiff(text(a), text(b), labels), text(a))).toBe(text(b));
  });
});
