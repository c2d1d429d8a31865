/** Ways to go on after a failure: recover what failed, begin again from a task, let it count as a success; and dry runs. */
import { expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import {
  carriedOut,
  childrenOf,
  define,
  defineAndStart,
  PROJECT,
  start,
  taskOf,
  tasksOf,
  waitForRun,
} from '../support/runs.ts';
import { append } from '../support/scratch.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ workers: { hand: { slots: 4 } } });

const shell = (name: string, script: string, dependsOn: readonly string[] = []) => ({
  name,
  type: 'shell',
  script,
  dependsOn,
});
const log = (ledger: string, text: string) => append(stage.scratch, ledger, text);
const lines = (ledger: string) => stage.scratch.lines(ledger);

it('recover-failed does what failed and what follows anew, with fresh retries, and keeps every success', async () => {
  const { client, scratch } = stage;
  const run = await defineAndStart(client, {
    name: 'recovered',
    tasks: [
      shell('good', log('recovered', 'good')),
      shell('beside', log('recovered', 'beside'), ['good']),
      {
        ...shell('bad', `${log('recovered', 'bad')}; test -e '${scratch.path('mended')}'`, ['good']),
        retry: { times: 1, interval: '50ms' },
      },
      shell('after', log('recovered', 'after'), ['bad', 'beside']),
    ],
  });
  await waitForRun(client, run, 'failure');
  const kept = [await taskOf(client, run, 'good'), await taskOf(client, run, 'beside')];
  expect(lines('recovered').toSorted()).toEqual(['bad', 'bad', 'beside', 'good']);

  // Recovered too early it fails again, with all its retries.
  await carriedOut(client, client.instances.recoverFailed(run.id));
  await waitForRun(client, run, 'failure');
  expect(lines('recovered').filter((line) => line === 'bad')).toHaveLength(4);

  scratch.open('mended');
  const cli = await vaquita(['runs', 'recover', `${PROJECT}/recovered#1`, '--wait'], { server: stage.server });
  expect(cli).toMatchObject({ code: 0, stdout: expect.stringContaining('accepted') });
  expect(await waitForRun(client, run, 'success')).toMatchObject({ runCounter: 3, number: 1 });
  expect(lines('recovered').toSorted()).toEqual(['after', ...Array(5).fill('bad'), 'beside', 'good']);
  expect([await taskOf(client, run, 'good'), await taskOf(client, run, 'beside')]).toEqual(kept);
  const attempts = (await tasksOf(client, run)).filter(({ name }) => name === 'bad');
  expect(
    attempts.map(({ attempt, retryTimes, runCounter, state }) => [attempt, retryTimes, runCounter, state]),
  ).toEqual([
    [1, 0, 1, 'failure'],
    [2, 1, 1, 'failure'],
    [3, 0, 2, 'failure'],
    [4, 1, 2, 'failure'],
    [5, 0, 3, 'success'],
  ]);
});

it('rerun-from begins at a task with edited parameters, and what came before keeps its outputs', async () => {
  const { client } = stage;
  const run = await defineAndStart(
    client,
    {
      name: 'from-the-middle',
      params: [
        { name: 'city', type: 'string', value: 'Oslo' },
        { name: 'year', type: 'integer', value: '2015' },
      ],
      tasks: [
        {
          ...shell('extract', `${log('middle', 'extract $city')}; echo "::set-output rows=7"`),
          outputs: [{ name: 'rows', type: 'integer' }],
        },
        shell('load', log('middle', 'load $rows of $city in $year'), ['extract']),
        shell('tell', log('middle', 'tell $city'), ['load']),
        shell('apart', log('middle', 'apart')),
      ],
    },
    { params: { city: 'Bergen' } },
  );
  await waitForRun(client, run, 'success');
  const extract = await taskOf(client, run, 'extract');
  const cli = await vaquita(
    ['runs', 'rerun-from', `${PROJECT}/from-the-middle#1`, '--task', 'load', '--param', 'year=2026', '--wait'],
    { server: stage.server },
  );
  expect(cli.code).toBe(0);
  const again = await waitForRun(client, run, 'success');
  expect(again).toMatchObject({ runCounter: 2, params: { city: 'Bergen', year: '2026' } });
  expect(lines('middle').toSorted()).toEqual([
    'apart',
    'extract Bergen',
    'load 7 of Bergen in 2015',
    'load 7 of Bergen in 2026',
    'tell Bergen',
    'tell Bergen',
  ]);
  expect(await taskOf(client, run, 'extract')).toEqual(extract);
  expect(
    (await tasksOf(client, run)).filter(({ name }) => name === 'load').map(({ state, current }) => [state, current]),
  ).toEqual([
    ['success', false],
    ['success', true],
  ]);

  await expect(client.instances.rerunFrom(run.id, { tasks: ['laod'] })).rejects.toMatchObject({
    status: 400,
    errors: [{ path: 'tasks[0]', message: expect.stringMatching(/"laod".*"load"/) }],
  });
  await expect(client.instances.rerunFrom(run.id, { tasks: ['load'], params: { year: 'soon' } })).rejects.toMatchObject(
    {
      status: 400,
      errors: [{ path: 'params.year', message: expect.stringContaining('soon') }],
    },
  );
  expect((await client.instances.get(run.id)).runCounter).toBe(2);
});

it('force-success lets what follows go on, and the run ends as a success', async () => {
  const { client } = stage;
  const run = await defineAndStart(client, {
    name: 'forced',
    tasks: [
      shell('first', log('forced', 'first')),
      shell('broken', 'exit 3', ['first']),
      shell('after', log('forced', 'after'), ['broken']),
    ],
  });
  await waitForRun(client, run, 'failure');
  const broken = await taskOf(client, run, 'broken');
  await carriedOut(client, client.taskInstances.forceSuccess(broken.id, { comment: 'mended by hand' }));
  await waitForRun(client, run, 'success');
  expect(await taskOf(client, run, 'broken')).toMatchObject({ id: broken.id, state: 'forced_success', exitCode: 3 });
  expect(lines('forced')).toEqual(['first', 'after']);
  const [line] = (await client.audit.list({ limit: 1 })).items;
  expect(line).toMatchObject({
    actor: 'admin',
    action: 'task_instance.force-success',
    data: { comment: 'mended by hand' },
  });
  await expect(client.taskInstances.forceSuccess(broken.id)).rejects.toMatchObject({ status: 409, code: 'conflict' });
});

it('a dry run walks the whole graph and executes nothing', async () => {
  const { client } = stage;
  await define(client, { name: 'below', tasks: [shell('deep', log('dry', 'deep'))] });
  const definition = {
    name: 'dry',
    tasks: [
      shell('first', `${log('dry', 'first')}; exit 1`),
      { name: 'sub', type: 'sub_workflow', workflow: 'below', dependsOn: ['first'] },
      {
        name: 'each',
        type: 'dynamic',
        workflow: 'below',
        lists: [{ name: 'n', values: [1, 2] }],
        dependsOn: ['first'],
      },
      { name: 'wait', type: 'wait', for: '1h', dependsOn: ['first'] },
      { name: 'ask', type: 'approval', message: 'Go on?', dependsOn: ['first'] },
      { name: 'late', type: 'noop', delay: '1h', dependsOn: ['sub', 'each', 'wait', 'ask'] },
      { ...shell('last', log('dry', 'last'), ['late']), workerGroup: 'nobody' },
    ],
  };
  await define(client, definition);
  const run = await start(client, 'dry', { dryRun: true });
  expect(await waitForRun(client, run, 'success')).toMatchObject({ dryRun: true });
  expect((await tasksOf(client, run)).map(({ name, state, worker }) => [name, state, worker])).toEqual(
    ['first', 'sub', 'each', 'wait', 'ask', 'late', 'last'].map((name) => [name, 'success', null]),
  );
  expect(await childrenOf(client, run)).toEqual([]);
  expect(lines('dry')).toEqual([]);
  for (const task of await tasksOf(client, run)) expect(task.reason?.code, task.name).toBe('dry_run');
});
