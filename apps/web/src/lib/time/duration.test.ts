import { describe, expect, it } from 'vitest';
import { formatDuration, formatElapsed } from './duration.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [340, '340ms'],
    [999.4, '999ms'],
    [1000, '1.0s'],
    [9_949, '9.9s'],
    [9_950, '9s'],
    [59_999, '59s'],
    [60_000, '1m 0s'],
    [83_000, '1m 23s'],
    [3_599_999, '59m 59s'],
    [7_500_000, '2h 5m'],
    [273_600_000, '3d 4h'],
  ])('%d ms reads %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('never shows a negative or absurd figure', () => {
    expect(formatDuration(-5)).toBe('0s');
    expect(formatDuration(Number.NaN)).toBe('0s');
  });

  it('takes the units of another language', () => {
    expect(formatDuration(83_000, { ms: '毫秒', s: '秒', m: '分', h: '时', d: '天' })).toBe('1分 23秒');
  });
});

describe('formatElapsed', () => {
  it('counts whole seconds', () => {
    expect(formatElapsed(999)).toBe('0s');
    expect(formatElapsed(1_700)).toBe('1s');
    expect(formatElapsed(61_900)).toBe('1m 1s');
  });
});
