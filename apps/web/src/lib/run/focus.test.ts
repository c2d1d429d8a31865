import type { TaskInstanceView } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { progressOf, taskToShow } from './focus.ts';

const task = (
  name: string,
  state: TaskInstanceView['state'],
  startedAt: string | null,
  endedAt: string | null = null,
  current = true,
) => ({
  name,
  state,
  startedAt,
  endedAt,
  current,
  logic: null,
});

describe('taskToShow', () => {
  it('shows the first task that failed', () => {
    const tasks = [
      task('ok', 'success', '1', '2'),
      task('second', 'failure', '1', '9'),
      task('first', 'failure', '2', '5'),
      task('runs', 'running', '3'),
    ];
    expect(taskToShow(tasks)).toBe('first');
  });
  it('does not look at failed attempts that were tried again', () => {
    expect(taskToShow([task('a', 'failure', '1', '2', false), task('a', 'running', '3')])).toBe('a');
    expect(
      taskToShow([task('a', 'failure', '1', '2', false), task('a', 'success', '3', '4'), task('b', 'running', '4')]),
    ).toBe('b');
  });
  it('else what somebody has to answer', () => {
    const open = { kind: 'approval', decision: null, by: null, comment: '' } as const;
    const tasks = [task('a', 'running', '1'), { ...task('ok?', 'running', '1'), logic: open }];
    expect(taskToShow(tasks)).toBe('ok?');
    expect(taskToShow([task('bad', 'failure', '1', '2'), ...tasks])).toBe('bad');
  });
  it('else what runs, else what began last, else anything', () => {
    expect(taskToShow([task('a', 'success', '1', '2'), task('b', 'running', '2')])).toBe('b');
    expect(
      taskToShow([task('a', 'success', '1', '2'), task('b', 'success', '2', '3'), task('c', 'submitted', null)]),
    ).toBe('b');
    expect(taskToShow([task('c', 'submitted', null)])).toBe('c');
    expect(taskToShow([])).toBeNull();
  });
});

describe('progressOf', () => {
  it('counts what will not change any more as done', () => {
    expect(progressOf(['success', 'blocked', 'disabled', 'running', 'pending', 'paused'])).toEqual({
      done: 3,
      all: 6,
      running: 1,
      waiting: 2,
    });
  });
});
