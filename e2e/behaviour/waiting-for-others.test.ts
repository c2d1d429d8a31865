/** Tasks that wait: for runs of other workflows, for a person, for a time, for a signal. None of them holds anything up. */
import { expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import {
  carriedOut,
  define,
  defineAndStart,
  logOf,
  PROJECT,
  type Run,
  start,
  taskOf,
  tasksOf,
  waitForRun,
  waitForTask,
} from '../support/runs.ts';
import { waitAt } from '../support/scratch.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ workers: { hand: { slots: 4 } } });

const dependent = (on: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  name: 'imported',
  type: 'dependent',
  on,
  interval: '1h',
  ...more,
});
/** It has looked, and waits for what it found. */
const waits = (run: Run) =>
  waitForTask(
    stage.client,
    run,
    'imported',
    ({ state, reason }) =>
      state === 'running' && reason?.code === 'waiting_for_dependency' && !reason.text.startsWith('Looking'),
  );

/** The slow poll is an hour away, so whatever is noticed here was told. */
it('a dependency on a run that ends later is noticed when it ends, and its outputs are passed on', async () => {
  const { client, scratch } = stage;
  await define(client, {
    name: 'orders',
    tasks: [
      {
        name: 'load',
        type: 'shell',
        script: `${waitAt(scratch, 'orders')}; echo "::set-output rows=12"`,
        outputs: [{ name: 'rows', type: 'integer' }],
      },
      { name: 'tidy', type: 'noop', dependsOn: ['load'] },
    ],
  });
  const tell = { name: 'tell', type: 'shell', script: 'echo "$rows rows"', dependsOn: ['imported'] };
  const after = await defineAndStart(client, {
    name: 'after-orders',
    tasks: [dependent({ workflow: 'orders', range: 'today', passOutputs: true }), tell],
  });
  const first = await waits(after);
  expect((await client.taskInstances.why(first.id)).summary).toMatch(/no run of orders/);
  const orders = await start(client, 'orders');
  const tasks = await defineAndStart(client, {
    name: 'after-tasks',
    tasks: [
      dependent({
        all: [
          { workflow: 'orders', task: 'load', range: 'today' },
          { workflow: 'orders', task: '*', range: 'today' },
        ],
      }),
    ],
  });
  await waitForTask(client, orders, 'load', ({ state }) => state === 'running');
  expect((await client.taskInstances.why((await waits(tasks)).id)).summary).toMatch(/load of orders#1|orders#1/);
  scratch.open('orders');
  for (const run of [orders, after, tasks]) await waitForRun(client, run, 'success');
  expect(await logOf(client, await taskOf(client, after, 'tell'))).toContain('12 rows');
  expect((await taskOf(client, after, 'imported')).outputs).toMatchObject({ rows: '12' });
});

it('a dependency that has failed fails the task, or is waited for to be mended', async () => {
  const { client, scratch } = stage;
  await define(client, {
    name: 'prices',
    tasks: [{ name: 'load', type: 'shell', script: `test -e '${scratch.path('prices')}'` }],
  });
  const prices = await start(client, 'prices');
  await waitForRun(client, prices, 'failure');
  const on = { workflow: 'prices', range: 'today' };
  const strict = await defineAndStart(client, { name: 'strict', tasks: [dependent(on)] });
  await waitForRun(client, strict, 'failure');
  expect((await taskOf(client, strict, 'imported')).reason?.text).toMatch(/prices#1 has ended: failure/);
  const patient = await defineAndStart(client, {
    name: 'patient',
    tasks: [dependent(on, { onFailure: 'wait', failureWait: '1h' })],
  });
  expect((await client.taskInstances.why((await waits(patient)).id)).reasons[0]).toMatchObject({
    nextAt: expect.any(String),
    next: expect.stringContaining('mended'),
  });
  const hasty = await defineAndStart(client, {
    name: 'hasty',
    tasks: [dependent(on, { onFailure: 'wait', failureWait: '300ms', interval: '100ms' })],
  });
  await waitForRun(client, hasty, 'failure');
  scratch.open('prices');
  await carriedOut(client, client.instances.recoverFailed(prices.id));
  await waitForRun(client, patient, 'success');
});

it('a dependency on its own workflow: the first run has none to wait for, the next waits for the one before', async () => {
  const { client } = stage;
  await define(client, {
    name: 'chain',
    tasks: [
      dependent({ workflow: 'chain', range: 'today' }),
      { name: 'work', type: 'wait', signal: 'done', dependsOn: ['imported'] },
    ],
  });
  const first = await start(client, 'chain');
  await waitForTask(client, first, 'work', ({ state }) => state === 'running');
  const second = await start(client, 'chain');
  expect((await waits(second)).reason?.text).toContain('chain#1');
  await carriedOut(client, client.instances.signal(first.id, { name: 'done' }));
  await waitForRun(client, first, 'success');
  await waitForTask(client, second, 'work', ({ state }) => state === 'running');
  await carriedOut(client, client.instances.signal(second.id, { name: 'done' }));
  await waitForRun(client, second, 'success');
});

it('any of several is enough, and a paused dependent task goes on as it was', async () => {
  const { client } = stage;
  for (const name of ['by-feed', 'by-hand']) await define(client, { name, tasks: [{ name: 'load', type: 'noop' }] });
  const any = [
    { workflow: 'by-feed', range: 'today' },
    { workflow: 'by-hand', range: 'currentHour' },
  ];
  const run = await defineAndStart(client, { name: 'either', tasks: [dependent({ any })] });
  const { id } = await waits(run);
  await carriedOut(client, client.instances.pause(run.id));
  await waitForRun(client, run, 'paused');
  await waitForRun(client, await start(client, 'by-hand'), 'success');
  expect((await client.instances.get(run.id)).state).toBe('paused');
  await carriedOut(client, client.instances.resume(run.id));
  await waitForRun(client, run, 'success');
  expect((await tasksOf(client, run)).map((task) => task.id)).toEqual([id]);
});

it('an approval is given or refused on the command line, with who and why', async () => {
  const { client, server } = stage;
  await define(client, {
    name: 'release',
    params: [{ name: 'count', type: 'integer', value: '3' }],
    tasks: [
      { name: 'sure', type: 'approval', message: 'Publish ${count} files?', retry: { times: 3 } },
      { name: 'publish', type: 'noop', dependsOn: ['sure'] },
    ],
  });
  const good = await start(client, 'release');
  const asked = await waitForTask(client, good, 'sure', ({ state }) => state === 'running');
  expect((await client.taskInstances.why(asked.id)).summary).toContain('Publish 3 files?');
  const yes = await vaquita(
    ['tasks', 'approve', `${PROJECT}/release#1`, '--task', 'sure', '--comment', 'looks right', '--wait'],
    { server },
  );
  expect(yes).toMatchObject({ code: 0, stdout: expect.stringContaining('accepted') });
  await waitForRun(client, good, 'success');
  expect((await taskOf(client, good, 'sure')).logic).toEqual({
    kind: 'approval',
    decision: 'approved',
    by: 'admin',
    comment: 'looks right',
  });
  const late = await vaquita(['tasks', 'reject', `${PROJECT}/release#1`, '--task', 'sure'], { server });
  expect(late).toMatchObject({ code: 1, stdout: expect.stringMatching(/refused .*approved by admin/) });

  const bad = await start(client, 'release');
  await waitForTask(client, bad, 'sure', ({ state }) => state === 'running');
  const no = await vaquita(
    ['tasks', 'reject', `${PROJECT}/release#2`, '--task', 'sure', '--comment', 'not on a Friday'],
    { server },
  );
  expect(no.code).toBe(0);
  await waitForRun(client, bad, 'failure');
  const [only, ...others] = await tasksOf(client, bad);
  expect(others).toEqual([]);
  expect(only).toMatchObject({ name: 'sure', state: 'failure', attempt: 1 });
  expect(only!.reason?.text).toBe('Rejected by admin: not on a Friday');
});

it('a wait ends at its time, at a moment that has passed at once, and at its signal with what came with it', async () => {
  const { client, server } = stage;
  const run = await defineAndStart(client, {
    name: 'waits',
    tasks: [
      { name: 'span', type: 'wait', for: '700ms' },
      { name: 'past', type: 'wait', until: '2015-01-31 06:00:00' },
      { name: 'files', type: 'wait', signal: 'files-arrived', outputs: [{ name: 'count', type: 'integer' }] },
      { name: 'tell', type: 'shell', script: 'echo "$count files"', dependsOn: ['span', 'past', 'files'] },
    ],
  });
  const files = await waitForTask(client, run, 'files', ({ state }) => state === 'running');
  expect((await client.taskInstances.why(files.id)).summary).toContain('files-arrived');
  const wrong = await vaquita(
    ['runs', 'signal', `${PROJECT}/waits#1`, 'files-arrived', '--output', 'count=many', '--wait'],
    { server },
  );
  expect(wrong.code).toBe(1);
  expect(wrong.stdout + wrong.stderr).toMatch(/count.*many.*integer/s);
  expect((await taskOf(client, run, 'files')).state).toBe('running');
  const sent = await vaquita(
    ['runs', 'signal', `${PROJECT}/waits#1`, 'files-arrived', '--output', 'count=12', '--output', 'other=x', '--wait'],
    { server },
  );
  expect(sent.code).toBe(0);
  await waitForRun(client, run, 'success');
  const [span, past] = [await taskOf(client, run, 'span'), await taskOf(client, run, 'past')];
  expect(Date.parse(span.endedAt!) - Date.parse(span.startedAt!)).toBeGreaterThanOrEqual(700);
  expect(Date.parse(past.endedAt!)).toBeLessThanOrEqual(Date.parse(span.endedAt!));
  expect((await taskOf(client, run, 'files')).outputs).toEqual({ count: '12' });
  expect(await logOf(client, await taskOf(client, run, 'tell'))).toContain('12 files');
});

it('hundreds of tasks that wait hold up no other run', async () => {
  const { client } = stage;
  const plain = {
    name: 'plain',
    tasks: [
      { name: 'a', type: 'noop' },
      { name: 'b', type: 'noop', dependsOn: ['a'] },
    ],
  };
  await define(client, plain);
  const kinds = [
    { type: 'approval', message: 'Go on?' },
    { type: 'wait', for: '1h' },
    { type: 'wait', signal: 'go' },
    dependent({ workflow: 'plain', range: 'lastMonth' }),
  ];
  const tasks = Array.from({ length: 50 }, (_, i) => kinds.map((kind, j) => ({ ...kind, name: `t-${j}-${i}` }))).flat();
  await define(client, { name: 'waiting-room', tasks });
  await define(client, { name: 'sub-room', tasks: [{ name: 'in', type: 'sub_workflow', workflow: 'waiting-room' }] });
  const rooms = await Promise.all([0, 1].map(() => start(client, 'sub-room')));
  for (const room of rooms) {
    const child = await eventually('its run', async () => (await client.instances.list({ parent: room.id })).items[0]);
    await eventually('all tasks to wait', async () => {
      const running = (await tasksOf(client, child)).filter(({ state }) => state === 'running');
      return running.length === tasks.length;
    });
  }
  for (let i = 0; i < 5; i++) await waitForRun(client, await start(client, 'plain'), 'success');
  for (const room of rooms) await carriedOut(client, client.instances.stop(room.id));
  for (const room of rooms) await waitForRun(client, room, 'stopped');
});
