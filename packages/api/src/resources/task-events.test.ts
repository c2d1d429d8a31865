import { expect, it } from 'vitest';
import { taskEvents } from './task-events.ts';

const WORKFLOW = { id: 'w1', projectId: 'p1', name: 'orders', version: 2, project: 'shop' } as never;
const change = { by: 'ann', at: 5 };
const load = { name: 'load', type: 'shell', script: 'a' };

function compare(from: object | undefined, to: object | undefined): readonly (readonly [string, unknown])[] {
  const events = taskEvents(WORKFLOW, { ...change, ...(from && { from }), ...(to && { to }) });
  return events.map(({ type, data }) => [type, data.task]);
}

it('tells of every task of a workflow that comes or goes', () => {
  expect(compare(undefined, { tasks: [load, { name: 'sum', type: 'sql' }] })).toEqual([
    ['task.added', 'load'],
    ['task.added', 'sum'],
  ]);
  expect(compare({ tasks: [load] }, undefined)).toEqual([['task.removed', 'load']]);
});

it('compares two versions by what they say, whatever the order of the words', () => {
  const from = { tasks: [load, { name: 'old', type: 'noop' }, { name: 'same', type: 'noop', delay: '1s' }] };
  const to = {
    tasks: [
      { delay: '1s', type: 'noop', name: 'same' },
      { ...load, script: 'b' },
      { name: 'new', type: 'noop' },
    ],
  };
  expect(compare(from, to)).toEqual([
    ['task.added', 'new'],
    ['task.updated', 'load'],
    ['task.removed', 'old'],
  ]);
});

it('says what it is about', () => {
  expect(taskEvents(WORKFLOW, { ...change, to: { tasks: [load] } })).toMatchObject([
    {
      ...{ type: 'task.added', projectId: 'p1', workflowInstanceId: null, at: 5 },
      data: {
        workflowId: 'w1',
        name: 'orders',
        version: 2,
        project: 'shop',
        task: 'load',
        taskType: 'shell',
        by: 'ann',
      },
    },
  ]);
});

it('finds no tasks in a document of another shape', () => {
  expect(compare({ tasks: 'none' }, { tasks: [7, { type: 'shell' }] })).toEqual([]);
});
