/** Worker groups, policies and labels with real workers: who gets what, and what tasks that wait say. */
import { expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import { define, defineAndStart, type Run, start, taskOf, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { SHORT_LEASE, useStage } from '../support/stage.ts';

const stage = useStage({
  env: SHORT_LEASE,
  workers: {
    light: { slots: 40 },
    heavy: { slots: 40, args: ['--weight', '3', '--label', 'gpu=true', '--label', 'zone=north'] },
  },
});

const noops = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `t${index}`, type: 'noop' }));

async function workersOf(run: Run): Promise<Readonly<Record<string, number>>> {
  await waitForRun(stage.client, run, 'success');
  const counts: Record<string, number> = { light: 0, heavy: 0 };
  for (const { worker } of await tasksOf(stage.client, run)) counts[worker!] = (counts[worker!] ?? 0) + 1;
  return counts;
}

it('workers take turns until somebody declares that their weights count', async () => {
  const { client, server } = stage;
  const workflow = await define(client, { name: 'wide', tasks: noops(8) });
  expect(await workersOf(await start(client, workflow))).toEqual({ light: 4, heavy: 4 });
  const made = await vaquita(['worker-groups', 'create', 'default', '--policy', 'fixed_weighted'], { server });
  expect(made.code).toBe(0);
  // The leader hears of it a moment later.
  await eventually('weights to count', async () => {
    const { light, heavy } = await workersOf(await start(client, workflow));
    return light === 2 && heavy === 6;
  });
  await client.workerGroups.delete('default');
});

it('a task goes to the worker with its labels, and one that asks for others says so and holds up nothing', async () => {
  const { client } = stage;
  const run = await defineAndStart(client, {
    name: 'labelled',
    workerLabels: { zone: 'north' },
    tasks: [
      ...noops(6).map((task) => ({ ...task, workerLabels: { gpu: true } })),
      { name: 'lost', type: 'noop', priority: 'highest', workerLabels: { zone: 'moon' } },
    ],
  });
  await waitForTask(client, run, 't5', ({ state }) => state === 'success');
  const waiting = await waitForTask(client, run, 'lost', ({ reason }) => reason?.code === 'waiting_for_worker');
  expect(waiting.reason).toMatchObject({
    text: expect.stringMatching(/^None of the 2 workers looked at in worker group "default" has zone=moon: /),
    evidence: { labels: 'zone=moon', missing: 'zone=moon' },
  });
  const why = await client.taskInstances.why(waiting.id);
  expect(why.reasons.map(({ code }) => code)).toContain('no_worker_with_labels');
  const done = (await tasksOf(client, run)).filter(({ name }) => name !== 'lost');
  expect(new Set(done.map(({ worker }) => worker))).toEqual(new Set(['heavy']));
  const moon = await stage.join('moon', { args: ['--label', 'zone=moon', '--label', 'zone2=x'] });
  await waitForRun(client, run, 'success');
  expect((await taskOf(client, run, 'lost')).worker).toBe('moon');
  await moon.close();
});

it('a worker serves a group that it was put into, and no longer once it is taken out', async () => {
  const { client, server } = stage;
  const workflow = await define(client, {
    name: 'assigned',
    tasks: [{ name: 'a', type: 'noop', workerGroup: 'night' }],
  });
  const first = await start(client, workflow);
  await waitForTask(client, first, 'a', ({ state }) => state === 'submitted');
  expect(await client.workerGroups.get('night')).toMatchObject({ declared: false, workers: { online: 0 } });
  await client.workerGroups.create({ name: 'night', assigned: ['light'] });
  await waitForRun(client, first, 'success');
  expect((await taskOf(client, first, 'a')).worker).toBe('light');
  expect((await client.workers.get('light')).groups).toEqual(['default', 'night']);

  expect((await vaquita(['worker-groups', 'unassign', 'night', 'light'], { server })).code).toBe(0);
  const second = await start(client, workflow);
  await waitForTask(client, second, 'a', ({ reason }) => reason?.code === 'waiting_for_worker');
  expect(await client.workerGroups.get('night')).toMatchObject({ queued: 1, workers: { online: 0 } });
  const refused = await vaquita(['worker-groups', 'delete', 'night'], { server });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('workflow behaviour/assigned') });
  await server.kill9();
  await server.restart();
  await client.workerGroups.assign('night', 'light');
  await waitForRun(client, second, 'success');
});
