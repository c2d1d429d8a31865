import { describe, expect, it } from 'vitest';
import { asCurl } from './equivalent.ts';
import { clockOf } from './lab.ts';
import { scheduleState } from './schedule-state.ts';
import { summaryOf } from './summary.ts';

describe('scheduleState', () => {
  const fires = { online: true, workflowOnline: true, pausedUntil: null, nextFires: [{}] };
  const now = Date.parse('2026-06-01T00:00Z');
  it.each([
    [{}, 'online'],
    [{ online: false, workflowOnline: false }, 'offline'],
    [{ workflowOnline: false }, 'workflow_offline'],
    [{ pausedUntil: '2026-06-02T00:00:00Z' }, 'paused'],
    [{ pausedUntil: '2026-05-02T00:00:00Z' }, 'online'],
    [{ nextFires: [] }, 'over'],
  ])('with %o is %s', (change, state) => {
    expect(scheduleState({ ...fires, ...change }, now)).toBe(state);
  });
});

it('reads the clock out of a local time', () => {
  expect(clockOf('2026-03-29T02:30:00+01:00')).toBe('02:30 +01:00');
  expect(clockOf('2026-03-29T02:30:15Z')).toBe('02:30:15 +00:00');
});

it('takes the sentence of the language', () => {
  const summary = { en: 'Every hour', zh: '每小时' };
  expect([summaryOf(summary, 'en'), summaryOf(summary, 'zh-CN')]).toEqual(['Every hour', '每小时']);
});

it('writes a call that makes one, or changes one', () => {
  const made = asCurl('http://here', { project: 'a b', workflow: 'w' }, { name: "it's" });
  expect(made).toContain('POST http://here/api/v1/projects/a%20b/workflows/w/schedules');
  expect(made).toContain(`'{"name":"it'\\''s"}'`);
  expect(asCurl('http://here', { id: '7' }, {})).toContain('PATCH http://here/api/v1/schedules/7');
});
