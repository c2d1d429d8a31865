import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { readYaml } from '../read-yaml.ts';
import {
  addTask,
  type Command,
  connect,
  cycleThrough,
  disconnect,
  duplicateTask,
  insertBetween,
  isRefusal,
  moveTask,
  removeTask,
  renameTask,
  setOfTask,
  setOfWorkflow,
} from './commands.ts';
import { createHistory } from './history.ts';
import { tasksOf } from './references.ts';
import { changeText } from './write.ts';

const TEXT = `# The whole of the night.
name: nightly   # short
params:
  - { name: who, type: string, value: world }

tasks:
  # First of all.
  - name: extract
    type: shell
    script: |
      # not a comment
      ./extract.sh

  # Needs rows.
  - name: load # into the warehouse
    type: sql
    dependsOn: [extract]   # only this
    database: data.db
    script: select 1
    # how often
    retry:
      times: 3 # enough
      interval: 30s
  - { name: check, type: switch, dependsOn: [load], cases: [{ when: '1 > 0', then: tell }], otherwise: [] }
  - name: tell
    type: shell
    dependsOn:
      - check
      - load # both
    script: echo told
`;

/** The text after a command, or the refusal. */
function after(text: string, command: Command): string {
  const reading = readYaml(text);
  const outcome = command(reading.value);
  if (isRefusal(outcome)) return JSON.stringify(outcome);
  const next = changeText(reading, outcome);
  if (next === undefined) throw new Error('not written');
  return next.text;
}

