import { describe, expect, it } from 'vitest';
import { compileWorkflow, parseWorkflowDocument } from '../compile.ts';
import { canonicalJson, formatWorkflowYaml } from '../format.ts';
import { parseWorkflowText } from '../parse-text.ts';

const around = (task: string): string => `
name: w
tasks:
  - { name: first, type: noop }
  - { name: second, type: noop }
  - { name: it, dependsOn: [first, second], ${task} }
  - { name: left, type: noop, dependsOn: [it] }
  - { name: right, type: noop, dependsOn: [it] }
`;

const read = (text: string) => parseWorkflowDocument(parseWorkflowText(text));

/** The settings of `it` as they are run, and its document, which keeps what was written. */
function readTask(task: string) {
  const document = read(around(task));
  const yaml = formatWorkflowYaml(document);
  // Whatever is taken also comes back, to the byte.
  expect(read(yaml)).toEqual(document);
  expect(formatWorkflowYaml(read(yaml))).toBe(yaml);
  expect(canonicalJson(read(canonicalJson(document)))).toBe(canonicalJson(document));
  expect(compileWorkflow(read(yaml))).toEqual(compileWorkflow(document));
  return { config: JSON.stringify(compileWorkflow(document).tasks[2]!.config), yaml };
}

describe('the settings of logic tasks as they are run', () => {
  it.each([
    ['type: sub_workflow, workflow: child', '{"workflow":"child","project":null,"version":null}'],
    ['type: sub_workflow, workflow: w, project: other, version: 3', '{"workflow":"w","project":"other","version":3}'],
    [
      'type: switch, cases: [{ when: "${rows} > 1000", then: left }, { when: "${rows} == 0", then: [left, right] }], otherwise: []',
      '{"cases":[{"when":"${rows} > 1000","then":["left"]},{"when":"${rows} == 0","then":["left","right"]}],"otherwise":[]}',
    ],
    [
      'type: switch, cases: [{ when: "${a} == 1", then: [left, right] }]',
      '{"cases":[{"when":"${a} == 1","then":["left","right"]}],"otherwise":null}',
    ],
    [
      'type: conditions, when: { all: [{ task: first, is: success }, { any: [{ task: second, is: failure }] }] }, then: [left], else: right',
      '{"when":{"all":[{"task":"first","is":"success"},{"any":[{"task":"second","is":"failure"}]}]},"then":["left"],"else":["right"]}',
    ],
    [
      'type: conditions, when: [{ task: first, is: success }, [{ task: second, is: failure }]], then: [left, right]',
      '{"when":{"all":[{"task":"first","is":"success"},{"all":[{"task":"second","is":"failure"}]}]},"then":["left","right"],"else":[]}',
    ],
    [
      'type: dependent, on: { workflow: orders, range: last1Days }',
      '{"on":{"project":null,"workflow":"orders","task":null,"cycle":"day","range":"last1Days","passOutputs":false},"checkIntervalMs":30000,"onFailure":"fail","failureWaitMs":1800000}',
    ],
    [
      'type: dependent, on: [{ workflow: w, task: first, range: lastMonday }, { any: [{ workflow: o, project: p, task: "*", cycle: month, range: thisMonthEnd, passOutputs: true }] }], interval: 1m, onFailure: wait, failureWait: 2h',
      '{"on":{"all":[{"project":null,"workflow":"w","task":"first","cycle":"week","range":"lastMonday","passOutputs":false},{"any":[{"project":"p","workflow":"o","task":"*","cycle":"month","range":"thisMonthEnd","passOutputs":true}]}]},"checkIntervalMs":60000,"onFailure":"wait","failureWaitMs":7200000}',
    ],
    [
      'type: dynamic, workflow: child, lists: [{ name: city, values: "${cities}" }]',
      '{"workflow":"child","project":null,"version":null,"lists":[{"name":"city","values":"${cities}","separator":","}],"exclude":[],"maxItems":1024,"parallelism":8}',
    ],
    [
      'type: dynamic, workflow: child, lists: [{ name: n, values: [1, b, true] }, { name: t, values: a;b, separator: ";" }], exclude: [1], maxItems: 9, parallelism: 2',
      '{"workflow":"child","project":null,"version":null,"lists":[{"name":"n","values":"[\\"1\\",\\"b\\",\\"true\\"]","separator":","},{"name":"t","values":"a;b","separator":";"}],"exclude":["1"],"maxItems":9,"parallelism":2}',
    ],
    ['type: approval', '{"message":""}'],
    ['type: approval, message: "Publish ${rows} rows?"', '{"message":"Publish ${rows} rows?"}'],
    ['type: wait, for: 1h30m', '{"forMs":5400000,"until":null,"signal":null}'],
    ['type: wait, until: "$[yyyy-MM-dd] 06:00:00"', '{"forMs":null,"until":"$[yyyy-MM-dd] 06:00:00","signal":null}'],
    ['type: wait, until: 2030-01-31T06:00:00Z', '{"forMs":null,"until":"2030-01-31T06:00:00Z","signal":null}'],
    ['type: wait, signal: loaded', '{"forMs":null,"until":null,"signal":"loaded"}'],
  ])('%s', (task, config) => {
    expect(readTask(task).config).toBe(config);
  });

  it('does not depend on the id of a workflow being a name', () => {
    const id = '01JABCDEFGHJKMNPQRSTVWXYZ0';
    expect(readTask(`type: sub_workflow, workflow: ${id}`).config).toContain(id);
  });

  it('leaves the document as it was written, in the order in which people read', () => {
    const { yaml } = readTask(
      'else: right, then: left, when: [{ is: success, task: first }], type: conditions, timeout: { from: first_submit, after: 1h }',
    );
    expect(yaml).toContain(
      `  - name: it
    type: conditions
    dependsOn:
      - first
      - second
    when:
      - task: first
        is: success
    then: left
    else: right
    timeout:
      after: 1h
      from: first_submit
`,
    );
  });
});
