import { expect, test } from 'vitest';
import { createDocumentCache } from './document-cache.ts';

const text = (name: string) => JSON.stringify({ name });

test('gives the same object for the same hash', () => {
  const cache = createDocumentCache();
  const document = cache.add('h1', text('a'));
  expect(document).toEqual({ name: 'a' });
  expect(cache.get('h1')).toBe(document);
  expect(cache.get('h2')).toBeUndefined();
});

test('keeps so many characters, and what was asked for last', () => {
  const cache = createDocumentCache(3 * text('a').length);
  for (const name of ['a', 'b', 'c']) cache.add(name, text(name));
  cache.get('a');
  cache.add('d', text('d'));
  expect(['a', 'b', 'c', 'd'].filter((name) => cache.get(name))).toEqual(['a', 'c', 'd']);
  cache.add('large', text('x'.repeat(200)));
  expect(cache.get('large')).toBeUndefined();
});
