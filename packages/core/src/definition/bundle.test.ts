import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { formatBundleJson, formatBundleYaml, MAX_BUNDLE_WORKFLOWS, parseBundle } from './bundle.ts';
import type { WorkflowDocument } from './definition.ts';

const definition = (name: string, script = 'echo'): WorkflowDocument => ({
  name,
  tasks: [{ name: 'a', type: 'shell', script }],
});
const names = (text: string) =>
  parseBundle(text).map(({ place, definition: one, problems }) => [place, (one as WorkflowDocument)?.name, problems]);

function refused(text: string): AppError {
  try {
    parseBundle(text);
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  throw new Error('the text was taken');
}

describe('bundles', () => {
  it('come back as they were written, also where a script looks like the border of a document', () => {
    const documents = [definition('one', 'echo a\n---\n# b\n...\n'), definition('二', '---'), definition('three')];
    const yaml = formatBundleYaml(documents);
    expect(parseBundle(yaml).map((item) => item.definition)).toEqual(documents);
    expect(formatBundleYaml(parseBundle(yaml).map((item) => item.definition as WorkflowDocument))).toBe(yaml);
    const json = formatBundleJson(documents);
    expect(parseBundle(json).map((item) => item.definition)).toEqual(documents);
    expect(parseBundle(json).map(({ place }) => place)).toEqual(['workflows[0]', 'workflows[1]', 'workflows[2]']);
  });

  it('are one definition, a list, a map or a stream of any of them', () => {
    expect(names('name: w\ntasks: []')).toEqual([['', 'w', []]]);
    expect(names('[{"name": "a"}, {"name": "b"}]')).toEqual([
      ['[0]', 'a', []],
      ['[1]', 'b', []],
    ]);
    expect(names('# first\n---\nname: a\n---\n# nothing here\n---\nworkflows:\n  - name: b\n  - name: c\n')).toEqual([
      ['document 1', 'a', []],
      ['document 2, workflows[0]', 'b', []],
      ['document 2, workflows[1]', 'c', []],
    ]);
    expect(names('just words')).toEqual([['', undefined, []]]);
  });

  it('with a fault in one document keep the others, and say where in the text it is', () => {
    const items = parseBundle('name: a\n---\nname: b\nname: c\n---\nname: d\n');
    expect(items.map((item) => (item.definition as WorkflowDocument | undefined)?.name)).toEqual(['a', undefined, 'd']);
    expect(items[1]!.problems[0]!.path).toMatch(/^line 4, column \d+$/);
  });

  it('are refused when there is nothing in them, or too much', () => {
    for (const text of ['', ' \n', '# only words\n', '[]', 'workflows: []', '---\n---\n']) {
      expect(refused(text).code, JSON.stringify(text)).toBe('bad_request');
    }
    const many = Array.from({ length: MAX_BUNDLE_WORKFLOWS + 1 }, (_, i) => ({ name: `w${i}` }));
    expect(refused(JSON.stringify(many)).message).toContain('at most 500 workflows, and this one 501');
    expect(refused(`# ${'x'.repeat(8_388_608)}`).code).toBe('too_large');
    expect(parseBundle(`a: ${'['.repeat(2_000)}`)[0]!.problems).not.toEqual([]);
  });

  it('do not grow by aliases', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `${'abcdefghij'[i]}: &${'abcdefghij'[i]} [${Array(9)
          .fill(`*${'abcdefghij'[i - 1]}`)
          .join(', ')}]`,
      );
    expect(parseBundle(lines.join('\n'))[0]!.problems[0]!.message).toContain('aliases');
  });
});
