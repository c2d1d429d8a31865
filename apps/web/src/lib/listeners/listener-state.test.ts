import { describe, expect, it } from 'vitest';
import { EVENT_GROUPS, groupOf, listenerState, typesIn } from './listener-state.ts';

describe('listenerState', () => {
  const blocked = { seq: 1, attempts: 2, reason: 'no', since: '2026-11-21', nextAttemptAt: null };
  const idle = { enabled: true, problem: null, delivery: { blocked: null, waiting: 0 } };
  it.each([
    [{}, 'caught'],
    [{ delivery: { blocked: null, waiting: 3 } }, 'behind'],
    [{ delivery: { blocked, waiting: 3 } }, 'blocked'],
    [{ enabled: false, delivery: { blocked, waiting: 0 } }, 'off'],
    [{ enabled: false, problem: 'The plugin is not there any more.' }, 'unreadable'],
  ])('%j: %s', (change, state) => expect(listenerState({ ...idle, ...change })).toBe(state));
});

it('there are thirteen types of events, in the groups that their names say', () => {
  const all = Object.entries(EVENT_GROUPS).flatMap(([group, types]) => types.map((type) => [group, type] as const));
  expect(all).toHaveLength(13);
  for (const [group, type] of all) expect(groupOf(type)).toBe(group);
});

it('what is chosen is sent once, in one order, and nothing that is no type', () => {
  expect(typesIn(['task.failed', 'workflow.failed', 'task.failed', 'moon.phase'])).toEqual([
    'workflow.failed',
    'task.failed',
  ]);
});
