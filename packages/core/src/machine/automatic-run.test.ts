import { expect, test } from 'vitest';
import { compileWorkflow } from '../definition/compile.ts';
import type { ProjectId, WorkflowId } from '../identity/ids.ts';
import { derivedIds } from '../identity/ids.ts';
import { automaticRun } from './automatic-run.ts';
import type { StartChoices } from './start-choices.ts';

const definition = compileWorkflow({
  name: 'report',
  failureStrategy: 'end',
  params: [{ name: 'day', type: 'string' }],
  tasks: [{ name: 'a', type: 'noop' }],
});
const target = {
  projectId: 'p' as ProjectId,
  workflowId: 'w' as WorkflowId,
  workflowName: 'report',
  version: 3,
  definition,
};
const choices: StartChoices = {
  params: { day: 'mon' },
  startTasks: [],
  scope: 'all',
  failureStrategy: null,
  priority: 'low',
  workerGroup: 'night',
  environment: 'prod',
  alertOn: 'failure',
  alertGroup: 'ops',
  dryRun: false,
  timeoutMs: 60_000,
  version: null,
};
const occasion = {
  origin: { kind: 'schedule', id: 's' } as const,
  businessTime: 1_000,
  timezone: 'Europe/Berlin',
  createdBy: 'schedule nightly',
};

test('takes its choices and its occasion, and what the choices leave open from the definition', () => {
  const made = automaticRun(target, choices, occasion, derivedIds(5, 'k'), 7);
  expect('run' in made && made.run.instance).toMatchObject({
    ...{ version: 3, params: { day: 'mon' }, failureStrategy: 'end', priority: 'low', workerGroup: 'night' },
    ...{
      alertOn: 'failure',
      alertGroup: 'ops',
      timeoutMs: 60_000,
      createdAt: 7,
      parentInstanceId: null,
      environment: 'prod',
    },
    ...{ originKind: 'schedule', originId: 's', businessTime: 1_000, timezone: 'Europe/Berlin' },
    createdBy: 'schedule nightly',
  });
  expect('run' in made && made.run.event.data).toMatchObject({ origin: 'schedule', originId: 's' });
});

test('is the same run at each try', () => {
  const [one, other] = [5, 9].map((now) => automaticRun(target, choices, occasion, derivedIds(5, 'k'), now));
  const idOf = (made: typeof one) => (made && 'run' in made ? [made.run.instance.id, made.run.command.id] : null);
  expect(idOf(one)).toEqual(idOf(other));
  expect(new Set(idOf(one)).size).toBe(2);
});

test('what the occasion brings comes before what was chosen', () => {
  const made = automaticRun(target, choices, { ...occasion, params: { day: 'tue' } }, derivedIds(5, 'k'), 7);
  expect('run' in made && made.run.instance.params).toEqual({ day: 'tue' });
});

test('says everything that is in the way when the workflow does not fit the choices any more', () => {
  const wrong = { ...choices, params: { dya: 'mon' }, startTasks: ['b'] };
  expect(automaticRun(target, wrong, occasion, derivedIds(5, 'k'), 7)).toEqual({
    problems: [
      { path: 'startTasks[0]', message: expect.stringContaining('no task named "b"') },
      { path: 'params.dya', message: expect.stringContaining('no parameter "dya"') },
      { path: 'params.day', message: expect.stringContaining('has no default') },
    ],
  });
});
