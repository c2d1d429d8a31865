import { describe, expect, test } from 'vitest';
import { type PathPattern, parsePathPattern } from './path-pattern.ts';

const parsed = (path: string, platform = 'linux') => {
  const pattern = parsePathPattern(path, platform);
  if ('problem' in pattern) throw new Error(pattern.problem);
  return pattern;
};
const words = ({ root, parts }: PathPattern) => [root, ...parts.map((part) => ('text' in part ? part.text : '**'))];
const problemOf = (path: string, platform = 'linux') => {
  const pattern = parsePathPattern(path, platform);
  return 'problem' in pattern ? pattern.problem : null;
};

test('a path is its root and its parts', () => {
  expect(words(parsed('/in/ready.flag'))).toEqual(['/', 'in', 'ready.flag']);
  expect(words(parsed('//in///*.csv'))).toEqual(['/', 'in', '*.csv']);
  expect(words(parsed('/in/**/**/*.csv'))).toEqual(['/', 'in', '**', '*.csv']);
  expect(words(parsed('/in/**'))).toEqual(['/', 'in', '**', '*']);
});

test('on Windows with a drive or a share, and either separator', () => {
  expect(words(parsed('C:\\in\\*.csv', 'win32'))).toEqual(['C:\\', 'in', '*.csv']);
  expect(words(parsed('d:/in/**/a.txt', 'win32'))).toEqual(['d:\\', 'in', '**', 'a.txt']);
  expect(words(parsed('\\\\nas\\share\\in\\*', 'win32'))).toEqual(['\\\\nas\\share\\', 'in', '*']);
});

test.each([
  ['in/*.csv', 'linux', 'not an absolute path'],
  ['', 'linux', 'not an absolute path'],
  ['/', 'linux', 'not an absolute path'],
  ['C:\\in\\*.csv', 'linux', 'not an absolute path on this machine (linux)'],
  ['/in/*.csv', 'win32', 'not an absolute path on this machine (win32)'],
  ['C:in\\*.csv', 'win32', 'not an absolute path'],
  ['C:\\', 'win32', 'not an absolute path'],
  ['\\\\.\\pipe\\x', 'win32', 'not an absolute path'],
  ['\\\\?\\C:\\in\\x', 'win32', 'not an absolute path'],
  ['\\\\nas\\share', 'win32', 'not an absolute path'],
  ['C:\\in\\a.csv:hidden', 'win32', 'a character in "a.csv:hidden"'],
  ['/in/../etc/*', 'linux', 'has ".." as a part'],
  ['/in/./*', 'linux', 'has "." as a part'],
  ['C:\\in\\..\\x', 'win32', 'has ".." as a part'],
  ['/in/', 'linux', 'names a folder'],
  ['/in/a\0b', 'linux', 'no name can have'],
  [`/in/${'a'.repeat(256)}`, 'linux', 'more than 255 characters'],
  [`${'/a'.repeat(65)}`, 'linux', 'more than 64 parts'],
])('%j on %s is refused in words', (path, platform, problem) => {
  expect(problemOf(path, platform)).toContain(problem);
});

describe('a part fits', () => {
  const fits = (part: string, name: string, platform = 'linux') => {
    const last = parsed(platform === 'win32' ? `C:\\${part}` : `/${part}`, platform).parts.at(-1)!;
    return last.type === 'wild' && last.fits(name);
  };
  test.each([
    ['*', 'a.csv', true],
    ['*', '.hidden', false],
    ['?hidden', '.hidden', false],
    ['.*', '.hidden', true],
    ['*.csv', 'a.csv', true],
    ['*.csv', 'a.CSV', false],
    ['*.csv', 'a.csv.part', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-', false],
    ['day-??.csv', 'day-01.csv', true],
    ['day-??.csv', 'day-1.csv', false],
    ['?', '🐬', true],
    ['a[1-2]*', 'a[1-2]x', true],
    ['a[1-2]*', 'a1x', false],
  ])('%s meets %s: %s', (part, name, expected) => {
    expect(fits(part, name)).toBe(expected);
  });

  test('in either case on Windows', () => {
    expect(fits('*.CSV', 'Monday.csv', 'win32')).toBe(true);
  });

  test('in time, however many stars there are', () => {
    expect(fits(`${'a*'.repeat(120)}b`, 'a'.repeat(255))).toBe(false);
  });
});
