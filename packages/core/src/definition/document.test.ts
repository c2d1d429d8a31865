import { describe, expect, it } from 'vitest';
import { AppError, type Problem } from '../errors/app-error.ts';
import { compileWorkflow, parseWorkflowDocument } from './compile.ts';
import { parseWorkflowText } from './parse-text.ts';

const EXAMPLE = `
name: daily-report
description: Aggregates yesterday's orders
params:
  - { name: date, type: string, value: "$[yyyy-MM-dd-1]" }
execution: parallel
timeout: { after: 2h, strategy: warn }
tasks:
  - name: extract
    type: shell
    script: |
      ./extract.sh \${date} > orders.csv
      echo "::set-output rows=$(wc -l < orders.csv)"
    retry: { times: 3, interval: 30s, backoff: exponential, maxInterval: 10m }
    timeout: { after: 10m, strategy: fail }
    workerGroup: default
    outputs: [{ name: rows, type: integer }]
  - name: load
    type: sql
    dependsOn: [extract]
    database: file:./warehouse.db
    script: insert into orders values (1)
    priority: high
    delay: 1m
    enabled: true
`;

const shell = (name: string, more: object = {}) => ({ name, type: 'shell', script: 'true', ...more });
const workflow = (...tasks: unknown[]) => ({ name: 'w', tasks });

/** The problems of a refused definition. */
function problemsOf(input: unknown): readonly Problem[] {
  try {
    parseWorkflowDocument(input);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'bad_definition') return thrown.problems;
    throw thrown;
  }
  return [];
}

const placesOf = (input: unknown): string[] => problemsOf(input).map(({ path }) => path);
const messageOf = (input: unknown): string => {
  const problems = problemsOf(input);
  expect(problems).toHaveLength(1);
  return `${problems[0]!.path}: ${problems[0]!.message}`;
};

describe('compileWorkflow', () => {
  it('compiles what people write, with defaults', () => {
    const definition = compileWorkflow(parseWorkflowDocument(parseWorkflowText(EXAMPLE)));
    expect(definition).toMatchObject({
      name: 'daily-report',
      params: [{ name: 'date', type: 'string', value: '$[yyyy-MM-dd-1]' }],
      execution: 'parallel',
      failureStrategy: 'continue',
      timeout: { afterMs: 7_200_000, strategy: 'warn' },
      timezone: 'UTC',
    });
    const [extract, load] = definition.tasks;
    expect(extract).toMatchObject({
      retry: { times: 3, intervalMs: 30_000, backoff: 'exponential', maxIntervalMs: 600_000 },
      timeout: { afterMs: 600_000, strategy: 'fail' },
      outputs: [{ name: 'rows', type: 'integer' }],
      workerGroup: 'default',
      priority: 'medium',
    });
    expect(Object.keys(extract!.config)).toEqual(['script']);
    expect(load).toEqual({
      name: 'load',
      type: 'sql',
      description: '',
      dependsOn: ['extract'],
      enabled: true,
      retry: { times: 0, intervalMs: 30_000, backoff: 'fixed', maxIntervalMs: 3_600_000 },
      timeout: null,
      delayMs: 60_000,
      workerGroup: null,
      workerLabels: {},
      environment: null,
      priority: 'high',
      taskGroup: null,
      params: [],
      outputs: [],
      config: { database: 'file:./warehouse.db', script: 'insert into orders values (1)' },
    });
  });

  it('puts the defaults of a type into the settings, not into the document', () => {
    const document = parseWorkflowDocument(workflow({ name: 'get', type: 'http', url: 'https://example.org' }));
    expect(document.tasks).toEqual([{ name: 'get', type: 'http', url: 'https://example.org' }]);
    expect(compileWorkflow(document).tasks[0]!.config).toEqual({
      method: 'GET',
      url: 'https://example.org',
      headers: {},
      expectStatus: ['200-299'],
      extract: {},
    });
  });

  it('keeps a task that is switched off, and an interval above the usual maximum', () => {
    const document = parseWorkflowDocument(
      workflow(shell('a', { enabled: false, retry: { times: 1, interval: '2h' } })),
    );
    const { enabled, retry } = compileWorkflow(document).tasks[0]!;
    expect(enabled).toBe(false);
    expect(retry).toMatchObject({ intervalMs: 7_200_000, maxIntervalMs: 7_200_000 });
  });

  it('takes the timeout strategies and a bare timeout as fail', () => {
    for (const strategy of ['fail', 'warn', 'warn_and_fail'] as const) {
      const { tasks } = compileWorkflow(
        parseWorkflowDocument(workflow(shell('a', { timeout: { after: '5s', strategy } }))),
      );
      expect(tasks[0]!.timeout).toEqual({ afterMs: 5_000, strategy, from: 'start' });
    }
    const bare = compileWorkflow(parseWorkflowDocument(workflow(shell('a', { timeout: { after: '5s' } }))));
    expect(bare.tasks[0]!.timeout!.strategy).toBe('fail');
  });
});

