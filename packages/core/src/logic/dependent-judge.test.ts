import { describe, expect, it } from 'vitest';
import {
  isWorkflowTerminal,
  TASK_STATES,
  type TaskState,
  WORKFLOW_STATES,
  type WorkflowState,
} from '../machine/states.ts';
import type { DependencyQuestion } from './configs.ts';
import { type FoundInterval, type FoundTask, judgeDependency } from './dependent-judge.ts';

const DAY = { from: Date.UTC(2026, 0, 31), to: Date.UTC(2026, 1, 1) - 1 };

function question(task: string | null, { passOutputs = false, intervals = [DAY] } = {}): DependencyQuestion {
  return { key: 'k', project: 'shop', workflow: 'orders', task, intervals, passOutputs };
}

interface Rows {
  readonly definition?: readonly { name: string; enabled?: boolean; retryTimes?: number }[];
  readonly tasks?: readonly (Partial<FoundTask> & { name: string; state: TaskState })[];
}

function interval(state: WorkflowState, { definition = [], tasks = [] }: Rows = {}): FoundInterval {
  return {
    run: { id: 'r', number: 7, state, endedAt: isWorkflowTerminal(state) ? 100 : null },
    definition: definition.map((one) => ({ enabled: true, retryTimes: 0, ...one })),
    tasks: tasks.map((one) => ({ retryTimes: 0, endedAt: null, outputs: {}, ...one })),
  };
}

function judge(asked: DependencyQuestion, ...intervals: readonly FoundInterval[]) {
  return judgeDependency(asked, { exists: true, firstOfItself: false, intervals });
}

const nothing: FoundInterval = { run: undefined, definition: [], tasks: [] };
const load = [{ name: 'load' }];

describe('judgeDependency', () => {
  it.each(Object.keys(WORKFLOW_STATES) as WorkflowState[])('of a whole run that is %s', (state) => {
    const expected = state === 'success' ? 'success' : ['failure', 'stopped'].includes(state) ? 'failure' : 'waiting';
    expect(judge(question(null), interval(state)).state).toBe(expected);
  });

  it.each(Object.keys(TASK_STATES) as TaskState[])('of a task that is %s', (state) => {
    const rows = { definition: load, tasks: [{ name: 'load', state }] };
    const good = state === 'success' || state === 'forced_success';
    const bad = state === 'failure' || state === 'killed';
    expect(judge(question('load'), interval('running', rows)).state).toBe(
      good ? 'success' : bad ? 'failure' : 'waiting',
    );
    expect(judge(question('load'), interval('stopped', rows)).state).toBe(good ? 'success' : 'failure');
  });

  it('waits for a run that is not there yet, in every interval, in order', () => {
    const intervals = [DAY, { from: DAY.to + 1, to: DAY.to + 2 }];
    const asked = question(null, { intervals });
    expect(judge(asked, interval('success'), nothing)).toMatchObject({
      state: 'waiting',
      text: 'There is no run of shop/orders yet for 2026-02-01T00:00:00.000Z to 2026-02-01T00:00:00.001Z.',
    });
    expect(judge(asked, nothing, interval('failure')).state).toBe('waiting');
    expect(judge(asked, interval('failure'), nothing).state).toBe('failure');
    expect(judge(asked, interval('success'), interval('success'))).toMatchObject({
      state: 'success',
      text: 'shop/orders has succeeded for all 2 intervals asked about.',
    });
    expect(judge(asked, interval('success')).state).toBe('waiting');
  });

  it('fails at once where nothing can ever come', () => {
    const found = { exists: false, firstOfItself: false, intervals: [] };
    expect(judgeDependency(question(null), found)).toMatchObject({
      state: 'failure',
      text: 'There is no workflow shop/orders.',
    });
    expect(judge(question(null, { intervals: [] }))).toMatchObject({ state: 'failure' });
  });

  it('does not hold up the first run of a workflow that depends on itself', () => {
    const found = { exists: true, firstOfItself: true, intervals: [nothing] };
    for (const task of [null, '*', 'load'])
      expect(judgeDependency(question(task), found)).toMatchObject({ state: 'success', outputs: {} });
  });

  it('looks at every task for *, once the run has succeeded', () => {
    const definition = [{ name: 'load' }, { name: 'off', enabled: false }];
    const done = { name: 'load', state: 'success' } as const;
    expect(judge(question('*'), interval('running', { definition, tasks: [done] })).state).toBe('waiting');
    expect(judge(question('*'), interval('success', { definition, tasks: [done] })).state).toBe('success');
    expect(judge(question('*'), interval('success', { definition }))).toMatchObject({
      state: 'failure',
      text: 'The task load of shop/orders#7 has not run, and the run has ended: success.',
    });
  });

  it('tells a task that has not run by its definition and its run', () => {
    const asked = question('load');
    expect(judge(asked, interval('running')).text).toBe('shop/orders#7 has no task load in its definition.');
    expect(judge(asked, interval('running', { definition: load })).state).toBe('waiting');
    expect(judge(asked, interval('paused', { definition: load })).state).toBe('waiting');
    expect(judge(asked, interval('success', { definition: load })).state).toBe('failure');
    const off = [{ name: 'load', enabled: false }];
    expect(judge(asked, interval('running', { definition: off })).state).toBe('success');
  });

  it('waits for a failed task while it has retries left and its run goes on', () => {
    const rows = (retryTimes: number): Rows => ({
      definition: [{ name: 'load', retryTimes: 2 }],
      tasks: [{ name: 'load', state: 'failure', retryTimes }],
    });
    expect(judge(question('load'), interval('running', rows(1))).state).toBe('waiting');
    expect(judge(question('load'), interval('running', rows(2))).state).toBe('failure');
    expect(judge(question('load'), interval('failure', rows(1))).state).toBe('failure');
    expect(judge(question('load'), interval('paused', rows(1))).state).toBe('failure');
  });

  it('hands on the outputs of what was asked, the latest of equal names, and when that ended', () => {
    const tasks = [
      { name: 'late', state: 'success', endedAt: 90, outputs: { n: 'late' } },
      { name: 'load', state: 'success', endedAt: 50, outputs: { n: 'load', m: 'load' } },
      { name: 'bad', state: 'killed', endedAt: 95, outputs: { n: 'bad' } },
    ] as const;
    const there = interval('success', { definition: load, tasks });
    const passOutputs = true;
    expect(judge(question(null, { passOutputs }), there)).toMatchObject({
      outputs: { n: 'late', m: 'load' },
      endedAt: 100,
    });
    expect(judge(question('load', { passOutputs }), there)).toMatchObject({
      outputs: { n: 'load', m: 'load' },
      endedAt: 50,
    });
    expect(judge(question('load'), there)).toMatchObject({ outputs: {}, endedAt: 50 });
  });
});
