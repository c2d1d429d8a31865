import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWorkflow, parseWorkflowDocument } from './compile.ts';
import { PARAM_TYPES, PRIORITIES, type WorkflowDocument } from './definition.ts';
import { canonicalJson, formatWorkflowYaml } from './format.ts';
import { checkName } from './names.ts';
import { parseWorkflowText } from './parse-text.ts';

const name = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
  .filter((text) => checkName(text) === undefined);
const wild = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '',
      'yes',
      'null',
      '~',
      '1e3',
      '0x10',
      '- a',
      ' lead',
      'trail ',
      'a: b',
      '#c',
      '\n',
      '\n\n a\n',
      'a\r\nb',
      '\t',
      '"',
      "'",
      '|',
      '%',
      '&a',
      '*a',
      '!tag',
      '2024-01-01',
      '--- x',
      '...',
      'a\n---\nb',
      '\u2028',
      '\ufeff',
      '\u0085',
      'x'.repeat(300),
      ' \n \n',
      'a\n \t',
    ),
    fc
      .array(fc.constantFrom('a', ' ', '\n', '\t', '#', ':', '-', '\r', '|', '  '), { maxLength: 12 })
      .map((parts) => parts.join('')),
  )
  .filter((text) => text.isWellFormed());
const duration = fc
  .tuple(fc.integer({ min: 1, max: 300 }), fc.constantFrom('ms', 's', 'm', 'h'))
  .map(([n, unit]) => n + unit);
const paramName = fc.stringMatching(/^[A-Za-z0-9_.-]{1,8}$/);
const param = fc.record(
  { name: paramName, type: fc.constantFrom(...PARAM_TYPES), description: wild },
  { requiredKeys: ['name'] },
);
const unique = <T extends { name: string }>(entry: fc.Arbitrary<T>) =>
  fc.uniqueArray(entry, { selector: (one) => one.name, maxLength: 4 });

const workerLabels = fc.dictionary(
  fc.constantFrom('type', 'zone', 'a.b/c', 'X_1'),
  fc.oneof(fc.stringMatching(/^[ -~]{0,9}$/), fc.boolean(), fc.integer()),
);

const common = {
  description: wild,
  enabled: fc.boolean(),
  params: unique(fc.record({ name: paramName, value: wild.map((text) => text.replaceAll('$', '')) })),
  outputs: unique(fc.record({ name: paramName, type: fc.constantFrom(...PARAM_TYPES) })),
  retry: fc.record(
    { times: fc.nat(10), interval: duration, backoff: fc.constantFrom('fixed', 'exponential') },
    { requiredKeys: ['times'] },
  ),
  timeout: fc.record(
    {
      after: duration,
      strategy: fc.constantFrom('warn', 'fail', 'warn_and_fail'),
      from: fc.constantFrom('start', 'first_submit'),
    },
    { requiredKeys: ['after'] },
  ),
  delay: duration,
  workerGroup: name,
  workerLabels,
  environment: name,
  priority: fc.constantFrom(...PRIORITIES),
  taskGroup: fc.oneof(name, fc.record({ name, priority: fc.integer({ min: -9, max: 9 }) }, { requiredKeys: ['name'] })),
};
const { workerGroup, workerLabels: _, environment, taskGroup, ...logic } = common;
const script = wild.filter((text) => text !== '');
const task = fc.oneof(
  fc.record({ name, type: fc.constant('shell'), script, ...common }, { requiredKeys: ['name', 'type', 'script'] }),
  fc.record(
    {
      name,
      type: fc.constant('http'),
      url: wild.map((text) => `https://x/${text}`),
      body: wild,
      method: fc.constant('POST'),
      headers: fc.dictionary(fc.stringMatching(/^[A-Za-z0-9-]{1,6}$/), fc.stringMatching(/^[ -~]*$/)),
      expectStatus: fc.array(fc.oneof(fc.constant(204), fc.constantFrom('200', '200-299')), {
        minLength: 1,
        maxLength: 3,
      }),
      ...common,
    },
    { requiredKeys: ['name', 'type', 'url', 'method'] },
  ),
  fc.record(
    {
      name,
      type: fc.constant('dynamic'),
      workflow: name.map((text) => `x${text}`).filter((text) => checkName(text) === undefined),
      project: name,
      lists: fc.uniqueArray(
        fc.record({ name: paramName, values: fc.oneof(script, fc.array(wild, { minLength: 1, maxLength: 3 })) }),
        { selector: (list) => list.name, minLength: 1, maxLength: 3 },
      ),
      exclude: fc.array(fc.oneof(wild, fc.integer(), fc.boolean())),
      ...logic,
    },
    { requiredKeys: ['name', 'type', 'project', 'workflow', 'lists'] },
  ),
  fc.record({ name, type: fc.constant('approval'), message: wild, ...logic }, { requiredKeys: ['name', 'type'] }),
  fc.record({ name, type: fc.constant('wait'), for: duration, ...logic }, { requiredKeys: ['name', 'type', 'for'] }),
);

