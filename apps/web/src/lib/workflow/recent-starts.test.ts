import { expect, it } from 'vitest';
import { outlineOf } from '../definition/document.ts';
import { type Configuration, filledIn, recentStarts } from './recent-starts.ts';

const plain: Configuration = {
  params: {},
  startTasks: [],
  scope: 'all',
  failureStrategy: 'continue',
  priority: 'medium',
  workerGroup: null,
  environment: null,
  alertOn: null,
  alertGroup: null,
  dryRun: false,
  timeout: null,
};
const outline = outlineOf({
  params: [
    { name: 'who', type: 'string' },
    { name: 'times', type: 'integer', value: 1 },
  ],
  tasks: [{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'off', enabled: false }],
});
const run = (id: number, change: Partial<Configuration> = {}) => ({ ...plain, ...change, id, parent: null });

it('names each way to start once, by its newest run', () => {
  const runs = [
    run(9, { params: { who: 'x', times: '2' } }),
    run(8, { params: { times: '2', who: 'x' } }),
    run(7),
    run(6, { priority: 'high' }),
    { ...run(5, { dryRun: true }), parent: {} as never },
    run(4, { startTasks: ['a', 'b'], scope: 'only' }),
    run(3, { startTasks: ['b', 'a'], scope: 'only' }),
    run(2),
  ];
  expect(recentStarts(runs).map(({ id }) => id)).toEqual([9, 7, 6, 4]);
  const many = Array.from({ length: 30 }, (_, i) => run(i, { params: { who: `${i}` } }));
  expect(recentStarts(many)).toHaveLength(10);
});

it('fills the sheet in as a run was started', () => {
  const chosen = {
    workerGroup: 'gpu',
    environment: 'prod',
    priority: 'high',
    alertOn: 'none',
    alertGroup: 'night',
  } as const;
  const given: Configuration = { ...plain, ...chosen, params: { who: 'x' }, startTasks: ['b'], scope: 'only' };
  expect(filledIn({ ...given, failureStrategy: 'end', timeout: '2h', dryRun: true }, outline)).toEqual({
    choices: {
      ...chosen,
      values: { who: 'x', times: '1' },
      failureStrategy: 'end',
      startTasks: ['b'],
      scope: 'only',
    },
    further: { version: null, timeout: '2h', dryRun: true },
    gone: [],
  });
  expect(filledIn(plain, outline).choices).toMatchObject({ failureStrategy: '', scope: 'downstream' });
  expect(filledIn({ ...plain, failureStrategy: 'end' }, { ...outline, failureStrategy: 'end' })).toMatchObject({
    choices: { failureStrategy: '' },
  });
});

it('leaves out what the workflow does not have any more, and says so', () => {
  const startTasks = ['b', 'off', 'never'];
  const old: Configuration = { ...plain, params: { who: 'x', gone: 'y' }, startTasks, scope: 'only' };
  const { choices, gone } = filledIn(old, outline);
  expect(choices).toMatchObject({ values: { who: 'x', times: '1' }, startTasks: ['b'] });
  expect(choices.values).not.toHaveProperty('gone');
  expect(gone).toEqual(['gone', 'off', 'never']);
});
