/**
 * Workflows that cannot work: found when they are saved where that is possible, else the task fails with a sentence that
 * says what is wrong and where. The server goes on in any case.
 */
import { ApiError } from '@vaquita/client';
import { afterEach, beforeAll, expect, it } from 'vitest';
import {
  carriedOut,
  childrenOf,
  define,
  defineAndStart,
  PROJECT,
  type Run,
  start,
  taskOf,
  tasksOf,
  waitForRun,
  waitForTask,
} from '../support/runs.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ workers: { hand: { slots: 4 } } });

const noop = (name: string, ...dependsOn: string[]) => ({ name, type: 'noop', dependsOn });

beforeAll(() => define(stage.client, { name: 'healthy', tasks: [noop('a'), noop('b', 'a')] }));

/** Whatever a test did, the next run of anything else is a success. */
afterEach(async () => {
  const { client } = stage;
  await waitForRun(client, await start(client, 'healthy'), 'success');
});

async function problemsOf(definition: Readonly<Record<string, unknown>>): Promise<string> {
  const { client } = stage;
  const saved = client.workflows.create(PROJECT, definition).then(
    () => expect.unreachable(`${String(definition.name)} was saved`),
    (thrown) => thrown,
  );
  const error = await saved;
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 400, code: 'bad_definition' });
  return (error as ApiError).errors.map(({ path, message }) => `${path}: ${message}`).join('\n');
}

async function failureOf(run: Run, task: string): Promise<string> {
  const { client } = stage;
  await waitForRun(client, run, 'failure');
  const failed = await taskOf(client, run, task);
  expect(failed.state).toBe('failure');
  // The run says which task, the task says why, and …/why says both.
  expect((await client.instances.get(run.id)).reason?.text).toContain(`"${task}"`);
  expect((await client.taskInstances.why(failed.id)).summary).toBe(failed.reason?.text);
  return failed.reason!.text;
}

const pick = (cases: unknown, more: Readonly<Record<string, unknown>> = {}) => [
  { name: 'pick', type: 'switch', cases, ...more },
  noop('left', 'pick'),
];

it('an expression that does not parse is refused with its place', async () => {
  const cases = [
    { when: '${rows} > 1 &&', then: 'left' },
    { when: 'process.exit(1)', then: 'left' },
    { when: "'open", then: 'left' },
  ];
  const text = await problemsOf({ name: 'unparsed', tasks: pick(cases) });
  for (const index of [0, 1, 2]) expect(text).toMatch(new RegExp(`tasks\\[0\\]\\.cases\\[${index}\\]\\.when: .+`));
});

it('an expression that cannot be evaluated fails its task and names the case', async () => {
  const params = [{ name: 'rows', type: 'string', value: 'many' }];
  const run = await defineAndStart(stage.client, {
    name: 'unevaluated',
    params,
    tasks: pick([{ when: '${rows} > 5', then: 'left' }]),
  });
  expect(await failureOf(run, 'pick')).toMatch(/\$\{rows\} > 5/);
  const unknown = await defineAndStart(stage.client, {
    name: 'unknown-name',
    tasks: pick([{ when: '${rowz} == 5', then: 'left' }]),
  });
  expect(await failureOf(unknown, 'pick')).toMatch(/rowz/);
});

it('a switch without a case that is true and without otherwise fails and shows the values', async () => {
  const params = [{ name: 'rows', type: 'integer', value: '3' }];
  const cases = [
    { when: '${rows} > 10', then: 'left' },
    { when: '${rows} == 0', then: [] },
  ];
  const run = await defineAndStart(stage.client, { name: 'no-case', params, tasks: pick(cases) });
  expect(await failureOf(run, 'pick')).toMatch(/case.*otherwise/is);
  expect((await tasksOf(stage.client, run)).map(({ name }) => name)).toEqual(['pick']);
});

it('a circle of parameters is refused where it is written down, and found where it comes from outside', async () => {
  const { client } = stage;
  const params = [
    { name: 'a', value: '${b}' },
    { name: 'b', value: '${c}/x' },
    { name: 'c', value: '${a}' },
  ];
  expect(await problemsOf({ name: 'round', params, tasks: [noop('one')] })).toMatch(
    /^params\[0\]\.value: .*a.*b.*c.*a/,
  );
  await define(client, {
    name: 'round-later',
    strictParams: true,
    params: [
      { name: 'a', value: '${b}' },
      { name: 'b', value: 'fine' },
    ],
    tasks: [{ name: 'one', type: 'shell', script: 'echo "$a"' }],
  });
  const run = await start(client, 'round-later', { params: { b: '${a}' } }).catch((thrown: unknown) => thrown);
  if (run instanceof ApiError) expect(JSON.stringify(run.errors)).toMatch(/params\.b.*a/);
  else expect(await failureOf(run as Run, 'one')).toMatch(/a.*b/);
});

