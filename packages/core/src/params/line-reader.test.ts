import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineReader } from './line-reader.ts';

test('lines are the same, however the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '\n', 'b') })), (pieces) => {
      const lines: string[] = [];
      const reader = createLineReader((line) => lines.push(line));
      for (const piece of pieces) reader.add(piece);
      reader.end();
      const expected = pieces.join('').split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(lines).toEqual(expected);
    }),
  );
});

test('of a line without end only the beginning is kept, and the next one is read', () => {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line));
  for (let i = 0; i < 100; i++) reader.add('x'.repeat(65_536));
  reader.add('\nshort\n');
  expect(lines).toEqual(['x'.repeat(1_048_576), 'short']);
});
