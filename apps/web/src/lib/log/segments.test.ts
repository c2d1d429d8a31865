import { describe, expect, it } from 'vitest';
import { parseLine } from './ansi.ts';
import { formatAnchor, parseAnchor, segmentsOf } from './segments.ts';

const { spans } = parseLine('ab\u001b[31mcdef\u001b[0mgh');
const texts = (from: number, to: number, ranges: { from: number; to: number; current: boolean }[] = []) =>
  segmentsOf(spans, ranges, from, to).map((segment) => [segment.text, segment.style.colour ?? null, segment.mark]);

describe('segmentsOf', () => {
  it('is the line itself when nothing cuts it', () => {
    expect(texts(0, 8)).toEqual([
      ['ab', null, 0],
      ['cdef', 1, 0],
      ['gh', null, 0],
    ]);
  });
  it('marks a match across colours', () => {
    expect(texts(0, 8, [{ from: 1, to: 4, current: true }])).toEqual([
      ['a', null, 0],
      ['b', null, 2],
      ['cd', 1, 2],
      ['ef', 1, 0],
      ['gh', null, 0],
    ]);
  });
  it('takes one wrapped row of it', () => {
    expect(texts(3, 7, [{ from: 0, to: 4, current: false }])).toEqual([
      ['d', 1, 1],
      ['ef', 1, 0],
      ['g', null, 0],
    ]);
  });
});

describe('anchors', () => {
  it.each([
    ['#L12', { from: 12, to: 12 }],
    ['#L20-L12', { from: 12, to: 20 }],
    ['#L3-5', { from: 3, to: 5 }],
    ['#L0', null],
    ['#top', null],
    ['', null],
  ])('%s', (hash, range) => expect(parseAnchor(hash)).toEqual(range));
  it('are written as they are read', () => {
    expect(parseAnchor(formatAnchor(9, 4))).toEqual({ from: 4, to: 9 });
  });
});
