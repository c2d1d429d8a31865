import { expect, test } from 'vitest';
import { whyNoFilePath } from './file-path.ts';
import { settle } from './settling.ts';
import { aboutThing, type FoundThing, fileParams, thingKey } from './things.ts';

const file: FoundThing = { path: '/in/a.csv', size: 12, modifiedAt: Date.UTC(2026, 0, 2), etag: null };
const object: FoundThing = { path: 'https://x.io/in/a.csv?v=/1', size: 12, modifiedAt: null, etag: '"abc"' };

test.each([
  ['/in/*.csv'],
  ['/in/**/*.csv'],
  ['/**/x'],
  ['/in/a b?.csv'],
  ['/in/a\\b'],
  ['C:\\in\\*.csv'],
  ['c:/in/*.csv'],
  ['\\\\nas\\share\\in\\*.csv'],
  ['https://files.example.com/in/a.csv?day=1'],
  ['http://127.0.0.1:9000/a'],
  ['http://[::1]:9000/a'],
])('%s is looked at', (path) => {
  expect(whyNoFilePath(path)).toBeUndefined();
});

test.each([
  ['', 'absolute'],
  ['in/*.csv', 'absolute'],
  ['C:in\\*.csv', 'absolute'],
  ['\\\\nas\\*', 'absolute'],
  ['s3://bucket/a', 'absolute'],
  ['/', 'folder'],
  ['/in/', 'folder'],
  ['C:\\', 'folder'],
  ['/in//a', 'separators'],
  ['C:\\in\\/a', 'separators'],
  ['/in/../a', '“..”'],
  ['/in/./a', '“.”'],
  ['/in/a**/b', 'part of their own'],
  ['/in/***', 'part of their own'],
  ['/in/**', 'which files'],
  ['/in/a\u0000', 'control'],
  ['/in/a\nb', 'control'],
  [`/${'a'.repeat(1000)}`, 'at most 1000'],
  ['https:///a', 'host'],
  ['https://', 'host'],
  ['https://[::1/a', 'host'],
  ['https://x:port/a', 'host'],
  ['https://ann:pw@x.io/a', 'password'],
  ['https://x.io/a#b', '#'],
  ['https://x.io/*.csv', 'one object'],
  ['https://x.io/a b', 'spaces'],
])('%j is not: %s', (path, word) => {
  expect(whyNoFilePath(path)).toContain(word);
});

test('a thing that is replaced is another thing', () => {
  const keys = [
    file,
    { ...file, size: 13 },
    { ...file, modifiedAt: file.modifiedAt! + 1 },
    { ...file, path: '/in/b.csv' },
    object,
    { ...object, etag: '"abd"' },
    { ...object, etag: null },
    { ...object, etag: null, modifiedAt: 5 },
  ].map(thingKey);
  expect(new Set(keys).size).toBe(keys.length);
  // What tells the version of an object tells it alone.
  expect(thingKey({ ...object, size: 99, modifiedAt: 7 })).toBe(thingKey(object));
  expect(thingKey({ ...file })).toBe(thingKey(file));
});

test.each([
  [file, { path: '/in/a.csv', name: 'a.csv', folder: '/in', size: '12', modified: '2026-01-02T00:00:00.000Z' }],
  [
    { ...file, path: '/a.csv' },
    { name: 'a.csv', folder: '/' },
  ],
  [
    { ...file, path: '/in/a\\b' },
    { name: 'a\\b', folder: '/in' },
  ],
  [
    { ...file, path: 'C:\\in\\a.csv' },
    { name: 'a.csv', folder: 'C:\\in' },
  ],
  [
    { ...file, path: 'C:\\a.csv' },
    { name: 'a.csv', folder: 'C:\\' },
  ],
  [
    { ...file, path: '\\\\nas\\in\\a.csv' },
    { name: 'a.csv', folder: '\\\\nas\\in\\' },
  ],
  [object, { name: 'a.csv?v=/1', folder: 'https://x.io/in', etag: '"abc"', worker: 'w' }],
])('%j gives parameters', (thing, params) => {
  const mapping = Object.fromEntries(Object.keys(params).map((field) => [field, field]));
  expect(fileParams(mapping, thing, 'w')).toEqual({ params, problems: [] });
});

test('what a thing has not is told, and a name that would be expanded is refused', () => {
  expect(fileParams({ a: 'etag' }, file, 'w').problems).toMatchObject([
    { path: 'params.a', message: 'The file has no “etag”.' },
  ]);
  expect(fileParams({ a: 'modified' }, object, 'w').problems).toMatchObject([
    { message: 'The object has no “modified”.' },
  ]);
  const sly = { ...file, path: '/in/${secret}.csv' };
  expect(fileParams({ a: 'name' }, sly, 'w').problems).toMatchObject([
    { message: expect.stringContaining('placeholder') },
  ]);
});

test('what a firing tells of a thing', () => {
  expect(aboutThing(file, 'w')).toEqual({
    ...{ worker: 'w', path: '/in/a.csv', size: '12', modified: '2026-01-02T00:00:00.000Z' },
  });
  expect(aboutThing(object, 'w')).toEqual({ worker: 'w', path: object.path, size: '12', etag: '"abc"' });
  expect(aboutThing({ ...file, modifiedAt: Number.MAX_SAFE_INTEGER }, 'w').modified).toBe(
    '+275760-09-13T00:00:00.000Z',
  );
});

test('a thing is settled in a look that is late enough, if it is still the same', () => {
  const first = settle(new Map(), ['a', 'b'], { look: 1, settledLook: 0 });
  expect([...first.settled]).toEqual([]);
  const second = settle(first.waiting, ['a', 'c'], { look: 2, settledLook: 0 });
  expect([...second.waiting]).toEqual([
    ['a', 1],
    ['c', 2],
  ]);
  // It was away for a look: it begins anew.
  const third = settle(second.waiting, ['a', 'b', 'c'], { look: 3, settledLook: 1 });
  expect([...third.settled]).toEqual(['a']);
  expect(third.waiting.get('b')).toBe(3);
  expect([...settle(new Map(), ['a'], { look: 1, settledLook: 1 }).settled]).toEqual(['a']);
});
