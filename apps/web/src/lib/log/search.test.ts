import { describe, expect, it } from 'vitest';
import { LogBuffer } from './log-buffer.ts';
import { compileQuery, findMatches, matchFrom } from './search.ts';

function search(text: string, query: string, regex = false) {
  const buffer = new LogBuffer();
  buffer.append(text);
  const compiled = compileQuery(query, regex);
  if (!compiled.ok) throw new Error(compiled.reason);
  return findMatches(buffer, compiled.pattern);
}

describe('log search', () => {
  it('sees text through colours', () => {
    expect(search('a \u001b[31mconn\u001b[0mection reset', 'connection')).toEqual([{ line: 0, from: 2, to: 12 }]);
  });
  it('is about case only when asked', () => {
    expect(search('Error error', 'error')).toHaveLength(2);
    expect(search('Error error', 'Error')).toHaveLength(1);
    expect(search('x1 X2', '\\D\\d', true)).toHaveLength(2);
  });
  it('takes a query literally unless it is a pattern', () => {
    expect(search('a.b axb', 'a.b')).toHaveLength(1);
    expect(search('a.b axb', 'a.b', true)).toHaveLength(2);
  });
  it('survives patterns that match nothing or are not valid', () => {
    expect(search('abc', 'x*', true)).toEqual([]);
    expect(compileQuery('(', true)).toMatchObject({ ok: false });
  });
  it('stops at the limit', () => {
    const buffer = new LogBuffer();
    buffer.append('aaaaaaaaaa\n'.repeat(100));
    expect(findMatches(buffer, /a/g, 0, 50)).toHaveLength(50);
  });
  it('goes on from a line and wraps', () => {
    const matches = [3, 8, 8, 20].map((line) => ({ line, from: 0, to: 1 }));
    expect(matchFrom(matches, 4)).toBe(1);
    expect(matchFrom(matches, 8)).toBe(1);
    expect(matchFrom(matches, 21)).toBe(0);
    expect(matchFrom([], 5)).toBe(0);
  });
});
