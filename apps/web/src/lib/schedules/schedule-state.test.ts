import type { ScheduleView } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { asCommand, asCurl } from './equivalent.ts';
import { clockOf } from './lab.ts';
import { scheduleState } from './schedule-state.ts';
import { summaryOf } from './summary.ts';

describe('scheduleState', () => {
  const fires = { online: true, workflowOnline: true, pausedUntil: null, problem: null, nextFires: [{}] };
  const now = Date.parse('2026-06-01T00:00Z');
  it.each([
    [{}, 'online'],
    [{ online: false, workflowOnline: false }, 'offline'],
    [{ workflowOnline: false }, 'workflow_offline'],
    [{ pausedUntil: '2026-06-02T00:00:00Z' }, 'paused'],
    [{ pausedUntil: '2026-05-02T00:00:00Z' }, 'online'],
    [{ nextFires: [] }, 'over'],
    [{ nextFires: [], problem: { text: 'It cannot be read.', since: '2026-05-02T00:00:00Z' } }, 'failing'],
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
  const request = { name: "it's", description: '', plan: {}, start: {} };
  const made = asCurl('http://here', { project: 'a b', workflow: 'w' }, request);
  expect(made).toContain('POST http://here/api/v1/projects/a%20b/workflows/w/schedules');
  expect(made).toContain(`'{"name":"it'\\''s",`);
  const change = asCurl('http://here', { id: '7', revision: 4 } as ScheduleView, request);
  expect(change).toContain('PATCH http://here/api/v1/schedules/7');
  expect(change).toContain('"revision":4');
});

it('writes a command that makes one', () => {
  const request = {
    name: 'nightly',
    description: "it's for $HOME",
    plan: { cron: '30 2 * * *', dst: 'run_both', timezone: 'Europe/Berlin', jitter: '0s' },
    start: { params: { note: '-a\nb' }, priority: 'medium' },
    online: true,
  } as const;
  expect(asCommand('https://v.example', { project: 'etl', workflow: 'daily' }, request)).toBe(
    "npx vaquita schedules create etl/daily nightly --cron '30 2 * * *' --dst run_both --timezone Europe/Berlin " +
      "--param 'note=-a\nb' --description 'it'\\''s for $HOME' --online --server https://v.example",
  );
});
