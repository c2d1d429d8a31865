import { MAX_FRAME_BYTES, MAX_LOOKED_ENTRIES, utf8Length } from '@vaquita/protocol';
import { expect, test } from 'vitest';
import { createPage } from './page.ts';

const entry = (path: string) => ({ path, size: 1, modifiedAt: 1, etag: null });

test('a page is the end when nothing was left out', () => {
  const page = createPage(2);
  expect(page.read()).toEqual({ entries: [], isEnd: true, problem: null, code: null });
  expect(page.add(entry('a')) && page.add(entry('b'))).toBe(true);
  expect(page.read()).toMatchObject({ entries: [entry('a'), entry('b')], isEnd: true });
  expect(page.add(entry('c'))).toBe(false);
  expect(page.read()).toMatchObject({ entries: [entry('a'), entry('b')], isEnd: false, problem: null });
});

test('however the names are made, a full page fits a frame, and has at least one entry', () => {
  for (const letter of ['a', '\u0001', '🐬', '\ud800']) {
    const page = createPage(MAX_LOOKED_ENTRIES);
    const name = letter.repeat(4_000 / letter.length);
    for (let i = 0; i < MAX_LOOKED_ENTRIES && page.add(entry(name + i)); i += 1);
    const { entries, isEnd } = page.read();
    expect(entries.length).toBeGreaterThan(0);
    expect(isEnd).toBe(false);
    expect(utf8Length(JSON.stringify(page.read()))).toBeLessThan(MAX_FRAME_BYTES / 2);
  }
});

test('what ran out is a problem only where nothing was found', () => {
  const empty = createPage(2);
  empty.cutShort('too_many', 'Too many.');
  expect(empty.read()).toEqual({ entries: [], isEnd: true, problem: 'Too many.', code: 'too_many' });
  const page = createPage(2);
  page.add(entry('a'));
  page.cutShort('too_many', 'Too many.');
  expect(page.read()).toEqual({ entries: [entry('a')], isEnd: false, problem: null, code: null });
});

test('of several troubles the first is told, and how many there were', () => {
  const page = createPage(2);
  page.add(entry('a'));
  for (const name of ['x', 'y', 'z']) page.trouble('not_allowed', `Not ${name}.`);
  expect(page.read()).toMatchObject({
    isEnd: true,
    code: 'not_allowed',
    problem: 'Not x. 2 more could not be looked at.',
  });
  const long = createPage(1);
  long.trouble('failed', 'x'.repeat(20_000));
  long.trouble('failed', 'y');
  expect(long.read().problem!.length).toBeLessThanOrEqual(8_192);
});