it('an output of the wrong type, or too large, fails its task and says which and why', async () => {
  const { client } = stage;
  const task = (script: string, type = 'integer') => [
    { name: 'count', type: 'shell', script, outputs: [{ name: 'rows', type }] },
    noop('after', 'count'),
  ];
  const wrong = await defineAndStart(client, { name: 'wrong-type', tasks: task('echo "::set-output rows=many"') });
  expect(await failureOf(wrong, 'count')).toMatch(/rows.*many.*integer/);
  const huge = `node -e "process.stdout.write('::set-output rows=' + 'x'.repeat(5000000) + String.fromCharCode(10))"`;
  const large = await defineAndStart(client, { name: 'too-large', tasks: task(huge, 'string') });
  expect(await failureOf(large, 'count')).toMatch(/"rows" makes the outputs larger than 65536 bytes/);
  expect(await taskOf(client, large, 'count')).toMatchObject({ outputs: {} });
});

it('a child’s output of the wrong type fails the task that asked for it', async () => {
  const { client } = stage;
  const out = {
    name: 'count',
    type: 'shell',
    script: 'echo "::set-output rows=many"',
    outputs: [{ name: 'rows', type: 'string' }],
  };
  await define(client, { name: 'gives-text', tasks: [out] });
  const outputs = [{ name: 'rows', type: 'integer' }];
  const one = await defineAndStart(client, {
    name: 'wants-integer',
    tasks: [{ name: 'sub', type: 'sub_workflow', workflow: 'gives-text', outputs }],
  });
  expect(await failureOf(one, 'sub')).toMatch(/rows.*many.*integer/);
  const each = { name: 'each', type: 'dynamic', workflow: 'gives-text', lists: [{ name: 'n', values: [7] }], outputs };
  const many = await defineAndStart(client, { name: 'wants-integers', tasks: [each] });
  expect(await failureOf(many, 'each')).toMatch(/n = 7.*rows.*many.*integer/);
});

it('a dynamic task with too many values starts none and says so', async () => {
  const { client } = stage;
  await define(client, { name: 'any-child', params: [{ name: 'n' }], tasks: [noop('one')] });
  const each = (values: string, more = {}) => [
    { name: 'each', type: 'dynamic', workflow: 'any-child', lists: [{ name: 'n', values }], ...more },
  ];
  const params = [{ name: 'list', type: 'string', value: '1,2,3,4' }];
  const many = await defineAndStart(client, { name: 'too-many', params, tasks: each('${list}', { maxItems: 3 }) });
  expect(await failureOf(many, 'each')).toMatch(/4.*3/);
  expect(await childrenOf(client, many)).toEqual([]);
});

it('a dependency on a workflow or a task that is deleted fails and says what is not there', async () => {
  const { client } = stage;
  const dependent = (on: unknown) => [{ name: 'imported', type: 'dependent', on }];
  const nowhere = await defineAndStart(client, {
    name: 'on-nothing',
    tasks: dependent({ workflow: 'nothing', range: 'today' }),
  });
  expect(await failureOf(nowhere, 'imported')).toMatch(/no workflow nothing/);
  await define(client, { name: 'doomed', tasks: [noop('one')] });
  const waiting = await defineAndStart(client, {
    name: 'on-the-doomed',
    tasks: [{ ...dependent({ workflow: 'doomed', range: 'today' })[0], interval: '200ms' }],
  });
  await waitForTask(client, waiting, 'imported', ({ reason }) => reason?.text.includes('no run of doomed') ?? false);
  await client.workflows.offline(PROJECT, 'doomed');
  await client.workflows.delete(PROJECT, 'doomed');
  expect(await failureOf(waiting, 'imported')).toMatch(/no workflow doomed/);
  await define(client, { name: 'kept', tasks: [noop('one')] });
  await waitForRun(client, await start(client, 'kept'), 'success');
  const task = await defineAndStart(client, {
    name: 'on-no-task',
    tasks: dependent({ workflow: 'kept', task: 'tow', range: 'today' }),
  });
  expect(await failureOf(task, 'imported')).toMatch(/no task tow/);
});

