import { describe, expect, it } from 'vitest';
import { definitionProblems } from '../testing/definition-problems.ts';
import { compileWorkflow, parseWorkflowDocument } from './compile.ts';
import { formatWorkflowYaml } from './format.ts';
import { parseWorkflowText } from './parse-text.ts';

const workflow = (ofAll: string, ofTask: string): string => `name: w
workerLabels: ${ofAll}
tasks:
  - { name: a, type: noop, workerLabels: ${ofTask} }
  - { name: b, type: wait, for: 1s, dependsOn: [a] }
`;

const document = (ofAll: string, ofTask: string) => parseWorkflowDocument(parseWorkflowText(workflow(ofAll, ofTask)));

describe('workerLabels', () => {
  it('of a workflow are asked of each of its tasks that a worker runs; a task adds to them, or asks otherwise', () => {
    const [a, b] = compileWorkflow(document('{ zone: north, os: linux }', '{ zone: south, gpu: "true" }')).tasks;
    expect(Object.entries(a!.workerLabels)).toEqual([
      ['gpu', 'true'],
      ['os', 'linux'],
      ['zone', 'south'],
    ]);
    expect(b!.workerLabels).toEqual({});
  });

  it('are text, however they were written, and stay in the order of their names', () => {
    const yaml = formatWorkflowYaml(document('{}', '{ zone: "", gpu: true, cores: 8 }'));
    expect(yaml).toContain('workerLabels:\n      cores: "8"\n      gpu: "true"\n      zone: ""\n');
    expect(formatWorkflowYaml(parseWorkflowDocument(parseWorkflowText(yaml)))).toBe(yaml);
  });

  it.each([
    ['{ cuda: 12.1 }', 'tasks[0].workerLabels.cuda: 12.1 is not text. Put it in quotes.'],
    ['{ gpu: ~ }', 'tasks[0].workerLabels.gpu: null is not text. Give "" for an empty value.'],
    ['{ gpu: [a] }', 'tasks[0].workerLabels.gpu: ["a"] is not text. Put it in quotes.'],
    ['gpu', 'tasks[0].workerLabels: Must be a map of keys and values, not "gpu".'],
    [
      '{ "a b": c }',
      'tasks[0].workerLabels.a b: This key cannot be the name of a label: give 1 to 63 letters, digits, "_", ".", "-" and "/", with a letter or digit at both ends.',
    ],
    [`{ a: "${'x'.repeat(201)}" }`, 'tasks[0].workerLabels.a: The value of a label has at most 200 characters.'],
    [
      `{ ${Array.from({ length: 33 }, (_, n) => `l${n}: x`).join(', ')} }`,
      'tasks[0].workerLabels: Must have at most 32 labels.',
    ],
  ])('%s is refused', (labels, problem) => {
    expect(definitionProblems(workflow('{}', labels))).toEqual([problem]);
  });

  it('of a workflow are held to the same', () => {
    expect(definitionProblems(workflow('{ gpu: 1.5 }', '{}'))).toEqual([
      'workerLabels.gpu: 1.5 is not text. Put it in quotes.',
    ]);
  });
});
