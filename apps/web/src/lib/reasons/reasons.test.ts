import { EVENT_TYPES, EVIDENCE_KEYS, type EventType, type Evidence, REASON_CODES } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { enRecord } from '#lib/i18n/late/en-record.ts';
import { zhReasons } from '#lib/i18n/late/zh-reasons.ts';
import { zhRecord } from '#lib/i18n/late/zh-record.ts';
import { detailOf, EVENT_KINDS, kindOf, stateOf } from './event-words.ts';

const CHINESE = /\p{Script=Han}/u;
/** Everything a reason may tell, so that no sentence is left with a hole. */
const ALL: Evidence = Object.fromEntries(EVIDENCE_KEYS.map((key) => [key, 3]));

describe('reasons in Chinese', () => {
  it.each(REASON_CODES)('%s has words of its own', (code) => {
    const { text } = zhReasons;
    for (const evidence of [{}, ALL]) {
      const words = text[code];
      const sentence = typeof words === 'function' ? words(evidence, 'It says so: "x".') : words;
      expect(sentence).toMatch(CHINESE);
      expect(sentence).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  it.each(REASON_CODES)('%s says what is next, or that nothing is', (code) => {
    const words = zhReasons.next[code];
    const next = typeof words === 'function' ? words('a new attempt is made') : words;
    if (next !== null) expect(next).toMatch(CHINESE);
  });

  it('says what a task says itself', () => {
    const { task_failed, waiting_for_retry } = zhReasons.text;
    if (typeof task_failed !== 'function' || typeof waiting_for_retry !== 'function') throw new Error('no sentence');
    expect(task_failed({ exitCode: 3 }, 'it ended with exit code 3')).toBe('退出码 3。');
    expect(task_failed({ signal: 'SIGKILL' }, 'Ended by signal SIGKILL.')).toBe('被信号 SIGKILL 终止。');
    expect(task_failed({ exitCode: 3 }, 'no such table: days')).toBe('失败：no such table: days');
    expect(task_failed({ failedTasks: 1, killedTasks: 0 }, '"load" failed: Exit code 3.')).toBe(
      '1 个任务失败（load）：退出码 3。',
    );
    expect(waiting_for_retry({ retry: 1, of: 2 }, 'Retry 1 of 2: Exit code 3.')).toBe(
      '第 1 次重试（共 2 次）：退出码 3。',
    );
  });
});

describe.each([
  ['English', enRecord],
  ['Chinese', zhRecord],
])('the record in %s', (_, m) => {
  it.each(EVIDENCE_KEYS)('names the evidence %s', (key) => {
    expect(m.evidence[key]).toBeTruthy();
  });
  it.each(EVENT_TYPES)('names the event %s', (type) => {
    expect(m.types[type]).toBeTruthy();
  });
});

describe('events in words', () => {
  const words = { m: enRecord, stateName: (state: string) => state.toUpperCase(), tell: () => 'It says so.' };

  it('finds a kind for every event of a run', () => {
    const ofRuns = EVENT_TYPES.filter((type) => /^(workflow_instance|task_instance)\.|passed_over/.test(type));
    for (const type of ofRuns) expect(EVENT_KINDS).toContain(kindOf({ type }));
  });

  it.each<[EventType, Record<string, unknown>, string]>([
    [
      'task_instance.state',
      { name: 'a', attempt: 2, from: 'running', to: 'failure', worker: 'w', code: 'c', text: 't' },
      'RUNNING → · attempt 2 · on w · It says so.',
    ],
    ['workflow_instance.state', { from: 'failure', to: 'submitted', runCounter: 2 }, 'FAILURE → · round 2'],
    ['workflow_instance.params', { params: { day: 'mon' } }, 'day = mon'],
    ['workflow_instance.reason', { quarantine: { code: 'quarantined', text: 't' } }, 'Set aside: It says so.'],
    ['workflow_instance.reason', { quarantine: null }, 'No longer set aside'],
    ['task.passed_over', { name: 'a', how: 'undone' }, 'To be done again'],
    ['task_instance.superseded', { name: 'a', attempt: 1 }, ''],
    ['worker.changed', { worker: 'w', by: 'ann' }, 'worker = w, by = ann'],
  ])('%s', (type, data, text) => {
    expect(detailOf({ type, data }, words)).toBe(text);
  });

  it('tells the state that follows', () => {
    expect(stateOf({ data: { from: 'running', to: 'success' } })).toBe('success');
    expect(stateOf({ data: { how: 'undone' } })).toBeUndefined();
  });
});