describe('commands change of a text only what they say', () => {
  it('adds a task behind another, in the style of the rest', () => {
    expect(after(TEXT, addTask('wait', 'extract'))).toBe(
      TEXT.replace(
        '\n  # Needs rows.',
        `  - name: wait
    type: wait
    dependsOn: [extract]
    for: 10m

  # Needs rows.`,
      ),
    );
    expect(after(TEXT, addTask('shell'))).toBe(`${TEXT}  - name: shell
    type: shell
    script: |
      echo "at work"
`);
  });

  it('renames a task wherever it is named', () => {
    expect(after(TEXT, renameTask('load', 'fill'))).toBe(
      TEXT.replace('name: load', 'name: fill').replace('[load]', '[fill]').replace('- load #', '- fill #'),
    );
    expect(after(TEXT, renameTask('tell', 'two words: yes'))).toBe(
      TEXT.replace('then: tell', 'then: "two words: yes"').replace('name: tell', 'name: "two words: yes"'),
    );
    expect(after(TEXT, renameTask('tell', 'load'))).toBe('{"why":"taken","name":"load"}');
    expect(after(TEXT, renameTask('tell', ' '))).toBe('{"why":"unnamed"}');
  });

  it('removes a task with its comments, and has the rest keep its order', () => {
    const text = after(TEXT, removeTask('load'));
    expect(text).toBe(
      `${TEXT.slice(0, TEXT.indexOf('  # Needs rows.'))}${TEXT.slice(TEXT.indexOf('  - { name: check'))}`
        .replace('[load]', '[extract]')
        .replace('- load # both', '- extract # both'),
    );
    expect(tasksOf(readYaml(after(TEXT, removeTask('tell'))).value)[2]!.task.cases).toEqual([
      { when: '1 > 0', then: [] },
    ]);
    expect(after('tasks:\n  - name: a\n    type: shell\n', removeTask('a'))).toBe('tasks: []\n');
  });

  it('moves a task with the comments above it', () => {
    const text = after(TEXT, moveTask('load', 3));
    expect(tasksOf(readYaml(text).value).map(({ name }) => name)).toEqual(['extract', 'check', 'tell', 'load']);
    expect(text).toContain('script: echo told\n  # Needs rows.\n  - name: load # into the warehouse');
    expect(after(text, moveTask('load', 1))).toContain('  # Needs rows.\n  - name: load # into');
  });

  it('connects, refuses cycles with their way, and disconnects', () => {
    expect(after(TEXT, connect('extract', 'tell'))).toBe(TEXT.replace('both\n', 'both\n      - extract\n'));
    expect(after(TEXT, connect('extract', 'check'))).toBe(TEXT.replace('[load]', '[load, extract]'));
    expect(after(TEXT, connect('tell', 'load'))).toBe('{"why":"cycle","path":["load","tell","load"]}');
    expect(after(TEXT, connect('tell', 'tell'))).toBe('{"why":"self"}');
    expect(after(TEXT, connect('load', 'tell'))).toBe('{"why":"connected","name":"load"}');
    expect(after(TEXT, connect('ghost', 'tell'))).toBe('{"why":"gone","name":"ghost"}');
    expect(after(TEXT, disconnect('load', 'tell'))).toBe(TEXT.replace('      - load # both\n', ''));
    expect(after(TEXT, disconnect('extract', 'load'))).toBe(
      TEXT.replace('    dependsOn: [extract]   # only this\n', ''),
    );
    // The branch leads nowhere any more.
    expect(after(TEXT, disconnect('check', 'tell'))).toBe(
      TEXT.replace('      - check\n', '').replace('then: tell', 'then: []'),
    );
    const [a, b, c] = [['b'], ['c'], []].map((dependsOn, at) => ({ name: 'abc'[at]!, dependsOn }));
    expect(cycleThrough([a!, b!, c!], 'a', 'c')).toEqual(['c', 'b', 'a', 'c']);
  });

  it('puts a task between two, and has branches lead to it', () => {
    const text = after(TEXT, insertBetween('wait', 'check', 'tell'));
    const tasks = tasksOf(readYaml(text).value);
    expect(tasks.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['extract', []],
      ['load', ['extract']],
      ['check', ['load']],
      ['wait', ['check']],
      ['tell', ['wait', 'load']],
    ]);
    expect(tasks[2]!.task.cases).toEqual([{ when: '1 > 0', then: 'wait' }]);
  });

  it('sets keys of a task and of the workflow, and takes them away', () => {
    expect(after(TEXT, setOfTask('load', 'retry', { times: 5, interval: '30s' }))).toBe(
      TEXT.replace('times: 3', 'times: 5'),
    );
    expect(after(TEXT, setOfTask('load', 'retry', undefined))).toBe(
      TEXT.replace('    retry:\n      times: 3 # enough\n      interval: 30s\n', ''),
    );
    expect(after(TEXT, setOfTask('load', 'script', 'select 1;\nselect 2;\n'))).toBe(
      TEXT.replace('script: select 1', 'script: |\n      select 1;\n      select 2;'),
    );
    expect(after(TEXT, setOfTask('extract', 'script', 'true'))).toBe(
      TEXT.replace('|\n      # not a comment\n      ./extract.sh', '"true"'),
    );
    expect(after(TEXT, setOfTask('check', 'description', 'a: b'))).toBe(
      TEXT.replace('otherwise: [] }', 'otherwise: [], description: "a: b" }'),
    );
    expect(after(TEXT, setOfWorkflow('description', 'Every night'))).toBe(
      TEXT.replace('# short\n', '# short\ndescription: Every night\n'),
    );
    expect(after(TEXT, setOfWorkflow('params', undefined))).toBe(
      TEXT.replace('\nparams:\n  - { name: who, type: string, value: world }', ''),
    );
    expect(after('# to be written\n', addTask('wait'))).toBe(
      '# to be written\ntasks:\n  - name: wait\n    type: wait\n    for: 10m\n',
    );
  });

  it('goes another way around anchors, and says so where there is none', () => {
    const shared = 'name: w\nx: &x\n  retry: { times: 2 } # twice\ntasks:\n  - { <<: *x, name: a, type: noop }\n';
    expect(() => after(shared, setOfTask('a', 'description', 'one'))).not.toThrow();
    const alias =
      'tasks:\n  - name: a\n    type: shell\n    retry: &r { times: 1 }\n  - name: b\n    type: shell\n    retry: *r # the same\n';
    const text = after(alias, setOfTask('b', 'retry', { times: 2 }));
    expect(tasksOf(readYaml(text).value).map(({ task }) => task.retry)).toEqual([{ times: 1 }, { times: 2 }]);
    const reading = readYaml(alias);
    expect(changeText(reading, [{ kind: 'set', path: ['tasks', 0, 'retry', 'times'], value: 3 }])).toBeUndefined();
    expect(changeText(readYaml('a: [\n'), [])).toBeUndefined();
  });
});

