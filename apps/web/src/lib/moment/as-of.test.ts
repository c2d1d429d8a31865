import type { GraphNode, InstanceView, RunAtView, TaskInstanceView } from '@vaquita/client';
import { expect, it } from 'vitest';
import { asOf, type RunNow } from './as-of.ts';

const at = (second: number) => `2026-03-01T08:00:${String(second).padStart(2, '0')}.000Z`;
const task = (id: string, name: string, more: Partial<TaskInstanceView>) =>
  ({
    ...{ id, name, state: 'success', attempt: 1, current: true, worker: 'w2', reason: null, logic: null },
    ...{ submittedAt: at(1), killRequestedAt: null, exitCode: 0, signal: null, outputs: { rows: '7' } },
    ...more,
  }) as TaskInstanceView;
const node = (name: string) => ({ name, type: 'shell', state: 'success', attempt: 2 }) as GraphNode;

const now: RunNow = {
  run: {
    state: 'success',
    startedAt: at(1),
    endedAt: at(20),
    outputs: { x: '1' },
    params: {},
  } as unknown as InstanceView,
  tasks: [
    task('t1', 'load', { state: 'failure', current: false, startedAt: at(2), endedAt: at(5) }),
    task('t2', 'load', { attempt: 2, startedAt: at(8), endedAt: at(12) }),
    task('t3', 'check', { startedAt: at(13), endedAt: at(20) }),
  ],
  nodes: [node('load'), node('check')],
};

const then = (seq: number, second: number, more: Partial<RunAtView>): RunAtView => ({
  ...{ id: 'r', seq, at: at(second), firstSeq: 1, lastSeq: 99, state: 'running', since: at(1), runCounter: 1 },
  ...{ params: {}, reason: null, quarantine: null, tasks: [], nodes: null },
  ...more,
});
type Then = RunAtView['tasks'][number];
const taskThen = (id: string, state: Then['state'], more: Partial<Then> = {}): Then => ({
  ...{ id, name: 'load', type: 'shell', attempt: 1, state, since: at(2), current: true, worker: 'w1', reason: null },
  ...more,
});
const nodeThen = (name: string, state: 'running' | 'pending') => ({
  ...{ name, state, since: null, taskInstanceId: null, attempt: 0, worker: null },
});

it('shows what ran then as running, without what came of it later', () => {
  const { run, tasks, nodes } = asOf(
    then(7, 4, {
      tasks: [taskThen('t1', 'running')],
      nodes: [nodeThen('load', 'running'), nodeThen('check', 'pending')],
    }),
    now,
  );
  expect(run).toMatchObject({ state: 'running', startedAt: at(1), endedAt: at(4), outputs: {} });
  expect(tasks).toMatchObject([
    {
      id: 't1',
      state: 'running',
      current: true,
      worker: 'w1',
      startedAt: at(2),
      endedAt: null,
      exitCode: null,
      outputs: {},
    },
  ]);
  expect(nodes).toMatchObject([
    { name: 'load', state: 'running', attempt: 1, worker: 'w1', startedAt: at(2), endedAt: at(4) },
    { name: 'check', state: 'pending', attempt: 0, taskInstanceId: null, startedAt: null, endedAt: null },
  ]);
});

it('tells an attempt that had ended from the one that waited to be sent', () => {
  const { tasks, nodes } = asOf(
    then(9, 7, {
      tasks: [taskThen('t1', 'failure', { current: false, since: at(5) }), taskThen('t2', 'submitted', { attempt: 2 })],
    }),
    now,
  );
  expect(tasks).toMatchObject([
    { state: 'failure', endedAt: at(5), outputs: { rows: '7' }, exitCode: 0 },
    { state: 'submitted', startedAt: null, endedAt: null },
  ]);
  // The workflow was deleted, so the record does not know the graph: the task instances say what they can.
  expect(nodes.map(({ name, state, attempt }) => [name, state, attempt])).toEqual([
    ['load', 'submitted', 2],
    ['check', 'pending', 0],
  ]);
});

it('takes the moment of the record where the clock of another machine says later', () => {
  const { tasks } = asOf(then(7, 1, { tasks: [taskThen('t1', 'running', { since: at(1) })] }), now);
  expect(tasks).toMatchObject([{ state: 'running', startedAt: at(1) }]);
});

it('is the run as it is at the end of its record', () => {
  const { run } = asOf(then(99, 20, { state: 'success', since: at(20) }), now);
  expect(run).toMatchObject({ state: 'success', endedAt: at(20), outputs: { x: '1' } });
});