it('a sub-workflow that is not there, or offline, or needs a parameter, fails its task and says so', async () => {
  const { client } = stage;
  const sub = (workflow: string) => [{ name: 'sub', type: 'sub_workflow', workflow }];
  const missing = await defineAndStart(client, { name: 'sub-missing', tasks: sub('nobody-there') });
  expect(await failureOf(missing, 'sub')).toMatch(/nobody-there/);
  await define(client, { name: 'resting', tasks: [noop('one')] });
  await client.workflows.offline(PROJECT, 'resting');
  const offline = await defineAndStart(client, { name: 'sub-offline', tasks: sub('resting') });
  expect(await failureOf(offline, 'sub')).toMatch(/resting.*online|resting.*offline/);
  await define(client, {
    name: 'needy',
    params: [{ name: 'city', type: 'string' }],
    tasks: [{ name: 'one', type: 'shell', script: 'echo "$city"' }],
  });
  const needy = await defineAndStart(client, { name: 'sub-needy', tasks: sub('needy') });
  expect(await failureOf(needy, 'sub')).toMatch(/"needy" has no default for "city"/);
  expect(await childrenOf(client, needy)).toEqual([]);
});

it('a sub-workflow that contains itself is refused, directly, and stopped at a depth, by way of another', async () => {
  const { client } = stage;
  const sub = (workflow: string) => [{ name: 'sub', type: 'sub_workflow', workflow }];
  expect(await problemsOf({ name: 'mirror', tasks: sub('mirror') })).toMatch(
    /^tasks\[0\]\.workflow: "mirror" is this workflow itself/,
  );
  await client.workflows.create(PROJECT, { name: 'ping', tasks: sub('pong') });
  await client.workflows.create(PROJECT, { name: 'pong', tasks: sub('ping') });
  await client.workflows.online(PROJECT, 'ping');
  await client.workflows.online(PROJECT, 'pong');
  const run = await start(client, 'ping');
  expect(await failureOf(run, 'sub')).toMatch(/run #1 failed/);
  const all = [
    ...(await client.instances.list({ project: PROJECT, workflow: 'ping', limit: 100 })).items,
    ...(await client.instances.list({ project: PROJECT, workflow: 'pong', limit: 100 })).items,
  ];
  expect(all).toHaveLength(20);
  expect(all.every(({ state }) => state === 'failure')).toBe(true);
  const deepest = all.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)).at(-1)!;
  expect(await failureOf(deepest, 'sub')).toMatch(/20 levels deep.*start each other/);
});

it('a run that is one at a time and waits for itself from below is refused, not waited for without end', async () => {
  const { client } = stage;
  const sub = (workflow: string) => [{ name: 'sub', type: 'sub_workflow', workflow }];
  await client.workflows.create(PROJECT, { name: 'outer-serial', execution: 'serial_wait', tasks: sub('inner-plain') });
  await define(client, { name: 'inner-plain', tasks: sub('outer-serial') });
  await client.workflows.online(PROJECT, 'outer-serial');
  const run = await start(client, 'outer-serial');
  expect(await failureOf(run, 'sub')).toMatch(/run #1 failed/);
  const [inner] = await childrenOf(client, run);
  expect(await failureOf(inner!, 'sub')).toMatch(/"outer-serial" runs one at a time \(serial_wait\)/);
  expect(await childrenOf(client, inner!)).toEqual([]);
});

it('a workflow cannot be deleted from under a run that waits', async () => {
  const { client } = stage;
  const run = await defineAndStart(client, {
    name: 'cut-off',
    tasks: [{ name: 'wait', type: 'wait', signal: 'go' }, noop('after', 'wait')],
  });
  await waitForTask(client, run, 'wait', ({ state }) => state === 'running');
  await client.workflows.offline(PROJECT, 'cut-off');
  await expect(client.workflows.delete(PROJECT, 'cut-off')).rejects.toMatchObject({
    status: 409,
    detail: expect.stringMatching(/run/),
  });
  await carriedOut(client, client.instances.signal(run.id, { name: 'go' }));
  await waitForRun(client, run, 'success');
  await client.workflows.delete(PROJECT, 'cut-off');
});
