import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHistory, spanBetween } from './history.ts';

it('finds the one span in which two texts differ', () => {
  expect(spanBetween('abc', 'abc')).toBeNull();
  expect(spanBetween('aXc', 'aYYc')).toEqual({ at: 1, removed: 'X', added: 'YY' });
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const { at, removed, added } = spanBetween(before, after) ?? { at: 0, removed: '', added: '' };
      expect(before.slice(0, at) + added + before.slice(at + removed.length)).toBe(after);
    }),
  );
});

it('takes what is typed without a pause for one step', () => {
  const history = createHistory();
  history.record('', 'a', 'typing', 0);
  history.record('a', 'ab', 'typing', 700);
  history.record('ab', 'abc', 'typing', 1_400);
  history.record('abc', 'abcd', 'typing', 9_000);
  history.record('abcd', 'abcde', 'field', 9_001);
  expect(history.undo('abcde')).toBe('abcd');
  expect(history.undo('abcd')).toBe('abc');
  expect(history.undo('abc')).toBe('');
  expect(history.undo('')).toBeUndefined();
  expect(history.redo('')).toBe('abc');
  history.record('abc', 'abX', 'typing', 1_500);
  expect(history.redo('abX')).toBeUndefined();
  expect(history.undo('abX')).toBe('abc');
});
