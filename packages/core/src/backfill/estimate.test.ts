import { expect, test } from 'vitest';
import type { WorkflowId } from '../identity/ids.ts';
import { estimate, historyOf } from './estimate.ts';
import { shownItemState } from './shown-state.ts';

const member = (name: string, level: number, runs: number, durationMs: number | null) => ({
  workflowId: name as WorkflowId,
  ...{ level, runs },
  history: durationMs === null ? null : { runs: 1, durationMs, slotMs: durationMs * 2 },
});

test('the middle run of the history speaks for it', () => {
  const runs = [5, 1, 100].map((durationMs) => ({ durationMs, slotMs: 10 * durationMs }));
  expect(historyOf(runs)).toEqual({ runs: 3, durationMs: 5, slotMs: 50 });
  expect(historyOf([])).toBeNull();
});

test('work is shared out, but one time takes as long as all of its levels', () => {
  const members = [member('a', 0, 10, 100), member('b', 1, 10, 300)];
  expect(estimate({ members, parallelism: 4 })).toEqual({ lengthMs: 1_000, slotMs: 8_000, withoutHistory: [] });
  expect(estimate({ members, parallelism: 100 }).lengthMs).toBe(400);
});

test('says what has no history, and nothing at all when none has', () => {
  const members = [member('a', 0, 10, 100), member('b', 1, 10, null), member('c', 1, 0, null)];
  expect(estimate({ members, parallelism: 1 })).toMatchObject({ lengthMs: 1_000, withoutHistory: ['b'] });
  expect(estimate({ members: [members[1]!], parallelism: 1 })).toEqual({
    ...{ lengthMs: null, slotMs: null, withoutHistory: ['b'] },
  });
});

test('an item with a run is shown as that run is now', () => {
  expect(shownItemState('failure', 'success')).toBe('success');
  expect(shownItemState('failure', 'running')).toBe('running');
  expect(shownItemState('running', 'paused')).toBe('running');
  expect(shownItemState('running', 'stopped')).toBe('failure');
  expect(shownItemState('success', null)).toBe('success');
  expect(shownItemState('waiting', 'failure')).toBe('waiting');
});
