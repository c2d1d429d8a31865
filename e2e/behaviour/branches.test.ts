/** switch and conditions on a real run: what is chosen runs, what is not is skipped and shown so, a caught failure fails nothing. */
import { expect, it } from 'vitest';
import { carriedOut, define, defineAndStart, type Run, start, taskOf, tasksOf, waitForRun } from '../support/runs.ts';
import { append } from '../support/scratch.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ workers: { hand: { slots: 4 } } });

const noop = (name: string, ...dependsOn: string[]) => ({ name, type: 'noop', dependsOn });

async function nodesOf(run: Run): Promise<Record<string, string>> {
  const { nodes } = await stage.client.instances.graph(run.id);
  return Object.fromEntries(nodes.map(({ name, state }) => [name, state]));
}

it('a switch takes the first case that is true, with the outputs of the task before it', async () => {
  const { client, scratch } = stage;
  await define(client, {
    name: 'by-size',
    params: [{ name: 'given', type: 'integer', value: '0' }],
    tasks: [
      {
        name: 'count',
        type: 'shell',
        script: 'echo "::set-output rows=$given"',
        outputs: [{ name: 'rows', type: 'integer' }],
      },
      {
        name: 'how-many',
        type: 'switch',
        dependsOn: ['count'],
        cases: [
          { when: '${rows} > 1000', then: ['in-parts', 'warn'] },
          { when: '${rows} > 10', then: 'at-once' },
          { when: '${rows} == 0', then: [] },
        ],
        otherwise: 'by-hand',
      },
      ...['in-parts', 'warn', 'at-once', 'by-hand'].map((name) => ({
        ...noop(name, 'how-many'),
        type: 'shell',
        script: append(scratch, 'sizes', `$given ${name}`),
      })),
      noop('behind-parts', 'in-parts'),
      noop('publish', 'behind-parts', 'at-once', 'by-hand'),
      noop('in-any-case', 'how-many'),
    ],
  });
  const expected = {
    2000: ['in-parts', 'warn', 'behind-parts', 'publish'],
    500: ['at-once', 'publish'],
    0: [],
    5: ['by-hand', 'publish'],
  };
  for (const [given, chosen] of Object.entries(expected)) {
    const run = await start(client, 'by-size', { params: { given } });
    await waitForRun(client, run, 'success');
    const states = await nodesOf(run);
    const names = ['count', 'how-many', 'in-any-case', ...chosen];
    for (const [name, state] of Object.entries(states)) {
      expect(state, `${name} with ${given}`).toBe(names.includes(name) ? 'success' : 'skipped');
    }
    expect((await tasksOf(client, run)).map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    const why = await client.instances.why(run.id, { task: 'warn' });
    if (given !== '2000')
      expect(why).toMatchObject({ kind: 'task', state: 'skipped', summary: expect.stringContaining('how-many') });
    expect((await taskOf(client, run, 'how-many')).logic).toMatchObject({
      kind: 'branch',
      why: expect.stringMatching(/./),
    });
  }
  expect(scratch.lines('sizes').toSorted()).toEqual(['2000 in-parts', '2000 warn', '5 by-hand', '500 at-once']);
});

it('conditions catch a failure after its retries, and the run succeeds', async () => {
  const { client } = stage;
  const run = await defineAndStart(client, {
    name: 'with-fallback',
    tasks: [
      { name: 'primary', type: 'shell', script: 'exit 7', retry: { times: 1, interval: '50ms' } },
      noop('mirror'),
      {
        name: 'which',
        type: 'conditions',
        dependsOn: ['primary', 'mirror'],
        when: {
          all: [
            { task: 'mirror', is: 'success' },
            { task: 'primary', is: 'failure' },
          ],
        },
        then: 'load',
        else: 'give-up',
      },
      noop('load', 'which'),
      noop('give-up', 'which'),
      noop('after-giving-up', 'give-up'),
    ],
  });
  await waitForRun(client, run, 'success');
  expect(await nodesOf(run)).toEqual({
    primary: 'failure',
    mirror: 'success',
    which: 'success',
    load: 'success',
    'give-up': 'skipped',
    'after-giving-up': 'skipped',
  });
  expect((await tasksOf(client, run)).filter(({ name }) => name === 'primary')).toHaveLength(2);
});

it('a failure that conditions see but others need as well still fails the run', async () => {
  const { client } = stage;
  const run = await defineAndStart(client, {
    name: 'half-caught',
    tasks: [
      { name: 'primary', type: 'noop', result: 'failure' },
      {
        name: 'which',
        type: 'conditions',
        dependsOn: ['primary'],
        when: [{ task: 'primary', is: 'success' }],
        then: 'yes',
        else: 'no',
      },
      noop('yes', 'which'),
      noop('no', 'which'),
      noop('needs-it', 'primary'),
    ],
  });
  const ended = await waitForRun(client, run, 'failure');
  expect(ended.reason?.text).toContain('primary');
  expect(await nodesOf(run)).toEqual({
    primary: 'failure',
    which: 'success',
    yes: 'skipped',
    no: 'success',
    'needs-it': 'blocked',
  });
});

it('recovered from behind a branch, the run keeps its choice', async () => {
  const { client, scratch } = stage;
  const run = await defineAndStart(client, {
    name: 'recovered-branch',
    tasks: [
      { name: 'pick', type: 'switch', cases: [{ when: '1 == 1', then: 'left' }], otherwise: 'right' },
      { name: 'left', type: 'shell', script: `test -e '${scratch.path('branch-mended')}'`, dependsOn: ['pick'] },
      noop('right', 'pick'),
      noop('end', 'left', 'right'),
    ],
  });
  await waitForRun(client, run, 'failure');
  expect(await nodesOf(run)).toEqual({ pick: 'success', left: 'failure', right: 'skipped', end: 'blocked' });
  scratch.open('branch-mended');
  await carriedOut(client, client.instances.recoverFailed(run.id));
  await waitForRun(client, run, 'success');
  expect(await nodesOf(run)).toEqual({ pick: 'success', left: 'success', right: 'skipped', end: 'success' });
});
