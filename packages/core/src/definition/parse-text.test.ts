import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { MAX_DEFINITION_BYTES, parseWorkflowText } from './parse-text.ts';

function refused(text: string): AppError {
  try {
    parseWorkflowText(text);
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  throw new Error('the text was taken');
}

describe('parseWorkflowText', () => {
  it('reads YAML, JSON and YAML in brackets alike', () => {
    const value = { name: 'w', tasks: [{ name: 'a' }] };
    for (const text of [
      'name: w\ntasks:\n  - name: a\n',
      '{"name":"w","tasks":[{"name":"a"}]}',
      '{name: w, tasks: [{name: a}]}',
    ]) {
      expect(parseWorkflowText(text)).toEqual(value);
    }
  });

  it('takes YAML 1.2: no surprise booleans, dates or octals', () => {
    expect(parseWorkflowText('a: yes\nb: 2024-01-01\nc: 010\nd: 1:30')).toEqual({
      a: 'yes',
      b: '2024-01-01',
      c: 10,
      d: '1:30',
    });
  });

  it('says where the text is wrong and what to do', () => {
    const error = refused('name: w\ntasks:\n  - name: a\n   type: shell\n');
    expect(error.code).toBe('bad_yaml');
    expect(error.message).toMatch(
      /^The text is not valid YAML: line 4, column \d+: .+\. Correct the text there and send it again\.$/,
    );
    expect(error.problems[0]!.path).toMatch(/^line 4, column \d+$/);
    expect(error.problems[0]!.message).not.toContain('\n');
    expect(refused('{"name": "w", }}').problems[0]!.path).toMatch(/^line 1, column \d+$/);
  });

  it.each([
    ['a key that repeats', 'name: a\nname: b\n', /line 2/],
    ['a tag it does not know', 'name: !include other.yaml\n', /tag/i],
    ['two documents', 'name: a\n---\nname: b\n', /multiple documents/],
    ['an alias of nothing', 'name: *a\n', /alias/i],
    ['a tab as indentation', 'a:\n\tb: 1\n', /line 2/],
    ['a list as a key', '? [a]\n: b\n', /line 1/],
    ['no text', ' \n', /empty/],
  ])('refuses %s', (_, text, message) => {
    const error = refused(text);
    expect(error.code).toBe('bad_yaml');
    expect(error.message).toMatch(message);
  });

  it('refuses aliases that multiply', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map((pair) => [...pair])) {
      lines.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`);
    }
    expect(refused(lines.join('\n')).message).toContain('Write the values out');
  });

  it('refuses texts that are too deep or too large', () => {
    expect(refused('['.repeat(200_000)).code).toBe('bad_yaml');
    expect(refused('x'.repeat(MAX_DEFINITION_BYTES + 1)).code).toBe('too_large');
    expect(refused('中'.repeat(MAX_DEFINITION_BYTES / 3 + 1)).code).toBe('too_large');
  });
});
