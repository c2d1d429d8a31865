/** Stop reaches a task whatever it waits for, also one that was sent to a worker that does not answer any more. */
import { beforeAll, expect, it } from 'vitest';
import { carriedOut, childrenOf, defineAndStart, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { SHORT_HEARTBEAT, useStage } from '../support/stage.ts';

const stage = useStage({ workers: { icy: { group: 'cold', args: SHORT_HEARTBEAT } } });

beforeAll(async () => {
  await stage.client.taskGroups.create({ name: 'closed', size: 1, open: false });
  const child = { name: 'endless', tasks: [{ name: 'still', type: 'wait', for: '1h' }] };
  const run = await defineAndStart(stage.client, child);
  await stage.client.instances.stop(run.id);
});

it('whatever it waits for, it is killed, and nothing that follows starts', async () => {
  const { client } = stage;
  const waiting = {
    delay: { type: 'noop', delay: '1h' },
    retry: { type: 'switch', cases: [{ when: '${never} == 1', then: [] }], retry: { times: 9, interval: '1h' } },
    'task-group': { type: 'noop', taskGroup: 'closed' },
    worker: { type: 'noop', workerGroup: 'nobody' },
    approval: { type: 'approval', message: 'Go on?' },
    span: { type: 'wait', for: '1h' },
    signal: { type: 'wait', signal: 'go' },
    dependency: { type: 'dependent', on: { workflow: 'of-tomorrow', range: 'last7Days' } },
    child: { type: 'sub_workflow', workflow: 'endless' },
    children: { type: 'dynamic', workflow: 'endless', lists: [{ name: 'n', values: [1, 2, 3] }], parallelism: 2 },
  };
  await client.workflows.create('behaviour', { name: 'of-tomorrow', tasks: [{ name: 'a', type: 'noop' }] });
  await client.workflows.online('behaviour', 'of-tomorrow');
  const names = Object.keys(waiting);
  const run = await defineAndStart(client, {
    name: 'waits-for-everything',
    params: [{ name: 'never', type: 'integer', value: '0' }],
    tasks: [
      ...Object.entries(waiting).map(([name, settings]) => ({ name, ...settings })),
      ...names.map((name) => ({ name: `after-${name}`, type: 'noop', dependsOn: [name] })),
    ],
  });
  await waitForTask(client, run, 'retry', ({ attempt, state }) => attempt === 2 && state === 'delayed');
  await waitForTask(client, run, 'task-group', ({ state, reason }) => state === 'submitted' && reason !== null);
  for (const name of names.slice(4)) await waitForTask(client, run, name, ({ state }) => state === 'running');
  await waitForTask(client, run, 'children', ({ logic }) =>
    logic?.kind === 'children' ? logic.items.filter(({ state }) => state === 'started').length === 2 : false,
  );
  for (const task of (await tasksOf(client, run)).filter(({ current }) => current)) {
    const { summary, reasons } = await client.taskInstances.why(task.id);
    expect(summary, task.name).not.toBe('');
    expect(reasons, task.name).not.toEqual([]);
  }

  await carriedOut(client, client.instances.stop(run.id));
  await waitForRun(client, run, 'stopped');
  const ended = (await tasksOf(client, run)).filter(({ current }) => current);
  expect(ended.map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual(
    names.map((name) => `${name} killed`).toSorted(),
  );
  for (const { name, endedAt, reason, groupSlot } of ended) {
    expect(reason?.text, name).toMatch(/stop/);
    expect({ endedAt: endedAt !== null, groupSlot }, name).toEqual({ endedAt: true, groupSlot: null });
  }
  const children = await childrenOf(client, run);
  expect(children.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
  expect((await client.taskGroups.members('closed')).items).toEqual([]);
});

it('sent to a worker that is frozen: it ends when the worker is given up, and says so', async () => {
  const { client } = stage;
  stage.worker('icy').freeze();
  const run = await defineAndStart(client, {
    name: 'to-the-frozen',
    tasks: [
      { name: 'sent', type: 'noop', workerGroup: 'cold', retry: { times: 3 } },
      { name: 'after', type: 'noop', dependsOn: ['sent'] },
    ],
  });
  const sent = await waitForTask(client, run, 'sent', ({ state }) => state === 'dispatched');
  await carriedOut(client, client.instances.stop(run.id));
  expect(await client.instances.get(run.id)).toMatchObject({ state: 'ready_stop' });
  expect((await client.taskInstances.why(sent.id)).summary).toMatch(/^Told to end: the run was stopped by admin/);
  await waitForRun(client, run, 'stopped');
  const tasks = await tasksOf(client, run);
  expect(tasks.map(({ name, attempt, state }) => [name, attempt, state])).toEqual([['sent', 1, 'killed']]);
  expect(tasks[0]!.reason?.text).toMatch(/without an answer of its worker .*"icy"/);

  // What the worker does when it wakes changes nothing, and it works again.
  const before = await client.instances.get(run.id);
  stage.worker('icy').thaw();
  const again = await defineAndStart(client, {
    name: 'after-the-thaw',
    tasks: [{ name: 'one', type: 'noop', workerGroup: 'cold' }],
  });
  await waitForRun(client, again, 'success');
  expect(await client.instances.get(run.id)).toEqual(before);
  expect(await tasksOf(client, run)).toEqual(tasks);
});
