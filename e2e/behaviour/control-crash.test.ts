/** kill -9 of the server while a run pauses, rests, stops or waits for a run that it started: what was asked for holds. */
import { expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import {
  carriedOut,
  childrenOf,
  define,
  defineAndStart,
  type Run,
  tasksOf,
  waitForRun,
  waitForTask,
} from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import { SHORT_LEASE, useStage } from '../support/stage.ts';

const stage = useStage({ env: SHORT_LEASE, workers: { survivor: { slots: 6 } } });

const shell = (name: string, script: string, dependsOn: readonly string[] = []) => ({
  name,
  type: 'shell',
  script,
  dependsOn,
});
const held = (name: string, dependsOn: readonly string[] = []) =>
  shell(
    name,
    [
      append(stage.scratch, name, 'begun'),
      waitAt(stage.scratch, `${name}-gate`),
      append(stage.scratch, name, 'ended'),
    ].join('\n'),
    dependsOn,
  );

async function crash(): Promise<void> {
  await stage.server.kill9();
  await stage.server.restart();
}

async function expectEachOnce(run: Run, names: readonly string[]): Promise<void> {
  const tasks = await tasksOf(stage.client, run);
  expect(tasks.map(({ name, attempt, state }) => [name, attempt, state]).toSorted()).toEqual(
    names.map((name) => [name, 1, 'success']).toSorted(),
  );
}

it('a paused run is still paused after it, and resumed it does each task once', async () => {
  const { client, scratch } = stage;
  const run = await defineAndStart(client, {
    name: 'paused-over-a-crash',
    tasks: [
      shell('one', append(scratch, 'pause-ledger', 'one')),
      held('two', ['one']),
      shell('three', append(scratch, 'pause-ledger', 'three'), ['two']),
      { name: 'rests', type: 'wait', for: '500ms', dependsOn: ['one'] },
      shell('four', append(scratch, 'pause-ledger', 'four'), ['rests', 'three']),
    ],
  });
  await eventually('the task to have begun', () => scratch.lines('two').length === 1);
  await carriedOut(client, client.instances.pause(run.id));
  await crash();
  // It was pausing when the server died; what ran goes on to its end.
  expect((await client.instances.get(run.id)).state).toBe('ready_pause');
  scratch.open('two-gate');
  const paused = await waitForRun(client, run, 'paused');
  await crash();
  const after = await client.instances.get(run.id);
  expect({ ...after, updatedAt: '' }).toEqual({ ...paused, updatedAt: '' });
  const resting = (await tasksOf(client, run)).filter(({ state }) => state === 'paused').map(({ id }) => id);
  expect(resting).toHaveLength(2);
  expect(scratch.lines('pause-ledger')).toEqual(['one']);

  await carriedOut(client, client.instances.resume(run.id));
  await waitForRun(client, run, 'success');
  expect(scratch.lines('pause-ledger')).toEqual(['one', 'three', 'four']);
  expect(scratch.lines('two')).toEqual(['begun', 'ended']);
  await expectEachOnce(run, ['one', 'two', 'three', 'four', 'rests']);
  // The same task instances went on.
  expect((await tasksOf(client, run)).map(({ id }) => id)).toEqual(expect.arrayContaining(resting));
});

it('a pause or a stop that was only filed is carried out by the next server', async () => {
  const { client } = stage;
  const waits = { name: 'waits', type: 'wait', for: '1h' };
  await define(client, { name: 'asked-before', tasks: [waits] });
  const runs = await Promise.all([0, 1].map(() => client.workflows.start('behaviour', 'asked-before')));
  for (const run of runs) await waitForTask(client, run, 'waits', ({ state }) => state === 'running');
  await Promise.all([client.instances.pause(runs[0]!.id), client.instances.stop(runs[1]!.id)]);
  await crash();
  await waitForRun(client, runs[0]!, 'paused');
  await waitForRun(client, runs[1]!, 'stopped');
});

it('a run that a task started is there once, goes on, and gives back its outputs', async () => {
  const { client, scratch } = stage;
  await define(client, {
    name: 'inner',
    params: [{ name: 'city', type: 'string' }],
    tasks: [
      {
        ...shell(
          'work',
          [
            append(scratch, 'inner', 'begun for $city'),
            waitAt(scratch, 'inner-gate'),
            'echo "::set-output answer=$city-42"',
          ].join('\n'),
        ),
        outputs: [{ name: 'answer', type: 'string' }],
      },
    ],
  });
  const outer = {
    name: 'outer',
    tasks: [
      {
        name: 'sub',
        type: 'sub_workflow',
        workflow: 'inner',
        params: [{ name: 'city', value: 'Bergen' }],
        outputs: [{ name: 'answer' }],
      },
      shell('after', append(scratch, 'inner', 'after $answer'), ['sub']),
    ],
  };
  // Killed as soon as it is there, and once more in the middle of its work.
  const run = await defineAndStart(client, outer);
  await eventually('the child to be there', async () => (await childrenOf(client, run)).length > 0);
  await crash();
  await eventually('its task to have begun', () => scratch.lines('inner').length > 0);
  await crash();
  const [child, ...others] = await childrenOf(client, run);
  expect(others).toEqual([]);
  expect(child).toMatchObject({
    state: 'running',
    params: { city: 'Bergen' },
    parent: { workflowInstanceId: run.id, taskName: 'sub', index: 0 },
  });
  scratch.open('inner-gate');
  await waitForRun(client, run, 'success');
  expect(scratch.lines('inner')).toEqual(['begun for Bergen', 'after Bergen-42']);
  await expectEachOnce(run, ['sub', 'after']);
  expect((await childrenOf(client, run)).map(({ id, state }) => [id, state])).toEqual([[child!.id, 'success']]);
});

it('pause, stop and resume reach the runs that a task started, with a crash after each', async () => {
  const { client, scratch } = stage;
  await define(client, { name: 'leaf', tasks: [held('leaf'), { name: 'still', type: 'wait', signal: 'go' }] });
  await define(client, { name: 'branch', tasks: [{ name: 'sub', type: 'sub_workflow', workflow: 'leaf' }] });
  const run = await defineAndStart(client, {
    name: 'root',
    tasks: [{ name: 'sub', type: 'sub_workflow', workflow: 'branch' }],
  });
  const only = (of: Run) => eventually('its child', async () => (await childrenOf(client, of))[0]);
  const branch = await only(run);
  const leaf = await only(branch);
  await eventually('the leaf to have begun', () => scratch.lines('leaf').length > 0);

  await carriedOut(client, client.instances.pause(run.id));
  await crash();
  scratch.open('leaf-gate');
  for (const one of [leaf, branch, run]) await waitForRun(client, one, 'paused');
  await carriedOut(client, client.instances.resume(run.id));
  await crash();
  await waitForTask(client, leaf, 'still', ({ state }) => state === 'running');
  await carriedOut(client, client.instances.stop(run.id));
  await crash();
  for (const one of [leaf, branch, run]) await waitForRun(client, one, 'stopped');
  await carriedOut(client, client.instances.resume(run.id));
  await waitForTask(client, leaf, 'still', ({ state }) => state === 'running');
  await carriedOut(client, client.instances.signal(leaf.id, { name: 'go' }));
  for (const one of [leaf, branch, run]) await waitForRun(client, one, 'success');
  expect(await childrenOf(client, run)).toHaveLength(1);
  expect(await childrenOf(client, branch)).toHaveLength(1);
  expect(scratch.lines('leaf')).toEqual(['begun', 'ended']);
});
