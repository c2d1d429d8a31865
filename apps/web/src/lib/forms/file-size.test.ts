import { expect, test } from 'vitest';
import { tooLarge } from './file-size.ts';

test('says the size of a file that the server would not take, and nothing of others', () => {
  expect(tooLarge(undefined)).toBeUndefined();
  expect(tooLarge({ size: 1_000_000 })).toBeUndefined();
  expect(tooLarge({ size: 1_000_001 })).toBe('1.00');
  expect(tooLarge({ size: 2_340_000_000 })).toBe('2340');
});
