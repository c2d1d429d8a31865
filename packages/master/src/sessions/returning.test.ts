import { expect, test } from 'vitest';
import { decideReturn } from './returning.ts';

test('P7: what becomes of a dispatch when its worker comes back', () => {
  const table = [
    [true, true, 'running', null, 'keep'],
    [true, false, 'dispatched', null, 'keep'],
    [true, true, 'running', 1, 'keep'],
    [false, false, 'dispatched', null, 'wait'],
    [false, false, 'running', 1, 'wait'],
    [false, true, 'dispatched', null, 'send'],
    [false, true, 'dispatched', 1, 'return'],
    [false, true, 'running', null, 'lose'],
    [false, true, 'running', 1, 'lose'],
  ] as const;
  for (const [known, durable, state, killRequestedAt, decision] of table) {
    expect(decideReturn({ known, durable, row: { state, killRequestedAt } })).toBe(decision);
  }
});