const document = fc
  .record(
    {
      name,
      description: wild,
      timezone: fc.constantFrom('UTC', 'Asia/Shanghai'),
      params: unique(param),
      execution: fc.constantFrom('parallel', 'serial_wait', 'serial_discard', 'serial_priority'),
      strictParams: fc.boolean(),
      failureStrategy: fc.constantFrom('continue', 'end'),
      timeout: fc.record({ after: duration }),
      workerLabels,
      alerts: fc.record(
        {
          on: fc.constantFrom('none', 'success', 'failure', 'all'),
          group: name,
          queueWait: duration,
          deadline: duration,
        },
        { requiredKeys: [] },
      ),
      tasks: fc.uniqueArray(task, { selector: (one) => one.name, minLength: 1, maxLength: 5 }),
    },
    { requiredKeys: ['name', 'tasks'] },
  )
  .map(({ tasks, ...rest }) => ({
    ...rest,
    tasks: tasks.map((one, i) => (i === 0 ? one : { ...one, dependsOn: [tasks[i - 1]!.name] })),
  }));

/** The same value with the keys of every map turned round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]) => [key, reversed(entry)]),
  );
}

const read = (text: string): WorkflowDocument => parseWorkflowDocument(parseWorkflowText(text));

describe('export and import', () => {
  it('loses nothing: YAML and JSON come back to the byte, and compile to the same', () => {
    fc.assert(
      fc.property(document, (input) => {
        const first = parseWorkflowDocument(input);
        const yaml = formatWorkflowYaml(first);
        const second = read(yaml);
        expect(second).toEqual(first);
        expect(formatWorkflowYaml(second)).toBe(yaml);
        const json = canonicalJson(first);
        expect(canonicalJson(read(json))).toBe(json);
        expect(compileWorkflow(second)).toEqual(compileWorkflow(first));
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order in which keys were written', () => {
    fc.assert(
      fc.property(document, (input) => {
        const one = parseWorkflowDocument(input);
        const other = parseWorkflowDocument(reversed(input));
        expect(canonicalJson(other)).toBe(canonicalJson(one));
        expect(formatWorkflowYaml(other)).toBe(formatWorkflowYaml(one));
      }),
    );
  });

  it('is what a person would write', () => {
    const tasks = [
      {
        script: 'if x; then\n  echo 1\nfi\n',
        dependsOn: [],
        type: 'shell',
        name: 'a',
        retry: { interval: '1s', times: 2 },
      },
    ];
    expect(formatWorkflowYaml(parseWorkflowDocument({ tasks, description: 'd', name: 'w' }))).toBe(
      'name: w\ndescription: d\ntasks:\n  - name: a\n    type: shell\n    dependsOn: []\n    script: |\n      if x; then\n        echo 1\n      fi\n    retry:\n      times: 2\n      interval: 1s\n',
    );
  });

  it('keeps the bytes of documents that are stored: maps with free keys are in the order they always had', () => {
    const headers = { when: 'a', from: 'b', 'x-a': 'c', timeout: 'd', name: 'e', accept: 'f', project: 'g' };
    const tasks = [{ name: 'a', type: 'http', url: 'https://x', headers }];
    expect(canonicalJson(parseWorkflowDocument({ name: 'w', tasks }))).toBe(
      '{"name":"w","tasks":[{"name":"a","type":"http","url":"https://x","headers":{"name":"e","timeout":"d","accept":"f","from":"b","project":"g","when":"a","x-a":"c"}}]}',
    );
  });

  it('never writes an alias, also for equal parts', () => {
    const shared = { after: '5s' };
    const tasks = ['a', 'b'].map((one) => ({ name: one, type: 'noop', timeout: shared }));
    expect(formatWorkflowYaml(parseWorkflowDocument({ name: 'w', tasks }))).not.toMatch(/[&*]/);
  });
});
