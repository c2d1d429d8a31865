import { describe, expect, it } from 'vitest';
import { outlineOf } from '../definition/document.ts';
import { carriedOver, countToRun, firstChoices, requestOf } from './start-choices.ts';

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
      environment: 'prod',
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

it('asks for a version, a timeout and a dry run where they are chosen', () => {
  const further = { version: 3, timeout: ' 2h ', dryRun: true };
  expect(requestOf(params, firstChoices(params), further)).toEqual({ version: 3, timeout: '2h', dryRun: true });
});

it('carries what was filled in over to another version, where that has the parameter too', () => {
  const other = outlineOf({
    params: [
      { name: 'times', type: 'integer', value: 7 },
      { name: 'who', type: 'string', value: 'all' },
      { name: 'when', type: 'string', value: 'now' },
    ],
  }).params;
  expect(carriedOver({ who: 'me', times: '1' }, params, other)).toEqual({ who: 'me', times: '7', when: 'now' });
  expect(carriedOver({ who: 'me', times: '2', when: 'then' }, other, params)).toEqual({ who: 'me', times: '2' });
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
