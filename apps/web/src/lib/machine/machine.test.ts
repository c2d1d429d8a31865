import type { EventView } from '@vaquita/client';
import { TASK_STATES, WORKFLOW_STATES } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { BOX, CHANGES, drawMachine, numbersOf, PLACES, shortNumbers, wayOf } from './machine.ts';

it('reads what is written of the machines', () => {
  expect(CHANGES.run).toContainEqual({
    ...{ from: 'ready_pause', to: 'ready_stop', ofRun: [], followsTasks: false },
    events: ['RunDisplaced', 'StopWorkflow', 'WorkflowTimedOut'],
  });
  expect(CHANGES.run).toContainEqual({ from: 'running', to: 'success', events: [], ofRun: [], followsTasks: true });
  expect(CHANGES.task).toContainEqual({
    ...{ from: null, to: 'delayed', events: [], ofRun: ['TurnGranted'], followsTasks: true },
  });
});

describe.each(['run', 'task'] as const)('the picture of the machine of a %s', (kind) => {
  it('has a place for every state of the code', () => {
    // No run enters this state: nothing leads there.
    const states = Object.keys(kind === 'run' ? WORKFLOW_STATES : TASK_STATES).filter((state) => state !== 'failover');
    expect(Object.keys(PLACES[kind]).sort()).toEqual(states.sort());
  });

  it('draws every change of state, and no state over another', () => {
    const { states, changes, width, height } = drawMachine(kind);
    expect(changes.map(({ change }) => change)).toEqual(CHANGES[kind].filter(({ from }) => from !== null));
    for (const one of states) {
      expect(one.x + BOX.width).toBeLessThan(width);
      expect(one.y + BOX.height).toBeLessThan(height);
      for (const other of states) {
        if (other === one) continue;
        expect(Math.abs(one.x - other.x) >= BOX.width || Math.abs(one.y - other.y) >= BOX.height).toBe(true);
      }
    }
    const places = changes.map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('wayOf', () => {
  const event = (
    seq: number,
    type: EventView['type'],
    data: EventView['data'],
    taskInstanceId: string | null = null,
  ) => ({
    ...{ seq, type, data, taskInstanceId, at: `at ${seq}`, projectId: null, workflowInstanceId: 'r' },
  });
  const events: readonly EventView[] = [
    event(1, 'workflow_instance.created', { state: 'submitted' }),
    event(2, 'workflow_instance.state', { from: 'submitted', to: 'running' }),
    event(3, 'task_instance.created', { name: 'a', state: 'submitted' }, 't1'),
    event(4, 'task_instance.state', { from: 'submitted', to: 'dispatched' }, 't1'),
    event(5, 'task_instance.reason', { code: 'x' }, 't1'),
    event(6, 'task_instance.state', { from: 'dispatched', to: 'submitted' }, 't1'),
    event(7, 'task_instance.state', { from: 'submitted', to: 'dispatched' }, 't1'),
    event(8, 'task_instance.state', { from: 'submitted', to: 'dispatched' }, 't2'),
    event(9, 'workflow_instance.state', { from: 'running', to: 'failure' }),
  ];

  it('is that of the run, or of one attempt of a task', () => {
    expect(wayOf(events).map(({ number, from, to }) => [number, from, to])).toEqual([
      [1, null, 'submitted'],
      [2, 'submitted', 'running'],
      [3, 'running', 'failure'],
    ]);
    const way = wayOf(events, 't1');
    expect(way.map(({ seq }) => seq)).toEqual([3, 4, 6, 7]);
    expect(numbersOf(way, { from: 'submitted', to: 'dispatched' })).toEqual([2, 4]);
  });
});

it('writes many numbers in little room', () => {
  expect([[], [1], [1, 2, 3], [1, 2, 3, 7]].map(shortNumbers)).toEqual(['', '1', '1, 2, 3', '1 … 7']);
});
