import type { InstanceView, TaskInstanceView } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { elapsed, table } from './format.ts';
import { createRunProgress } from './progress.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds)).toISOString();

const instance = (change: Partial<InstanceView>) =>
  ({
    id: 'i1',
    workflowName: 'weather',
    number: 3,
    state: 'running',
    runCounter: 1,
    startedAt: at(0),
    endedAt: null,
    updatedAt: at(0),
    ...change,
  }) as InstanceView;

const task = (change: Partial<TaskInstanceView>) =>
  ({
    id: 't1',
    name: 'clean',
    state: 'running',
    attempt: 1,
    worker: 'rack-1',
    startedAt: at(1),
    endedAt: null,
    updatedAt: at(1),
    reason: null,
    ...change,
  }) as TaskInstanceView;

describe('createRunProgress', () => {
  it('writes a line for each new state and no line twice', () => {
    const progress = createRunProgress();
    const running = { instance: instance({}), tasks: [task({})] };
    expect(progress.lines(running)).toEqual([
      '12:00:00  weather#3  running',
      '12:00:01    clean  running    on rack-1',
    ]);
    expect(progress.lines(running)).toEqual([]);
    const done = {
      instance: instance({ state: 'success', endedAt: at(95), updatedAt: at(95) }),
      tasks: [task({ state: 'success', endedAt: at(3), updatedAt: at(3) })],
    };
    expect(progress.lines(done)).toEqual([
      '12:00:03    clean  success    after 2.0s',
      '12:01:35  weather#3  success after 1m35s',
    ]);
  });

  it('tells why a task failed, and which attempt it was', () => {
    const reason = { code: 'task_failed', text: 'Exit code 3.', since: at(2), next: null, nextAt: null, evidence: {} };
    const failed = task({ state: 'failure', attempt: 2, endedAt: at(2), updatedAt: at(2), reason });
    expect(createRunProgress().lines({ instance: instance({}), tasks: [failed] })[1]).toBe(
      '12:00:02    clean  failure    attempt 2, after 1.0s, Exit code 3.',
    );
  });

  it('tells when a task waits for something else than before', () => {
    const progress = createRunProgress();
    const waiting = (code: string, text: string) => ({
      instance: instance({}),
      tasks: [task({ state: 'submitted', startedAt: null, reason: { ...why, code, text } })],
    });
    const why = { since: at(2), next: null, nextAt: null, evidence: {} };
    progress.lines(waiting('queued', 'Waiting for a slot.'));
    expect(progress.lines(waiting('queued', 'Waiting for a slot.'))).toEqual([]);
    expect(progress.lines(waiting('waiting_for_worker', 'No worker.'))).toEqual([
      '12:00:01    clean  submitted  No worker.',
    ]);
  });

  it('names a run that has no number yet by its id', () => {
    const lines = createRunProgress().lines({ instance: instance({ number: null, state: 'submitted' }), tasks: [] });
    expect(lines).toEqual(['12:00:00  weather (i1)  submitted']);
  });
});

describe('format', () => {
  it.each([
    [0, '0ms'],
    [999, '999ms'],
    [1500, '1.5s'],
    [59_960, '1m00s'],
    [3_599_000, '59m59s'],
    [7_620_000, '2h07m'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(elapsed(ms)).toBe(text);
  });

  it('aligns columns and leaves no spaces at the end', () => {
    expect(
      table(
        ['ID', 'NAME'],
        [
          ['1', 'long name'],
          ['22', 'x'],
        ],
      ),
    ).toEqual(['ID  NAME', '1   long name', '22  x']);
  });
});
