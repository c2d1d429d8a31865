import { describe, expect, it } from 'vitest';
import { channelState } from './channel-state.ts';
import { canBeResent, STATUSES } from './statuses.ts';

describe('channelState', () => {
  const works = { enabled: true, lastDeliveredAt: '2026-11-21', lastError: null, pausedUntil: null, problem: null };
  it.each([
    [{}, 'works'],
    [{ lastDeliveredAt: null }, 'untried'],
    [{ lastError: 'It answered 500.' }, 'failing'],
    [{ lastError: 'It answered 429.', pausedUntil: '2026-11-22' }, 'held'],
    [{ enabled: false, lastError: 'It answered 500.' }, 'off'],
    [{ enabled: false, problem: 'No key.' }, 'unreadable'],
  ])('%j: %s', (change, state) => expect(channelState({ ...works, ...change })).toBe(state));
});

it('only what did not reach everybody is sent again, and stands first among the filters', () => {
  expect(STATUSES.filter((status) => canBeResent({ status }))).toEqual(['failed', 'partly_sent']);
  expect(STATUSES.slice(0, 2)).toEqual(['failed', 'partly_sent']);
});
