import { createRunFixture } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { dispatchMessage, fillIn } from './payload.ts';
import { NOTHING_OPENED } from './task-needs.ts';

function timeoutMs(timeout: { from: 'start' | 'first_submit'; strategy: 'warn' | 'fail' }): number | null {
  const fixture = createRunFixture([{ name: 'a', timeout: { ...timeout, afterMs: 60_000 } }]);
  fixture.start();
  fixture.advance(45_000);
  fixture.place('a');
  const row = fixture.current('a');
  const node = fixture.run.nodeOf.get(row.id)!;
  const filled = fillIn(node, { environment: NOTHING_OPENED, dataSource: null });
  if ('problem' in filled) throw new Error(filled.problem);
  return dispatchMessage(fixture.run, node, { row, epoch: 1, ...filled }).timeoutMs;
}

test('a worker is told how long the attempt may run', () => {
  expect(timeoutMs({ from: 'start', strategy: 'fail' })).toBe(60_000);
  expect(timeoutMs({ from: 'first_submit', strategy: 'fail' })).toBe(15_000);
  expect(timeoutMs({ from: 'start', strategy: 'warn' })).toBeNull();
});
