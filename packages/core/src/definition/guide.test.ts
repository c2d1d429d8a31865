import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definitionProblems } from '../testing/definition-problems.ts';

const ROOT = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

const BLOCK = /^```yaml\n([\s\S]*?)^```/gm;
const blocks = Array.from(read('docs/guide/workflows.md').matchAll(BLOCK), ([, text]) => text!);
const examples = readdirSync(new URL('examples/', ROOT), { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.yaml'),
);

describe('definitions that people copy', () => {
  it.each(blocks.map((text) => [/^name: (.*)$/m.exec(text)?.[1], text]))('%s of the guide is sound', (_, text) => {
    expect(definitionProblems(text!)).toEqual([]);
  });

  it.each(examples)('the example %s is sound', (path) => {
    expect(definitionProblems(read(`examples/${path}`))).toEqual([]);
  });

  it('shows every logic task', () => {
    const all = blocks.join('\n');
    for (const type of ['sub_workflow', 'switch', 'conditions', 'dependent', 'dynamic', 'approval', 'wait'])
      expect(all).toContain(`type: ${type}`);
  });
});
