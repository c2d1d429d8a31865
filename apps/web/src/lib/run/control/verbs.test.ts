import type { InstanceView, TaskInstanceView, TaskState, WorkflowState } from '@vaquita/client';
import { TASK_STATES, type TaskCommand, WORKFLOW_STATES, WORKFLOW_TABLE, whyTaskRefused } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { canRerunFrom, offeredIn, type RunVerb, signalsOf, verbsFor } from './run-verbs.ts';
import { type TaskLike, type TaskVerb, taskVerbsFor } from './task-verbs.ts';

const COMMAND_OF = {
  pause: 'PauseWorkflow',
  resume: 'ResumeWorkflow',
  recover: 'RecoverFailed',
  rerun: 'RerunWorkflow',
  signal: 'SignalReceived',
  stop: 'StopWorkflow',
} as const satisfies Partial<Record<RunVerb, string>>;
const TASK_COMMAND_OF: Readonly<Record<TaskVerb, TaskCommand>> = {
  kill: 'KillTask',
  forceSuccess: 'ForceSuccess',
  forceStart: 'ForceStart',
  approve: 'ApproveTask',
  reject: 'RejectTask',
};
const runStates = Object.keys(WORKFLOW_STATES) as WorkflowState[];
const taskStates = Object.keys(TASK_STATES) as TaskState[];

const task = (change: Partial<TaskLike> = {}) =>
  ({
    type: 'shell',
    state: 'running',
    current: true,
    taskGroup: null,
    groupSlot: null,
    groupForced: false,
    killRequestedAt: null,
    logic: null,
    ...change,
  }) satisfies TaskLike;
const run = (state: WorkflowState, quarantine: InstanceView['quarantine'] = null) => ({ state, quarantine });
const REASON = { code: 'engine_error', text: '', since: '', next: null, nextAt: null, evidence: {} };
const waits = (signal: string, state: TaskInstanceView['state'] = 'running') =>
  task({ state, logic: { kind: 'wait', until: null, signal } });

describe('verbsFor', () => {
  it.each(runStates)('offers to a run that is %s exactly what the engine then does', (state) => {
    for (const [verb, command] of Object.entries(COMMAND_OF)) {
      const isDone = typeof WORKFLOW_TABLE[state][command] === 'function';
      expect(offeredIn(state).includes(verb as RunVerb), verb).toBe(isDone);
    }
    expect(canRerunFrom(run(state))).toBe(typeof WORKFLOW_TABLE[state].RerunFrom === 'function');
  });
  it('offers only to retry or stop what the engine has set aside', () => {
    expect(verbsFor(run('running', REASON), [waits('go')])).toEqual(['retry', 'stop']);
    expect(canRerunFrom(run('failure', REASON))).toBe(false);
  });
  it('offers a signal only while a task waits for one, and recovery only when something failed', () => {
    expect(verbsFor(run('running'), [task()])).toEqual(['pause', 'stop']);
    expect(verbsFor(run('running'), [waits('go')])).toEqual(['pause', 'signal', 'stop']);
    expect(verbsFor(run('paused'), [task({ state: 'paused' })])).toEqual(['resume', 'rerun', 'stop']);
    expect(verbsFor(run('paused'), [task({ state: 'failure' })])).toContain('recover');
    expect(verbsFor(run('paused'), [task({ state: 'failure', current: false })])).not.toContain('recover');
  });
  it('names each signal once, and none that was waited for before', () => {
    expect(signalsOf([waits('go'), waits('go'), waits('old', 'success')])).toEqual(['go']);
  });
});

describe('taskVerbsFor', () => {
  it.each(taskStates)('offers to a task that is %s exactly what the engine then does', (state) => {
    for (const subject of [
      task({ state }),
      task({ state, taskGroup: 'db' }),
      task({ state, taskGroup: 'db', groupSlot: 1 }),
      task({ state, type: 'approval' }),
      task({ state, current: false }),
    ]) {
      const { type, current, taskGroup, groupSlot } = subject;
      const groupWaits = taskGroup !== null && groupSlot === null;
      for (const runState of ['running', 'ready_stop'] as const) {
        const offered = taskVerbsFor(subject, run(runState));
        for (const [verb, command] of Object.entries(TASK_COMMAND_OF)) {
          const refused = whyTaskRefused({ state, type, current, groupWaits }, runState, command);
          expect(offered.includes(verb as TaskVerb), `${verb} ${runState}`).toBe(refused === undefined);
        }
      }
    }
  });
  it('offers nothing twice', () => {
    const by = { by: 'ada', comment: '' };
    expect(
      taskVerbsFor(
        task({ type: 'approval', logic: { kind: 'approval', decision: 'approved', ...by } }),
        run('running'),
      ),
    ).toEqual(['kill']);
    expect(taskVerbsFor(task({ killRequestedAt: '2026-01-01T00:00:00Z' }), run('running'))).toEqual([]);
  });
  it('offers nothing in a run that the engine has set aside', () => {
    expect(taskVerbsFor(task(), run('running', REASON))).toEqual([]);
  });
});
