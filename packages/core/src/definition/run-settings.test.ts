import { describe, expect, it } from 'vitest';
import { definitionProblems } from '../testing/definition-problems.ts';
import { compileWorkflow, parseWorkflowDocument } from './compile.ts';
import { EXECUTION_TYPES } from './definition.ts';
import { formatWorkflowYaml } from './format.ts';
import { parseWorkflowText } from './parse-text.ts';

const workflow = (head: string, task = ''): string => `name: w
${head}
tasks:
  - { name: a, type: noop${task === '' ? '' : `, ${task}`} }
`;

const compiled = (head: string, task?: string) =>
  compileWorkflow(parseWorkflowDocument(parseWorkflowText(workflow(head, task))));

describe('settings of a run', () => {
  it.each(EXECUTION_TYPES)('takes the execution type %s', (execution) => {
    expect(compiled(`execution: ${execution}`)).toMatchObject({
      execution,
      maxParallelRuns: null,
      strictParams: false,
    });
  });

  it('bounds parallel runs and makes parameters strict', () => {
    expect(compiled('maxParallelRuns: 3\nstrictParams: true')).toMatchObject({
      execution: 'parallel',
      maxParallelRuns: 3,
      strictParams: true,
    });
  });

  it.each([
    [
      'execution: serial_wait\nmaxParallelRuns: 2',
      'maxParallelRuns: Only parallel runs can be bounded; serial_wait runs are one at a time. Remove this key, or set execution to parallel.',
    ],
    ['maxParallelRuns: 0', 'maxParallelRuns: Must be at least 1.'],
    ['maxParallelRuns: 1.5', 'maxParallelRuns: Must be a whole number, not 1.5.'],
    ['strictParams: maybe', 'strictParams: Must be true or false, not "maybe".'],
    [
      'execution: serial_wiat',
      'execution: Must be one of parallel, serial_wait, serial_discard, serial_priority, not "serial_wiat". Did you mean "serial_wait"?',
    ],
    ['timeout: { after: 1h, from: start }', 'timeout.from: There is no key "from" here. Known: after, strategy.'],
  ])('refuses %j', (head, problem) => {
    expect(definitionProblems(workflow(head))).toEqual([problem]);
  });
});

describe('settings of an attempt', () => {
  it.each([
    ['taskGroup: db', { name: 'db', priority: 0 }],
    ['taskGroup: { name: db }', { name: 'db', priority: 0 }],
    ['taskGroup: { name: db, priority: -2 }', { name: 'db', priority: -2 }],
    ['', null],
  ])('%s', (task, taskGroup) => {
    expect(compiled('', task).tasks[0]!.taskGroup).toEqual(taskGroup);
  });

  it('counts a timeout from the start unless it says otherwise; that of a run always', () => {
    const { timeout, tasks } = compiled('timeout: { after: 1h }', 'timeout: { after: 1m, from: first_submit }');
    expect(timeout).toEqual({ afterMs: 3_600_000, strategy: 'fail', from: 'start' });
    expect(tasks[0]!.timeout).toEqual({ afterMs: 60_000, strategy: 'fail', from: 'first_submit' });
    expect(compiled('', 'timeout: { after: 1m }').tasks[0]!.timeout!.from).toBe('start');
  });

  it.each([
    ['taskGroup: 5', 'tasks[0].taskGroup: Must be the name of a task group, or a map with name and priority.'],
    ['taskGroup: " "', 'tasks[0].taskGroup: A name must not begin or end with a blank.'],
    ['taskGroup: { name: a/b }', 'tasks[0].taskGroup.name: A name must not hold "/", because it stands in addresses.'],
    ['taskGroup: { name: a, priority: 1.5 }', 'tasks[0].taskGroup.priority: Must be a whole number, not 1.5.'],
    [
      'taskGroup: { name: a, prioritee: 1 }',
      'tasks[0].taskGroup.prioritee: There is no key "prioritee" here. Did you mean "priority"?',
    ],
    ['timeout: { after: 1s, from: begin }', 'tasks[0].timeout.from: Must be one of start, first_submit, not "begin".'],
  ])('refuses %s', (task, problem) => {
    expect(definitionProblems(workflow('', task))).toEqual([problem]);
  });
});

it('writes the keys in the order in which people read', () => {
  const text = workflow(
    'strictParams: true\nmaxParallelRuns: 2\nexecution: parallel',
    'taskGroup: { priority: 1, name: db }, priority: high, timeout: { from: start, strategy: warn, after: 5s }',
  );
  expect(formatWorkflowYaml(parseWorkflowDocument(parseWorkflowText(text)))).toBe(`name: w
execution: parallel
maxParallelRuns: 2
strictParams: true
tasks:
  - name: a
    type: noop
    timeout:
      after: 5s
      strategy: warn
      from: start
    priority: high
    taskGroup:
      name: db
      priority: 1
`);
});

describe('alerts', () => {
  it.each([
    ['', null],
    ['alerts: {}', { on: 'none', group: 'default', queueWaitMs: null, deadlineMs: null }],
    ['alerts: { on: failure }', { on: 'failure', group: 'default', queueWaitMs: null, deadlineMs: null }],
    [
      'alerts: { deadline: 2h, queueWait: 5m, group: ops, on: all }',
      { on: 'all', group: 'ops', queueWaitMs: 300_000, deadlineMs: 7_200_000 },
    ],
  ])('%j', (head, alerts) => {
    expect(compiled(head).alerts).toEqual(alerts);
  });

  it.each([
    ['alerts: { on: failed }', 'alerts.on: Must be one of none, success, failure, all, not "failed".'],
    ['alerts: { deadline: 0s }', 'alerts.deadline: Must be longer than 0s.'],
    ['alerts: { queueWait: soon }', 'alerts.queueWait: Not a duration: write 30s, 10m, 2h or 1h30m.'],
    ['alerts: { group: a/b }', 'alerts.group: A name must not hold "/", because it stands in addresses.'],
    ['alerts: { when: all }', 'alerts.when: There is no key "when" here. Known: on, group, queueWait, deadline.'],
  ])('refuses %s', (head, problem) => {
    expect(definitionProblems(workflow(head))).toEqual([problem]);
  });

  it('are written after the settings of runs, in the order in which people read', () => {
    const text = workflow('alerts: { deadline: 2h, queueWait: 5m, group: ops, on: all }\ntimeout: { after: 1h }');
    const yaml = formatWorkflowYaml(parseWorkflowDocument(parseWorkflowText(text)));
    expect(yaml).toBe(`name: w
timeout:
  after: 1h
alerts:
  on: all
  group: ops
  queueWait: 5m
  deadline: 2h
tasks:
  - name: a
    type: noop
`);
    expect(formatWorkflowYaml(parseWorkflowDocument(parseWorkflowText(yaml)))).toBe(yaml);
  });
});
