import { parseCron } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { piecesOf, QUICK, wordAt, wordsOf } from './cron-text.ts';

/** What the engine says of an expression, in the shape of an answer. */
function problemsOf(expression: string) {
  const read = parseCron(expression);
  return read.ok ? [] : read.problems;
}

describe('wordsOf', () => {
  it.each([
    ['30 2 * * *', ['minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek']],
    ['0 30 2 * * ?', ['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek']],
    ['0 30 2 * * ? 2030', ['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek', 'year']],
    ['30 2', [undefined, undefined]],
    ['@daily', [undefined]],
  ])('names the fields of %s', (expression, fields) => {
    expect(wordsOf(expression).map(({ field }) => field)).toEqual(fields);
  });

  it('finds the word at a place', () => {
    const words = wordsOf('30  2 * * *');
    expect(wordAt(words, 4)?.field).toBe('hour');
    expect(wordAt(words, 3)).toBeUndefined();
  });
});

describe('piecesOf', () => {
  it.each([
    ['30 25 * * *', ['25']],
    ['61 25 * * FOO', ['61', '25', 'FOO']],
    ['30 2 31 2 *', ['31']],
    ['30 2 * *', []],
    ['', []],
  ])('marks in %s what the engine finds wrong', (expression, wrong) => {
    const pieces = piecesOf(expression, expression === '30 2 * *' ? [] : problemsOf(expression));
    expect(pieces.filter((piece) => piece.wrong).map(({ text }) => text)).toEqual(wrong);
    expect(pieces.map(({ text }) => text).join('')).toBe(expression);
  });

  it('marks nothing of a problem that lies behind the end, and once what two problems name', () => {
    expect(piecesOf('1 2', [{ at: 9, text: 'x' }])).toEqual([{ text: '1 2', wrong: false }]);
    const twice = piecesOf('1 2', [
      { at: 2, text: '2' },
      { at: 2, text: '2' },
    ]);
    expect(twice).toEqual([
      { text: '1 ', wrong: false },
      { text: '2', wrong: true },
    ]);
  });
});

it('every quick choice is an expression', () => {
  for (const expression of Object.values(QUICK)) expect(problemsOf(expression)).toEqual([]);
});
