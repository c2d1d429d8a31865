import { describe, expect, it } from 'vitest';
import { outlineOf } from '../definition/document.ts';
import { countToRun, firstChoices, requestOf } from './start-choices.ts';

const { params, tasks } = outlineOf({
  params: [
    { name: 'who', type: 'string' },
    { name: 'times', type: 'integer', value: 1 },
  ],
  tasks: [{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'c', dependsOn: ['b'] }, { name: 'd' }],
});

describe('requestOf', () => {
  it('asks for nothing that the server does anyway', () => {
    expect(requestOf(params, firstChoices(params))).toEqual({});
    expect(requestOf(params, { ...firstChoices(params), scope: 'only' })).toEqual({});
  });

  it('names what was chosen', () => {
    const chosen = {
      priority: 'high' as const,
      workerGroup: 'gpu',
      failureStrategy: 'end' as const,
      startTasks: ['b'],
      scope: 'upstream' as const,
      alertOn: 'none' as const,
      alertGroup: 'night',
    };
    const request = requestOf(params, { ...chosen, values: { who: 'world', times: '1' } });
    expect(request).toEqual({ ...chosen, params: { who: 'world' } });
  });
});

describe('countToRun', () => {
  it.each([
    [[], 'only', 4],
    [['b'], 'only', 1],
    [['b'], 'upstream', 2],
    [['a'], 'downstream', 3],
    [['a', 'd'], 'downstream', 4],
  ] as const)('of %j with scope %s is %i', (startTasks, scope, count) => {
    expect(countToRun(tasks, { startTasks: [...startTasks], scope })).toBe(count);
  });
});