describe('parseWorkflowDocument', () => {
  it('reports every problem of every kind at once, each with its place', () => {
    const input = {
      name: 'w',
      descripton: 'x',
      timezone: 'Mars/Olympus',
      timeout: { after: '2 hours' },
      params: [{ name: 'a b' }, { name: 'n', type: 'integer', value: 'many' }],
      tasks: [
        { name: 'a', type: 'shell', scirpt: 'true', dependsOn: ['b'] },
        { name: 'b', type: 'shel', dependsOn: ['a'], retry: { times: -1, intervall: '1s' } },
        { name: 'b', type: 'node', script: '', language: 'typescript', priority: 'hihg' },
        { name: 'c', type: 'http', url: 'ftp://x', dependsOn: ['nobody'], delay: '1 day' },
        'task',
      ],
    };
    expect(placesOf(input).sort()).toEqual(
      [
        'descripton',
        'params[0].name',
        'timezone',
        'timeout.after',
        'tasks[0].script',
        'tasks[0].scirpt',
        'tasks[1].type',
        'tasks[1].retry.times',
        'tasks[1].retry.intervall',
        'tasks[2].name',
        'tasks[2].script',
        'tasks[2].language',
        'tasks[2].priority',
        'tasks[3].url',
        'tasks[3].dependsOn[0]',
        'tasks[3].delay',
        'tasks[4]',
        'tasks[0].dependsOn[0]',
      ].sort(),
    );
    expect(() => parseWorkflowDocument(input)).toThrow(/^The workflow definition has 18 problems\. The first: /);
  });

  it.each([
    ['a list', [], ': A workflow definition is a map with the keys name and tasks.'],
    ['nothing', null, ': A workflow definition is a map with the keys name and tasks.'],
    ['no name', { tasks: [shell('a')] }, 'name: This key is missing: give text.'],
    ['no tasks', { name: 'w' }, 'tasks: Give a list of at least one task.'],
    ['an empty list of tasks', { name: 'w', tasks: [] }, 'tasks: Give a list of at least one task.'],
    ['a number as a name', { name: 5, tasks: [shell('a')] }, 'name: Must be text, not 5.'],
    [
      'an unknown key',
      workflow(shell('a', { timeuot: 1 })),
      'tasks[0].timeuot: There is no key "timeuot" here. Did you mean "timeout"?',
    ],
    [
      'a key of another type',
      workflow(shell('a', { url: 'x' })),
      expect.stringMatching(/^tasks\[0\]\.url: There is no key "url" here\. Known: script, /),
    ],
    [
      'an unknown type',
      workflow({ name: 'a', type: 'shel' }),
      expect.stringMatching(
        /^tasks\[0\]\.type: There is no task type "shel"\. Did you mean "shell"\? Known: shell, .*, wait\.$/,
      ),
    ],
    ['no type', workflow({ name: 'a' }), 'tasks[0].type: This key is missing: give text.'],
    [
      'a type that objects have',
      workflow({ name: 'a', type: 'constructor' }),
      expect.stringContaining('no task type "constructor"'),
    ],
    [
      'a data source and a database',
      workflow({ name: 'a', type: 'sql', dataSource: 'w', database: 'x', script: 's' }),
      'tasks[0].dataSource: Give either the database or a data source, not both.',
    ],
    [
      'no database',
      workflow({ name: 'a', type: 'sql', script: 's' }),
      expect.stringContaining('tasks[0].database: This key is missing: give the database, or the name of a data'),
    ],
    [
      'a whole address beside a data source',
      workflow({ name: 'a', type: 'http', dataSource: 'w', url: 'https://example.org/x' }),
      expect.stringContaining('tasks[0].url: Must be a path below the address of the data source'),
    ],
    [
      'a parameter where it could change the host',
      workflow({ name: 'a', type: 'http', dataSource: 'w', url: '${path}' }),
      expect.stringContaining('tasks[0].url: Must be a path below the address of the data source'),
    ],
    [
      'a path without a data source',
      workflow({ name: 'a', type: 'http', url: '/orders' }),
      expect.stringContaining('tasks[0].url: Must begin with http://'),
    ],
    [
      'another database',
      workflow({ name: 'a', type: 'sql', database: 'postgres://x', script: 's' }),
      expect.stringContaining('other databases are not supported'),
    ],
    [
      'a wrong choice',
      workflow(shell('a', { priority: 'hihg' })),
      expect.stringContaining('not "hihg". Did you mean "high"?'),
    ],
    ['a duration without unit', workflow(shell('a', { delay: 30 })), 'tasks[0].delay: Must be text, not 30.'],
    [
      'a timeout of nothing',
      workflow(shell('a', { timeout: { after: '0s' } })),
      'tasks[0].timeout.after: Must be longer than 0s.',
    ],
    [
      'a timeout of ages',
      workflow(shell('a', { timeout: { after: '400d' } })),
      'tasks[0].timeout.after: Must not be longer than a year.',
    ],
    [
      'half a retry',
      workflow(shell('a', { retry: { times: 1.5 } })),
      'tasks[0].retry.times: Must be a whole number, not 1.5.',
    ],
    [
      'an interval above its maximum',
      workflow(shell('a', { retry: { times: 1, interval: '1h', maxInterval: '1m' } })),
      'tasks[0].retry.maxInterval: Must not be shorter than interval.',
    ],
    [
      'a repeated output',
      workflow(shell('a', { outputs: [{ name: 'x' }, { name: 'x' }] })),
      'tasks[0].outputs[1].name: The name "x" is already that of tasks[0].outputs[0].',
    ],
    [
      'an extract without output',
      workflow({ name: 'a', type: 'http', url: 'http://x', extract: { id: 'id' } }),
      'tasks[0].extract.id: "id" is not among the outputs of this task. Declare it under outputs.',
    ],
    [
      'a body that is not sent',
      workflow({ name: 'a', type: 'http', method: 'HEAD', url: 'http://x', body: 'x' }),
      expect.stringContaining('A HEAD request has no body.'),
    ],
    [
      'a range turned round',
      workflow({ name: 'a', type: 'http', url: 'http://x', expectStatus: ['299-200'] }),
      expect.stringContaining('such as 204 or a range'),
    ],
    [
      'a header over two lines',
      workflow({ name: 'a', type: 'http', url: 'http://x', headers: { a: 'x\ny' } }),
      'tasks[0].headers.a: Must be one line.',
    ],
    [
      'a name of a header',
      workflow({ name: 'a', type: 'http', url: 'http://x', headers: { 'a b': 'x' } }),
      'tasks[0].headers.a b: This key is not a header name.',
    ],
  ])('refuses %s', (_, input, message) => {
    expect(messageOf(input)).toEqual(message);
  });

  it.each(['', ' a', 'a ', 'a/b', 'a\nb', 'a\u0000', '..', 'a\u202eb', '\ufeffa', 'x'.repeat(201), '0'.repeat(26)])(
    'refuses the name %j of a workflow and of a task',
    (name) => {
      expect(placesOf({ name, tasks: [shell('a')] })).toEqual(['name']);
      expect(placesOf(workflow(shell(name)))).toEqual(['tasks[0].name']);
    },
  );

  it.each(['a', '每日报表', 'Ünï cödé', 'a.b:c#?', '👩‍💻', '字'.repeat(200)])('takes the name %j', (name) => {
    expect(problemsOf({ name, tasks: [shell(name)] })).toEqual([]);
  });

  describe('params', () => {
    const withParams = (...params: unknown[]) => ({ ...workflow(shell('a')), params });

    it('keeps values as text whatever YAML made of them', () => {
      const document = parseWorkflowDocument(
        withParams(
          { name: 'i', type: 'integer', value: 10 },
          { name: 'f', type: 'float', value: 1.5 },
          { name: 'b', type: 'boolean', value: false },
          { name: 'l', type: 'list', value: ['a', 1] },
          { name: 'j', type: 'json', value: { a: [true] } },
          { name: 's' },
        ),
      );
      expect((document.params as { value?: string }[]).map(({ value }) => value)).toEqual([
        '10',
        '1.5',
        'false',
        '["a",1]',
        '{"a":[true]}',
        undefined,
      ]);
      expect(compileWorkflow(document).params.at(-1)).toEqual({ name: 's', type: 'string' });
    });

    it.each([
      ['a number for text', { name: 'v', value: 1.1 }, /Put it in quotes/],
      ['nothing', { name: 'v', value: null }, /Leave the key out/],
      ['a default of the wrong type', { name: 'n', type: 'integer', value: 'x' }, /is not of type integer/],
      ['a number too large to keep', { name: 'n', type: 'integer', value: 2 ** 60 }, /too large to be kept exactly/],
    ])('refuses %s', (_, param, message) => {
      expect(problemsOf(withParams(param))).toEqual([
        { path: 'params[0].value', message: expect.stringMatching(message) },
      ]);
    });

    it('refuses names that repeat or cannot be used', () => {
      expect(placesOf(withParams({ name: 'a' }, { name: 'a' }, { name: 'a', type: 'nope' }))).toEqual([
        'params[2].type',
      ]);
      expect(placesOf(withParams({ name: 'a' }, { name: 'a' }))).toEqual(['params[1].name']);
      expect(placesOf(withParams({ name: 'ä' }))).toEqual(['params[0].name']);
      expect(placesOf(workflow(shell('a', { params: [{ name: 'x' }, { name: 'x' }] })))).toEqual([
        'tasks[0].params[1].name',
      ]);
    });

    it('finds values that refer to each other in a circle, once', () => {
      const problems = problemsOf(
        withParams({ name: 'a', value: '${b}' }, { name: 'b', value: '${a}' }, { name: 'c', value: '${a}' }),
      );
      expect(problems).toEqual([{ path: 'params[0].value', message: expect.stringContaining('a → b → a') }]);
    });
  });

  it('refuses what JSON could not hold, and trees made to exhaust it', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(problemsOf(deep)[0]!.message).toContain('levels deep');
    expect(placesOf(workflow(shell('a', { delay: Number.NaN })))).toEqual(['tasks[0].delay']);
    expect(placesOf(workflow(shell('a', { dependsOn: [undefined] })))).toEqual(['tasks[0].dependsOn[0]']);
    expect(placesOf(workflow(shell('a', { description: '\ud800' })))).toEqual(['tasks[0].description']);
    expect(placesOf(JSON.parse('{"name":"w","__proto__":{},"tasks":[]}'))).toEqual(['__proto__']);
  });

  it('tells the first thousand of very many problems, in order, and how many there are', () => {
    const tasks = Array.from({ length: 1_500 }, (_, i) => shell(`t${i}`, { delay: Number.NaN }));
    const problems = problemsOf(workflow(...tasks));
    expect(problems).toHaveLength(1_000);
    expect(problems.at(-1)!.path).toBe('tasks[999].delay');
    expect(() => parseWorkflowDocument(workflow(...tasks))).toThrow(/1500 problems.*The first 1000 are listed\.$/);
  });

  it('takes a key without a value as absent', () => {
    expect(parseWorkflowDocument(workflow(shell('a', { delay: undefined }))).tasks).toEqual([shell('a')]);
  });

  it('takes ten thousand tasks in a chain', () => {
    const tasks = Array.from({ length: 10_000 }, (_, i) => shell(`t${i}`, i === 0 ? {} : { dependsOn: [`t${i - 1}`] }));
    expect(compileWorkflow(parseWorkflowDocument(workflow(...tasks))).tasks).toHaveLength(10_000);
  });
});
