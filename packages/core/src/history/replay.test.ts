import { describe, expect, it } from 'vitest';
import type { TaskInstanceId } from '../identity/ids.ts';
import type { EventType, NewEvent, Reason } from '../machine/rows.ts';
import { readReason, reasonData } from './event-data.ts';
import { hadHappened } from './moment.ts';
import { createReplay, replay } from './replay.ts';

let clock = 0;
function event(type: EventType, data: Record<string, unknown>, taskInstanceId: string | null = null): NewEvent {
  clock += 10;
  return {
    type,
    projectId: null,
    workflowInstanceId: null,
    taskInstanceId: taskInstanceId as TaskInstanceId | null,
    at: clock,
    data,
  };
}

const whole: Reason = {
  code: 'waiting_for_retry',
  text: 'Retry 1 of 2.',
  since: 5,
  next: 'it is queued again',
  nextAt: 90,
  evidence: { exitCode: 2, worker: null },
};

describe('a reason in the data of an event', () => {
  it.each([whole, { code: 'queued' as const, text: 'Waiting.', since: 40 }, null])(
    'comes back as it was: %o',
    (reason) => {
      expect(readReason(reasonData(reason, 40), 40)).toEqual(reason);
      expect(readReason(JSON.parse(JSON.stringify(reasonData(reason, 40))), 40)).toEqual(reason);
    },
  );

  it('does not repeat the moment of the event', () => {
    expect(reasonData({ code: 'queued', text: 'Waiting.', since: 40 }, 40)).toEqual({
      code: 'queued',
      text: 'Waiting.',
    });
  });
});

describe('replay', () => {
  it('follows a run: its states, its reasons, its parameters, its quarantine', () => {
    clock = 0;
    const fold = createReplay();
    expect(fold.snapshot().instance).toBeNull();
    fold.apply(event('workflow_instance.created', { state: 'submitted', params: { day: 'mon' } }));
    fold.apply(event('workflow_instance.state', { from: 'submitted', to: 'running' }));
    fold.apply(event('workflow_instance.reason', { quarantine: { code: 'quarantined', text: 'It threw.' } }));
    expect(fold.snapshot().instance).toEqual({
      state: 'running',
      since: 20,
      runCounter: 1,
      reason: null,
      quarantine: { code: 'quarantined', text: 'It threw.', since: 30 },
      params: { day: 'mon' },
    });
    fold.apply(event('workflow_instance.reason', { quarantine: null }));
    fold.apply(event('workflow_instance.state', { from: 'running', to: 'failure', ...reasonData(whole, 0) }));
    fold.apply(event('workflow_instance.params', { params: { day: 'tue' } }));
    fold.apply(event('workflow_instance.state', { from: 'failure', to: 'submitted', runCounter: 2 }));
    expect(fold.snapshot().instance).toMatchObject({
      state: 'submitted',
      runCounter: 2,
      reason: null,
      quarantine: null,
      params: { day: 'tue' },
    });
  });

  it('follows the attempts of a task, in order of creation, and keeps those that are over', () => {
    clock = 0;
    const { tasks } = replay([
      event('task_instance.created', { name: 'a', type: 'shell', attempt: 1, state: 'submitted' }, 't1'),
      event('task_instance.state', { name: 'a', attempt: 1, from: 'submitted', to: 'running', worker: 'w' }, 't1'),
      event('task_instance.state', { name: 'a', attempt: 1, from: 'running', to: 'failure', worker: 'w' }, 't1'),
      event('task_instance.superseded', { name: 'a', attempt: 1 }, 't1'),
      event('task_instance.created', { name: 'a', type: 'shell', attempt: 2, state: 'delayed', ...whole }, 't2'),
      event('task_instance.warning', { name: 'a', code: 'parameter', text: 'unknown' }, 't2'),
    ]);
    expect(tasks).toEqual([
      {
        id: 't1',
        name: 'a',
        type: 'shell',
        attempt: 1,
        state: 'failure',
        since: 30,
        current: false,
        worker: 'w',
        reason: null,
      },
      {
        id: 't2',
        name: 'a',
        type: 'shell',
        attempt: 2,
        state: 'delayed',
        since: 50,
        current: true,
        worker: null,
        reason: whole,
      },
    ]);
  });

  it('knows what was passed over, until it is not any more', () => {
    const fold = createReplay();
    fold.apply(event('task.passed_over', { name: 'a', how: 'skipped' }));
    fold.apply(event('task.passed_over', { name: 'b', how: 'disabled' }));
    fold.apply(event('task.passed_over', { name: 'c', how: 'skipped' }));
    const before = fold.snapshot();
    fold.apply(event('task_instance.created', { name: 'a', type: 'noop', attempt: 1, state: 'submitted' }, 't1'));
    fold.apply(event('task.passed_over', { name: 'c', how: 'undone' }));
    expect([...fold.snapshot().passedOver]).toEqual([['b', 'disabled']]);
    expect([...before.passedOver.keys()]).toEqual(['a', 'b', 'c']);
    expect(before.tasks).toEqual([]);
  });

  it('H2: goes on where the record has holes', () => {
    const { instance, tasks } = replay([
      event('workflow_instance.reason', { code: 'late_result', text: 'It came late.' }),
      event('task_instance.state', { name: 'a', attempt: 3, from: 'dispatched', to: 'running', worker: 'w' }, 't3'),
      event('workflow.updated', { version: 2 }),
    ]);
    expect(instance).toMatchObject({ state: 'submitted', reason: { code: 'late_result' } });
    expect(tasks).toMatchObject([{ name: 'a', attempt: 3, state: 'running', worker: 'w', type: null, current: true }]);
  });
});

describe('a moment', () => {
  it('is an event or a time, both ends inside', () => {
    const recorded = { ...event('task_instance.warning', {}), at: 100, seq: 7 };
    expect([6, 7, 8].map((seq) => hadHappened(recorded, { seq }))).toEqual([false, true, true]);
    expect([99, 100, 101].map((time) => hadHappened(recorded, { time }))).toEqual([false, true, true]);
    expect(hadHappened(recorded, 'now')).toBe(true);
  });
});