const types = ['shell', 'sql', 'wait', 'switch', 'conditions', 'http'];
const step = fc.record({
  what: fc.nat(9),
  a: fc.nat(20),
  b: fc.nat(20),
  type: fc.constantFrom(...types),
  words: fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('a: b', '- x', 'many\nlines\n', '  led\n\n\n', '#no', 'yes', '12', '|', "it's", '{{x}}', '字'),
  ),
});

/** A random command on tasks that are there. */
function commandOf(
  root: unknown,
  { what, a, b, type, words }: typeof step extends fc.Arbitrary<infer T> ? T : never,
): Command {
  const names = tasksOf(root).map(({ name }) => name);
  const [one, other] = [names[a % names.length] ?? '', names[b % names.length] ?? ''];
  switch (what) {
    case 0:
      return addTask(type, a % 2 === 0 || names.length === 0 ? undefined : one);
    case 1:
      // The field for a name has one line.
      return renameTask(one, words.trim().replaceAll('\n', ' '));
    case 2:
      return names.length < 3 ? addTask(type) : removeTask(one);
    case 3:
      return duplicateTask(one);
    case 4:
      return moveTask(one, b);
    case 5:
      return connect(one, other);
    case 6:
      return disconnect(one, tasksOf(root).find(({ name }) => name === one)?.dependsOn[0] ?? other);
    case 7:
      return insertBetween(type, tasksOf(root).find(({ name }) => name === one)?.dependsOn[0] ?? other, one);
    case 8:
      return setOfTask(
        one,
        ['script', 'description', 'retry'][b % 3]!,
        b % 4 === 0 ? undefined : b % 3 === 2 ? { times: b } : words,
      );
    default:
      return setOfWorkflow(['description', 'timezone', 'timeout'][b % 3]!, b % 4 === 0 ? undefined : words);
  }
}

const commentsOf = (text: string) =>
  (text.match(/# (First|The whole|short|only this|how often|enough|both)/g) ?? []).length;

describe('any sequence of commands', () => {
  it('leaves YAML that can be read and names that lead somewhere, and is undone and redone to the letter', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        let reading = readYaml(TEXT);
        const history = createHistory();
        const texts = [reading.text];
        for (const [at, one] of steps.entries()) {
          const outcome = commandOf(reading.value, one)(reading.value);
          if (isRefusal(outcome) || outcome.length === 0) continue;
          const next = changeText(reading, outcome);
          // Nothing in these texts has to be edited by hand.
          expect(next).toBeDefined();
          history.record(reading.text, next!.text, '', at);
          reading = next!;
          if (reading.text !== texts.at(-1)) texts.push(reading.text);
          expect(parseDocument(reading.text).errors).toEqual([]);
          expect(reading.problems.filter(({ kind }) => kind !== 'unknownDep')).toEqual([]);
        }
        const last = texts.length - 1;
        let text = reading.text;
        for (let at = last; at > 0; at--) {
          text = history.undo(text)!;
          expect(text).toBe(texts[at - 1]);
        }
        expect(history.canUndo).toBe(false);
        for (let at = 1; at <= last; at++) {
          text = history.redo(text)!;
          expect(text).toBe(texts[at]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('keeps every comment while nothing is taken away', () => {
    const adding = step.filter(
      ({ what, b }) => ![2, 6].includes(what) && !((what === 8 || what === 9) && (b % 4 === 0 || b % 3 === 2)),
    );
    fc.assert(
      fc.property(fc.array(adding, { maxLength: 8 }), (steps) => {
        let reading = readYaml(TEXT);
        for (const one of steps) {
          const outcome = commandOf(reading.value, one)(reading.value);
          if (!isRefusal(outcome)) reading = changeText(reading, outcome)!;
        }
        expect(commentsOf(reading.text)).toBe(commentsOf(TEXT));
      }),
      { numRuns: 100 },
    );
  });
});
