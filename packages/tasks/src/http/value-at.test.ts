import { expect, test } from 'vitest';
import { readBody } from './read-body.ts';
import { valueAt } from './value-at.ts';

test('finds values by a dotted path, and only what the JSON itself has', () => {
  const json = { items: [{ id: 7, tags: null }] };
  expect(valueAt(json, 'items.0.id')).toBe(7);
  expect(valueAt(json, 'items.0.tags')).toBeNull();
  expect(valueAt(json, 'items.1.id')).toBeUndefined();
  expect(valueAt(json, 'constructor.name')).toBeUndefined();
  expect(valueAt(json, 'items.length')).toBe(1);
});

test('an answer without an end is read up to the bound', async () => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1000).fill(97)) });
  expect(await readBody(new Response(endless), 2_500)).toEqual({ text: 'a'.repeat(2_500), complete: false });
  expect(await readBody(new Response('zwölf'), 6)).toEqual({ text: 'zwölf', complete: true });
});
