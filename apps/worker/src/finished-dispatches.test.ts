import type { DispatchId } from '@vaquita/core';
import { expect, it } from 'vitest';
import { createFinishedDispatches } from './finished-dispatches.ts';

const MAX = 10;
const idOf = (nth: number) => `dispatch-${nth}` as DispatchId;

it('knows the newest at every moment, and forgets the oldest (P3)', () => {
  const finished = createFinishedDispatches(MAX);
  for (let last = 0; last < 5 * MAX; last++) {
    finished.add(idOf(last));
    for (let nth = Math.max(0, last - MAX + 1); nth <= last; nth++) expect(finished.has(idOf(nth))).toBe(true);
    expect(finished.has(idOf(last + 1))).toBe(false);
    expect(finished.has(idOf(last - 2 * MAX))).toBe(false);
  }
});
