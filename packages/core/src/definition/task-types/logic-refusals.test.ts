import { describe, expect, it } from 'vitest';
import { definitionProblems } from '../../testing/definition-problems.ts';
import { LOGIC_TASK_TYPES } from './registry.ts';

/** A task `it` between two tasks before and two behind it. */
const around = (task: string): string => `
name: w
tasks:
  - { name: first, type: noop }
  - { name: second, type: noop }
  - { name: it, dependsOn: [first, second], ${task} }
  - { name: left, type: noop, dependsOn: [it] }
  - { name: right, type: noop, dependsOn: [it] }
`;

const BOTH = 'then: left, else: right';
const CASES = 'cases: [{ when: "${a} > 1", then: left }]';
const TREE = 'Must be an item such as {task: a, is: success}, or all or any with a list of items.';

describe('what is wrong with a logic task', () => {
  it.each([
    ['no cases', 'type: switch', ['tasks[2].cases: This key is missing: give a list.']],
    ['an empty list of cases', 'type: switch, cases: []', ['tasks[2].cases: Must not be empty.']],
    [
      'a condition that cannot be read',
      'type: switch, cases: [{ when: "${a} >", then: left }], otherwise: right',
      [expect.stringMatching(/^tasks\[2\]\.cases\[0\]\.when: The condition "\$\{a\} >" cannot be used: .*\.$/)],
    ],
    [
      'values of another kind',
      'type: switch, cases: [{ when: true, then: 5 }], otherwise: [1]',
      [
        'tasks[2].cases[0].when: Must be text, not true.',
        'tasks[2].cases[0].then: Must be the name of a task, or a list of names.',
        'tasks[2].otherwise[0]: Must be text, not 1.',
      ],
    ],
    [
      'a mistyped key of a case',
      'type: switch, cases: [{ whne: "1 == 1", then: left }], otherwise: right',
      [
        'tasks[2].cases[0].when: This key is missing: give text.',
        'tasks[2].cases[0].whne: There is no key "whne" here. Did you mean "when"?',
      ],
    ],
    [
      'targets that cannot be chosen',
      'type: switch, cases: [{ when: "${a} > 1", then: [left, left] }], otherwise: [right, rigth, first, it]',
      [
        'tasks[2].cases[0].then[1]: "left" is named twice in this branch. Remove one.',
        'tasks[2].otherwise[1]: There is no task named "rigth" in this workflow. Did you mean "right"?',
        'tasks[2].otherwise[2]: "first" does not depend on this task, so it cannot be a branch of it. Add "it" to its dependsOn.',
        'tasks[2].otherwise[3]: A task cannot be a branch of itself. Name a task that depends on it.',
      ],
    ],
    [
      'no conditions',
      `type: conditions, ${BOTH}`,
      [`tasks[2].when: ${TREE.replace('Must be', 'This key is missing: give')}`],
    ],
    ['conditions of another kind', `type: conditions, when: x, ${BOTH}`, [`tasks[2].when: ${TREE}`]],
    ['an item that could be anything', `type: conditions, when: {}, ${BOTH}`, [`tasks[2].when: ${TREE}`]],
    ['no items', `type: conditions, when: { any: [] }, ${BOTH}`, ['tasks[2].when.any: Must not be empty.']],
    [
      'mistakes deep in a tree',
      `type: conditions, when: { all: [{ task: first, is: succes }, { any: [{ tsk: second, is: failure }] }] }, ${BOTH}`,
      [
        'tasks[2].when.all[0].is: Must be one of success, failure, not "succes". Did you mean "success"?',
        'tasks[2].when.all[1].any[0].task: This key is missing: give text.',
        'tasks[2].when.all[1].any[0].tsk: There is no key "tsk" here. Did you mean "task"?',
      ],
    ],
    [
      'items that are not before it',
      `type: conditions, when: [{ task: left, is: success }, { any: [{ task: secnd, is: failure }, { task: it, is: success }] }], ${BOTH}`,
      [
        'tasks[2].when[0].task: This task does not depend on "left". Add "left" to the dependsOn of this task.',
        'tasks[2].when[1].any[0].task: There is no task named "secnd" in this workflow. Did you mean "second"?',
        'tasks[2].when[1].any[1].task: A task cannot be a condition of itself. Name a task that it depends on.',
      ],
    ],
    [
      'a target in both branches',
      'type: conditions, when: { task: first, is: success }, then: [left], else: [left, right]',
      ['tasks[2].else[0]: "left" is also in then, so nothing would be decided. Remove it from one of the two.'],
    ],
    [
      'more items than are allowed',
      `type: conditions, when: [${Array.from({ length: 1_001 }, () => '{ task: first, is: success }').join()}], ${BOTH}`,
      ['tasks[2].when: Holds 1001 items; at most 1000 are allowed.'],
    ],
    [
      'its own workflow',
      'type: sub_workflow, workflow: w',
      ['tasks[2].workflow: "w" is this workflow itself, which would start itself without end. Name another workflow.'],
    ],
    [
      'names that cannot be',
      'type: sub_workflow, workflow: a/b, project: "", version: 0',
      [
        'tasks[2].workflow: A name must not hold "/", because it stands in addresses.',
        'tasks[2].project: A name must not be empty.',
        'tasks[2].version: Must be at least 1.',
      ],
    ],
    [
      'a range of another cycle',
      'type: dependent, on: { workflow: x, cycle: day, range: lastMonday }',
      [
        'tasks[2].on.range: "lastMonday" is not a range of the cycle day. Allowed: today, last1Days, last2Days, last3Days, last7Days. Or leave cycle out.',
      ],
    ],
    [
      'a range that does not exist',
      'type: dependent, on: { all: [{ workflow: x, range: tody }] }',
      [expect.stringMatching(/^tasks\[2\]\.on\.all\[0\]\.range: .* not "tody"\. Did you mean "today"\?$/)],
    ],
    [
      'mistyped and missing keys of an item',
      'type: dependent, on: [{ workflow: x, cycel: day, range: today }, { range: today }]',
      [
        'tasks[2].on[0].cycel: There is no key "cycel" here. Did you mean "cycle"?',
        'tasks[2].on[1].workflow: This key is missing: give text.',
      ],
    ],
    [
      'a key that is nothing like a known one',
      'type: dependent, on: { workflow: x, range: today, colour: red }',
      [
        'tasks[2].on.colour: There is no key "colour" here. Known: workflow, project, task, cycle, range, passOutputs, all, any.',
      ],
    ],
    [
      'a task of its own workflow that is not there',
      'type: dependent, on: { workflow: w, task: fisrt, range: last1Days }',
      ['tasks[2].on.task: There is no task named "fisrt" in this workflow. Did you mean "first"?'],
    ],
    [
      'a waiting time that nothing asks for',
      'type: dependent, on: { workflow: x, range: today }, failureWait: 5m',
      ['tasks[2].failureWait: Only counts with onFailure: wait. Add that, or remove this key.'],
    ],
    [
      'times and choices of a dependent task',
      'type: dependent, on: { workflow: x, range: today }, interval: 0s, failureWait: soon, onFailure: never',
      [
        'tasks[2].interval: Must be longer than 0s.',
        'tasks[2].onFailure: Must be one of fail, wait, not "never".',
        'tasks[2].failureWait: Not a duration: write 30s, 10m, 2h or 1h30m.',
      ],
    ],
    ['no lists', 'type: dynamic, workflow: x, lists: []', ['tasks[2].lists: Must not be empty.']],
    [
      'lists of one name',
      'type: dynamic, workflow: w, lists: [{ name: a, values: [1] }, { name: a, values: "${x}" }]',
      [
        'tasks[2].workflow: "w" is this workflow itself, which would start itself without end. Name another workflow.',
        'tasks[2].lists[1].name: The name "a" is already that of lists[0].',
      ],
    ],
    [
      'more combinations than are allowed',
      'type: dynamic, workflow: x, maxItems: 3, exclude: [9], lists: [{ name: a, values: [1, 2, 9] }, { name: b, values: [x, y] }]',
      ['tasks[2].lists: These lists have 4 combinations, and at most 3 are allowed here. Shorten a list.'],
    ],
    [
      'bounds and forms of a dynamic task',
      'type: dynamic, workflow: x, maxItems: 2000, parallelism: 0, lists: [{ name: a b, values: {} }, { name: b, values: [[1]] }]',
      [
        'tasks[2].lists[0].name: Must be made of letters, digits, "_", "." and "-".',
        'tasks[2].lists[0].values: Must be a list of values, or text: a JSON array, or values between separators.',
        'tasks[2].lists[1].values[0]: Must be text, a number, true or false.',
        'tasks[2].maxItems: Must be at most 1024.',
        'tasks[2].parallelism: Must be at least 1.',
      ],
    ],
    ['a message that is no text', 'type: approval, message: 5', ['tasks[2].message: Must be text, not 5.']],
    [
      'a wait for nothing',
      'type: wait',
      ['tasks[2]: Say what is waited for: give for (a duration), until (a moment) or signal (a name).'],
    ],
    [
      'a wait with several ends',
      'type: wait, for: 10m, until: "2030-01-31 06:00:00", signal: go',
      [
        'tasks[2].until: A wait has one end, and for is given already. Remove one of the two.',
        'tasks[2].signal: A wait has one end, and for is given already. Remove one of the two.',
      ],
    ],
    [
      'a moment that is none',
      'type: wait, until: tomorrow',
      [expect.stringMatching(/^tasks\[2\]\.until: "tomorrow" is not a moment to wait for: /)],
    ],
    ['a signal without a name', 'type: wait, signal: ""', ['tasks[2].signal: A name must not be empty.']],
    ['a duration without unit', 'type: wait, for: 10', ['tasks[2].for: Must be text, not 10.']],
  ])('%s', (_, task, problems) => {
    expect(definitionProblems(around(task))).toEqual(problems);
  });

  const sound = {
    sub_workflow: 'workflow: x',
    switch: `${CASES}, otherwise: right`,
    conditions: `when: { task: first, is: success }, ${BOTH}`,
    dependent: 'on: { workflow: x, range: today }',
    dynamic: 'workflow: x, lists: [{ name: a, values: "${all}" }]',
    approval: 'message: Publish?',
    wait: 'until: "${moment}"',
  };

  it.each(Object.keys(LOGIC_TASK_TYPES) as (keyof typeof sound)[])(
    '%s takes no worker, environment or task group; retry, timeout, delay and priority it does',
    (type) => {
      const task = `type: ${type}, ${sound[type]}`;
      const common = 'retry: { times: 1 }, timeout: { after: 1h }, delay: 1s, priority: high, outputs: [{ name: o }]';
      expect(definitionProblems(around(`${task}, ${common}`))).toEqual([]);
      expect(
        definitionProblems(around(`${task}, workerGroup: a, workerLabels: {}, environment: b, taskGroup: c`)),
      ).toEqual([
        `tasks[2].workerGroup: A ${type} task runs on no worker. Remove this key.`,
        `tasks[2].workerLabels: A ${type} task runs on no worker. Remove this key.`,
        `tasks[2].environment: A ${type} task runs on no worker. Remove this key.`,
        `tasks[2].taskGroup: A ${type} task takes no slot of a task group. Remove this key; the tasks around it may have one.`,
      ]);
    },
  );

  it('is told beside mistakes in the common keys and in other tasks', () => {
    const text = around(`type: switch, delay: 5, colour: red, ${CASES}, otherwise: rigth`);
    expect(definitionProblems(text.replace('type: noop }', 'type: nop }')).map((line) => line.split(':')[0])).toEqual([
      'tasks[0].type',
      'tasks[2].delay',
      'tasks[2].colour',
      'tasks[2].otherwise',
    ]);
  });

  it('is nothing when a task behind it is in no branch: that goes on in any case', () => {
    expect(definitionProblems(around(`type: switch, ${CASES}`))).toEqual([]);
    expect(definitionProblems(around('type: conditions, when: { task: first, is: success }'))).toEqual([]);
  });

  it('stays quick with very many wrong names', () => {
    const targets = Array.from({ length: 5_000 }, (_, i) => `nobody${i}`);
    const tasks = Array.from({ length: 5_000 }, (_, i) => `  - { name: task${i}, type: noop }`);
    const text = `name: w\ntasks:\n${tasks.join('\n')}\n  - { name: s, type: switch, cases: [{ when: "1 == 1", then: [${targets.join()}] }] }`;
    expect(definitionProblems(text)).toHaveLength(1_000);
  });
});
