/** sub_workflow and dynamic tasks: parameters go in, outputs come back, and what happens to one happens to the other. */
import { beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import {
  carriedOut,
  childrenOf,
  define,
  defineAndStart,
  logOf,
  type Run,
  taskOf,
  tasksOf,
  waitForRun,
  waitForTask,
} from '../support/runs.ts';
import { append } from '../support/scratch.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ workers: { hand: { slots: 6 } } });

const OUTPUTS = [{ name: 'rows', type: 'integer' }];

beforeAll(async () => {
  const { scratch, client } = stage;
  await define(client, {
    name: 'report',
    params: [
      { name: 'city', type: 'string' },
      { name: 'year', type: 'integer', value: '2015' },
    ],
    tasks: [
      {
        name: 'count',
        type: 'shell',
        script: [
          append(scratch, 'reports', 'begin $city'),
          `test "$city" != Atlantis || test -e '${scratch.path('found')}' || exit 4`,
          'sleep 0.1',
          append(scratch, 'reports', 'end $city'),
          'echo "::set-output rows=${#city}"',
        ].join('\n'),
        outputs: OUTPUTS,
      },
    ],
  });
});

const reports = (word: string) => stage.scratch.lines('reports').filter((line) => line.startsWith(word));

it('a sub-workflow gets its parameters, and its outputs reach what follows', async () => {
  const { client } = stage;
  const run = await defineAndStart(
    client,
    {
      name: 'nightly',
      params: [{ name: 'place', type: 'string', value: 'Oslo' }],
      tasks: [
        {
          name: 'report',
          type: 'sub_workflow',
          workflow: 'report',
          params: [{ name: 'city', value: '${place}' }],
          outputs: OUTPUTS,
        },
        { name: 'tell', type: 'shell', script: 'echo "$rows rows"', dependsOn: ['report'] },
      ],
    },
    { params: { place: 'Kristiansand' }, priority: 'high' },
  );
  await waitForRun(client, run, 'success');
  expect(await logOf(client, await taskOf(client, run, 'tell'))).toContain('12 rows');
  const [child, ...others] = await childrenOf(client, run);
  expect(others).toEqual([]);
  expect(child).toMatchObject({
    state: 'success',
    priority: 'high',
    params: { city: 'Kristiansand' },
    outputs: { rows: '12' },
  });
  expect(await taskOf(client, run, 'report')).toMatchObject({
    outputs: { rows: '12' },
    logic: { kind: 'child', child: child!.id },
  });
});

it('a child that fails fails its task, says which run, and recovers with it', async () => {
  const { client, scratch } = stage;
  const run = await defineAndStart(client, {
    name: 'lost-city',
    tasks: [
      {
        name: 'report',
        type: 'sub_workflow',
        workflow: 'report',
        params: [{ name: 'city', value: 'Atlantis' }],
        outputs: OUTPUTS,
      },
      { name: 'tell', type: 'noop', dependsOn: ['report'] },
    ],
  });
  await waitForRun(client, run, 'failure');
  const [child] = await childrenOf(client, run);
  expect((await taskOf(client, run, 'report')).reason?.text).toMatch(new RegExp(`#${child!.number} .*count`));
  scratch.open('found');
  await carriedOut(client, client.instances.recoverFailed(run.id));
  await waitForRun(client, run, 'success');
  expect((await childrenOf(client, run)).map(({ id, state, runCounter }) => [id, state, runCounter])).toEqual([
    [child!.id, 'success', 2],
  ]);
  expect((await taskOf(client, run, 'report')).outputs).toEqual({ rows: '8' });
});

it('a dynamic task has a run for each value, a few at a time, and collects the outputs in order', async () => {
  const { client } = stage;
  const cities = ['Oslo', 'Bergen', 'Tromsø', 'Hamar', 'Å', 'Bodø'];
  const before = reports('begin').length;
  const run = await defineAndStart(client, {
    name: 'all-cities',
    params: [{ name: 'cities', type: 'list', value: cities }],
    tasks: [
      {
        name: 'each',
        type: 'dynamic',
        workflow: 'report',
        lists: [{ name: 'city', values: '${cities}' }],
        exclude: ['Hamar'],
        parallelism: 2,
        outputs: [{ name: 'rows', type: 'list' }],
      },
      { name: 'total', type: 'shell', script: 'echo "all: $rows"', dependsOn: ['each'] },
    ],
  });
  await waitForRun(client, run, 'success');
  const children = await childrenOf(client, run);
  expect(children.map(({ params, parent }) => [params.city, parent?.index])).toEqual([
    ['Oslo', 0],
    ['Bergen', 1],
    ['Tromsø', 2],
    ['Å', 3],
    ['Bodø', 4],
  ]);
  const log = await logOf(client, await taskOf(client, run, 'total'));
  const rows: unknown = JSON.parse(log.match(/all: (\[.*\])/)![1]!);
  expect(rows).toHaveLength(5);
  expect((rows as unknown[]).slice(0, 2).map(String)).toEqual(['4', '6']);
  expect(reports('begin').length - before).toBe(5);
  let [now, most] = [0, 0];
  for (const line of stage.scratch.lines('reports').slice(-10)) {
    now += line.startsWith('begin') ? 1 : -1;
    most = Math.max(most, now);
  }
  expect(most).toBeLessThanOrEqual(2);
});

it('killing the task stops its runs; pausing the parent pauses them, and resumed each goes on as it was', async () => {
  const { client } = stage;
  await define(client, {
    name: 'leaf',
    params: [{ name: 'n', type: 'integer', value: '0' }],
    tasks: [{ name: 'still', type: 'wait', signal: 'go' }],
  });
  const each = { type: 'dynamic', workflow: 'leaf', lists: [{ name: 'n', values: [1, 2, 3] }], parallelism: 2 };
  const run = await defineAndStart(client, {
    name: 'tree',
    tasks: [
      { name: 'each', ...each },
      { name: 'killed', ...each },
    ],
  });
  const leaves = async (task: string, state: string) =>
    (await childrenOf(client, run)).filter((child) => child.parent?.taskName === task && child.state === state);
  const stand = (task: string, state: string, count: number) =>
    eventually(`${count} ${state} runs of ${task}`, async () => (await leaves(task, state)).length === count);
  await stand('each', 'running', 2);
  await stand('killed', 'running', 2);
  await carriedOut(client, client.taskInstances.kill((await taskOf(client, run, 'killed')).id));
  await waitForTask(client, run, 'killed', ({ state }) => state === 'killed');
  await stand('killed', 'stopped', 2);
  expect(await leaves('each', 'running')).toHaveLength(2);

  await carriedOut(client, client.instances.pause(run.id));
  await stand('each', 'paused', 2);
  await eventually('the run to rest', async () => (await client.instances.get(run.id)).endedAt !== null);
  expect(await taskOf(client, run, 'each')).toMatchObject({ state: 'paused' });
  await carriedOut(client, client.instances.resume(run.id));
  await stand('each', 'running', 2);
  const signalled = new Set<string>();
  await eventually('all runs of the task to have succeeded', async () => {
    for (const { id } of await leaves('each', 'running')) {
      if (signalled.has(id)) continue;
      const still = (await tasksOf(client, { id } as Run))[0];
      if (still?.state !== 'running') continue;
      signalled.add(id);
      await client.instances.signal(id, { name: 'go' });
    }
    return (await leaves('each', 'success')).length === 3;
  });
  await waitForTask(client, run, 'each', ({ state }) => state === 'success');
  expect((await childrenOf(client, run)).filter(({ parent }) => parent?.taskName === 'each')).toHaveLength(3);
});
