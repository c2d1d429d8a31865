/** What to begin with: a small workflow that runs as it is, and the settings of a task of each type. */
export const NEW_WORKFLOW = `name: hello
description: Says hello, twice
params:
  - { name: who, type: string, value: world }
tasks:
  - name: greet
    type: shell
    script: |
      echo "Hello, \${who}"
      echo "::set-output greeting=Hello, \${who}"
    outputs:
      - { name: greeting, type: string }
  # What a task hands on is a parameter of those that wait for it.
  - name: repeat
    type: node
    dependsOn: [greet]
    script: |
      console.log('\${greeting}!');
`;

const TASKS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  shell: { script: 'echo "at work"\n' },
  node: { script: "console.log('at work');\n" },
  http: { url: 'https://example.com/' },
  sql: { database: 'data.db', script: 'select 1' },
  sub_workflow: { workflow: 'another-workflow' },
  dynamic: { workflow: 'another-workflow', lists: [{ name: 'city', values: ['Kyoto', 'Oslo'] }] },
  switch: { cases: [{ when: '${rows} > 1000', then: 'task-behind-this' }], otherwise: [] },
  conditions: { when: { task: 'task-before', is: 'success' }, then: 'task-behind-this' },
  dependent: { on: { workflow: 'another-workflow', cycle: 'day', range: 'today' } },
  approval: { message: 'Are the figures right?' },
  wait: { for: '10m' },
};

/** The settings that a new task of a type begins with. */
export function taskTemplate(type: string): Readonly<Record<string, unknown>> {
  return Object.hasOwn(TASKS, type) ? TASKS[type]! : {};
}
