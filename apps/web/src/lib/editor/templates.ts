/** Texts to begin with: a small workflow that runs as it is, and one task of each type. */
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
  - name: repeat
    type: node
    dependsOn: [greet]
    script: |
      console.log('\${greeting}!');
`;

const TASKS: Readonly<Record<string, string>> = {
  shell: `  - name: NAME
    type: shell
    script: |
      echo "at work"
`,
  node: `  - name: NAME
    type: node
    script: |
      console.log('at work');
`,
  http: `  - name: NAME
    type: http
    url: https://example.com/
`,
  sql: `  - name: NAME
    type: sql
    database: data.db
    script: select 1
`,
  sub_workflow: `  - name: NAME
    type: sub_workflow
    workflow: another-workflow
`,
  dynamic: `  - name: NAME
    type: dynamic
    workflow: another-workflow
    lists:
      - name: city
        values: [Kyoto, Oslo]
`,
  switch: `  - name: NAME
    type: switch
    cases:
      - when: \${rows} > 1000
        then: task-behind-this
    otherwise: []
`,
  conditions: `  - name: NAME
    type: conditions
    dependsOn: [task-before]
    when: { task: task-before, is: success }
    then: task-behind-this
`,
  dependent: `  - name: NAME
    type: dependent
    on: { workflow: another-workflow, cycle: day, range: today }
`,
  approval: `  - name: NAME
    type: approval
    message: Are the figures right?
`,
  wait: `  - name: NAME
    type: wait
    for: 10m
`,
};

/** A task to append to a text, under a name that is still free. */
export function taskTemplate(type: string, taken: readonly string[]): string {
  let name = type;
  for (let n = 2; taken.includes(name); n++) name = `${type}-${n}`;
  return (TASKS[type] ?? `  - name: NAME\n    type: ${type}\n`).replace('NAME', name);
}
