import { describe, expect, it } from 'vitest';
import { countOf, diffLinesOf } from './diff-lines.ts';
import { graphDiffOf } from './graph-diff.ts';

describe('diffLinesOf', () => {
  it('numbers the lines of both texts', () => {
    const unified =
      '--- version 1\n+++ version 2\n@@ -3,3 +3,3 @@\n same\n--- old: 1\n+++ new: 2\n end\n@@ -20 +20,2 @@\n x\n+\n';
    const lines = diffLinesOf(unified);
    expect(lines.map(({ kind, from, to, text }) => [kind, from, to, text])).toEqual([
      ['part', null, null, '@@ -3,3 +3,3 @@'],
      ['same', 3, 3, 'same'],
      // Lines that begin like a head of the diff are lines.
      ['removed', 4, null, '-- old: 1'],
      ['added', null, 4, '++ new: 2'],
      ['same', 5, 5, 'end'],
      ['part', null, null, '@@ -20 +20,2 @@'],
      ['same', 20, 20, 'x'],
      ['added', null, 21, ''],
    ]);
    expect(countOf(lines)).toEqual({ added: 2, removed: 1 });
  });

  it('is empty for texts that are the same', () => {
    expect(diffLinesOf('')).toEqual([]);
  });
});

describe('graphDiffOf', () => {
  const task = (id: string, ...dependsOn: string[]) => ({ id, type: 'shell', dependsOn, enabled: true });
  const words = { added: 'new', removed: 'gone', changed: 'other' };

  it('holds the tasks and dependencies of both versions, each with what became of it', () => {
    const nodes = graphDiffOf(
      [task('a'), task('b', 'a'), task('c', 'b'), task('e', 'c')],
      [task('a'), task('b'), task('d', 'a'), task('c', 'd')],
      new Set(['b', 'c']),
      words,
    );
    expect(nodes.map(({ id, mark, note }) => [id, mark, note])).toEqual([
      ['a', undefined, undefined],
      ['b', 'changed', 'other'],
      ['d', 'added', 'new'],
      ['c', 'changed', 'other'],
      ['e', 'removed', 'gone'],
    ]);
    const of = (id: string) => nodes.find((node) => node.id === id)!;
    expect(of('b')).toMatchObject({ dependsOn: ['a'], lost: ['a'], gained: [] });
    expect(of('c')).toMatchObject({ dependsOn: ['d', 'b'], lost: ['b'], gained: ['d'] });
    expect(of('d')).toMatchObject({ gained: ['a'] });
    expect(of('e')).toMatchObject({ lost: ['c'] });
  });
});
