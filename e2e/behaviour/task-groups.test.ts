/** Task groups over workers and crashes: never more at once than there are slots, and no slot is lost or kept. */
import type { TaskInstanceView } from '@vaquita/client';
import { expect, it } from 'vitest';
import { begunIn, between, mostAtOnce, stampsOf } from '../support/at-once.ts';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import {
  carriedOut,
  define,
  defineAndStart,
  PROJECT,
  taskOf,
  tasksOf,
  waitForRun,
  waitForTask,
} from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import { SHORT_HEARTBEAT, SHORT_LEASE, useStage } from '../support/stage.ts';

const stage = useStage({
  env: SHORT_LEASE,
  workers: { left: { slots: 4, args: SHORT_HEARTBEAT }, right: { slots: 4, args: SHORT_HEARTBEAT } },
});

it('two slots, twenty tasks, two workers: never three at once, though server and worker are killed', async () => {
  const { client, scratch, server } = stage;
  await client.taskGroups.create({ name: 'pair', size: 2 });
  // The process notes its pid, so that the test can end what a killed agent leaves behind, as the end of its machine would.
  const script = `echo $$ > '${scratch.folder}/pid-'$VAQUITA_TASK_NAME-$VAQUITA_ATTEMPT\nsleep 0.25`;
  const names = Array.from({ length: 20 }, (_, i) => `task-${i}`);
  const run = await defineAndStart(client, {
    name: 'twenty',
    tasks: names.map((name) => ({
      name,
      type: 'shell',
      taskGroup: 'pair',
      script: between(scratch, 'pair', '$VAQUITA_TASK_NAME', script),
      retry: { times: 0 },
    })),
  });
  const seen = (count: number) =>
    eventually(`${count} tasks to have begun`, () => begunIn(stampsOf(scratch, 'pair')).length >= count);
  await seen(3);
  await server.kill9();
  await server.restart();
  await seen(7);

  const on = (task: TaskInstanceView) => task.state === 'running' && task.worker === 'left';
  await eventually('a task on the left worker', async () => (await tasksOf(client, run)).some(on), { everyMs: 10 });
  await stage.worker('left').kill9();
  const orphans = await eventually('the tasks of the killed worker', async () => {
    const tasks = (await tasksOf(client, run)).filter(
      ({ state, worker }) => worker === 'left' && (state === 'running' || state === 'dispatched'),
    );
    return tasks;
  });
  for (const { name, attempt } of orphans) {
    const [pid] = scratch.lines(`pid-${name}-${attempt}`);
    if (pid !== undefined) endProcess(Number(pid));
  }
  const { length: killedAt } = stampsOf(scratch, 'pair');
  await waitForRun(client, run, 'success', 45_000);

  const stamps = stampsOf(scratch, 'pair');
  expect(mostAtOnce(stamps.slice(0, killedAt))).toBeLessThanOrEqual(2);
  // What was killed ends without a word: its beginning does not count for what comes after.
  const dead = orphans.map(({ name }) => name);
  const open = new Set<string>();
  let most = 0;
  for (const [index, { word, who }] of stamps.entries()) {
    if (index === killedAt) for (const name of dead) open.delete(name);
    if (word === 'begin') open.add(who);
    else open.delete(who);
    most = Math.max(most, open.size);
  }
  expect(most).toBe(2);
  expect(open.size).toBe(0);
  const tasks = await tasksOf(client, run);
  for (const name of names) {
    const attempts = tasks.filter((task) => task.name === name);
    expect(attempts.at(-1), name).toMatchObject({ state: 'success', current: true });
    expect(attempts, name).toHaveLength(dead.includes(name) ? 2 : 1);
  }
  expect(await client.taskGroups.get('pair')).toMatchObject({ held: 0 });
  expect((await client.taskGroups.members('pair')).items).toEqual([]);
  await client.taskGroups.delete('pair');
});

