import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from '../repo.ts';
import { currentMachineFiles } from './current-page.ts';
import { findInvariants } from './find-invariants.ts';
import { findTransitions, RUNS } from './find-transitions.ts';

it('is up to date with the code; if not, run "npm run docs:machines"', () => {
  const files = Object.entries(currentMachineFiles());
  expect(files).toHaveLength(2);
  for (const [path, text] of files) expect(readFileSync(resolve(repoRoot, path), 'utf8')).toBe(text);
}, 60_000);

it('finds as many transitions with half as many runs: the search is long enough', () => {
  expect(findTransitions(RUNS / 2)).toEqual(findTransitions());
}, 60_000);

it('reads numbered invariants from headers only, over as many lines as they take', () => {
  const text = [
    '/**',
    ' * Keeps things.',
    ' *',
    ' * A1 The first rule, which is',
    ' *    long.',
    ' * A2  The second.',
    ' *',
    ' * Not a rule: A3.',
    ' */',
    '/**',
    ' * A9 Not in the header.',
    ' */',
  ].join('\n');
  const files = ['packages/core/src/a.ts', 'packages/core/src/a.test.ts', 'tools/a.ts', 'packages/core/src/b.ts'];
  const found = findInvariants({ files, read: (path) => (path.endsWith('/b.ts') ? '/** None. */' : text) });
  expect(found).toEqual([
    {
      path: 'packages/core/src/a.ts',
      invariants: [
        { number: 'A1', text: 'The first rule, which is long.' },
        { number: 'A2', text: 'The second.' },
      ],
    },
  ]);
});