it('the higher priority goes first, then the older; a forced start takes no slot', async () => {
  const { client, scratch, server } = stage;
  await client.taskGroups.create({ name: 'single', size: 1 });
  const task = (name: string, priority: number, script = 'true') => ({
    name,
    type: 'shell',
    script: between(scratch, 'single', name, script),
    taskGroup: { name: 'single', priority },
  });
  const run = await defineAndStart(client, {
    name: 'holds-it',
    tasks: [task('holder', 0, waitAt(scratch, 'single-gate'))],
  });
  await eventually('the slot to be taken', () => stampsOf(scratch, 'single').length === 1);
  const waiting = await defineAndStart(client, {
    name: 'waits-for-it',
    tasks: [task('low', 1), task('mid-one', 5), task('mid-two', 5), task('high', 9), task('forced', 0)],
  });
  await eventually('all of them to wait', async () => (await client.taskGroups.members('single')).items.length === 6);
  const { items } = await client.taskGroups.members('single');
  expect(items.map(({ taskName, slot }) => [taskName, slot])).toEqual([
    ['holder', 0],
    ['high', null],
    ['mid-one', null],
    ['mid-two', null],
    ['low', null],
    ['forced', null],
  ]);
  const low = await taskOf(client, waiting, 'low');
  const why = await client.taskInstances.why(low.id);
  expect(why.summary).toContain('single');
  expect(JSON.stringify(why.reasons)).toContain('holds-it#1');

  const cli = await vaquita(
    ['tasks', 'force-start', `${PROJECT}/waits-for-it#1`, '--task', 'forced', '--comment', 'it is late', '--wait'],
    { server },
  );
  expect(cli).toEqual({ code: 0, stdout: expect.stringContaining('accepted'), stderr: '' });
  expect(await waitForTask(client, waiting, 'forced', ({ state }) => state === 'success')).toMatchObject({
    groupForced: true,
    groupSlot: null,
  });
  expect(mostAtOnce(stampsOf(scratch, 'single'))).toBe(2);
  expect((await taskOf(client, waiting, 'low')).state).toBe('submitted');

  await expect(client.taskGroups.delete('single')).rejects.toMatchObject({ status: 409 });
  scratch.open('single-gate');
  for (const one of [run, waiting]) await waitForRun(client, one, 'success');
  expect(begunIn(stampsOf(scratch, 'single'))).toEqual(['holder', 'forced', 'high', 'mid-one', 'mid-two', 'low']);
});

it('a closed group lets nobody in, a kill in line takes nothing, a larger size lets in at once', async () => {
  const { client, scratch } = stage;
  await client.taskGroups.create({ name: 'door', size: 1, open: false });
  const task = (name: string) => ({
    name,
    type: 'shell',
    taskGroup: 'door',
    script: `${append(scratch, 'door', name)}; ${waitAt(scratch, 'door-gate')}`,
    retry: { times: 2 },
  });
  const run = await defineAndStart(client, { name: 'at-the-door', tasks: ['a', 'b', 'c', 'd'].map(task) });
  for (const name of ['a', 'b', 'c', 'd']) {
    const waits = await waitForTask(client, run, name, ({ reason }) => reason?.text.includes('closed') ?? false);
    expect(waits.state).toBe('submitted');
  }
  await client.taskGroups.update('door', { open: true });
  await eventually('the first to be in', () => scratch.lines('door').length === 1);
  expect(scratch.lines('door')).toEqual(['a']);
  await carriedOut(client, client.taskInstances.kill((await taskOf(client, run, 'b')).id));
  expect(await taskOf(client, run, 'b')).toMatchObject({ state: 'killed', attempt: 1 });
  await client.taskGroups.update('door', { size: 2 });
  await eventually('the next to be in', () => scratch.lines('door').length === 2);
  expect(scratch.lines('door')).toEqual(['a', 'c']);
  expect(await client.taskGroups.get('door')).toMatchObject({ held: 2, size: 2 });
  scratch.open('door-gate');
  await waitForRun(client, run, 'failure');
  expect(scratch.lines('door')).toEqual(['a', 'c', 'd']);
  expect(await client.taskGroups.get('door')).toMatchObject({ held: 0 });
});

it('a task of a group that is not there waits, says so, and goes on when it is made', async () => {
  const { client, server } = stage;
  await define(client, { name: 'early', tasks: [{ name: 'one', type: 'noop', taskGroup: 'made-later' }] });
  const run = await client.workflows.start(PROJECT, 'early');
  const waits = await waitForTask(
    client,
    run,
    'one',
    ({ state, reason }) => state === 'submitted' && (reason?.text.includes('made-later') ?? false),
  );
  expect((await client.taskInstances.why(waits.id)).summary).toContain('made-later');
  expect((await vaquita(['task-groups', 'create', 'made-later', '--size', '1'], { server })).code).toBe(0);
  await waitForRun(client, run, 'success');
});

function endProcess(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
