/** What was seen at a moment is what is shown of it afterwards, over pauses, failures, crashes and reruns with other parameters. */
import { expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import { carriedOut, define, type Run, start, taskOf, waitForRun, waitForTask } from '../support/runs.ts';
import { SHORT_LEASE, useStage } from '../support/stage.ts';

const stage = useStage({ env: SHORT_LEASE, workers: { hand: { slots: 4 } } });

/** A run as the pages of today show it, in the words of the page of a past moment. */
async function seenNow(run: Run) {
  const { instances } = stage.client;
  const [{ state, runCounter, params, reason, quarantine }, tasks, graph] = await Promise.all([
    instances.get(run.id),
    instances.tasks(run.id),
    instances.graph(run.id),
  ]);
  return {
    state,
    runCounter,
    params,
    reason,
    quarantine,
    tasks: tasks.items.map(({ id, name, type, attempt, state, current, worker, reason }) => ({
      id,
      name,
      type,
      attempt,
      state,
      current,
      worker,
      reason,
    })),
    nodes: graph.nodes.map(({ name, state, taskInstanceId, attempt, worker }) => ({
      name,
      state,
      taskInstanceId,
      attempt,
      worker,
    })),
  };
}

interface Moment {
  readonly label: string;
  readonly seq: number;
  readonly time: string;
  readonly seen: Awaited<ReturnType<typeof seenNow>>;
}

async function shownAt(run: Run, moment?: { readonly seq?: number; readonly time?: string }) {
  const { state, runCounter, params, reason, quarantine, tasks, nodes } = await stage.client.instances.at(
    run.id,
    moment,
  );
  return {
    state,
    runCounter,
    params,
    reason,
    quarantine,
    tasks: tasks.map(({ since, ...task }) => task),
    nodes: nodes!.map(({ since, ...node }) => node),
  };
}

/** Looks when nothing moves: no event came while it looked. */
async function look(run: Run, label: string): Promise<Moment> {
  return eventually(`nothing to move (${label})`, async () => {
    const before = await stage.client.instances.at(run.id);
    const seen = await seenNow(run);
    const after = await stage.client.instances.at(run.id);
    // The time of the server that counts is that of the last event.
    return before.seq === after.seq && { label, seq: after.seq, time: after.at, seen };
  });
}

it('shows a run at any moment as it was seen then', async () => {
  const { client, scratch, server } = stage;
  await client.taskGroups.create({ name: 'shut', size: 1, open: false });
  await define(client, { name: 'below', tasks: [{ name: 'still', type: 'wait', signal: 'go' }] });
  const noop = (name: string, ...dependsOn: string[]) => ({ name, type: 'noop', dependsOn });
  await define(client, {
    name: 'eventful',
    params: [{ name: 'rows', type: 'integer', value: '5' }],
    tasks: [
      noop('first'),
      {
        name: 'pick',
        type: 'switch',
        dependsOn: ['first'],
        cases: [{ when: '${rows} > 10', then: 'many' }],
        otherwise: 'few',
      },
      noop('many', 'pick'),
      { ...noop('few', 'pick'), taskGroup: 'shut' },
      {
        name: 'broken',
        type: 'shell',
        script: `test -e '${scratch.path('whole')}'`,
        retry: { times: 1, interval: '50ms' },
        dependsOn: ['first'],
      },
      { name: 'sub', type: 'sub_workflow', workflow: 'below', dependsOn: ['first'] },
      { name: 'sure', type: 'approval', message: 'Are ${rows} rows enough?', dependsOn: ['first'] },
      { ...noop('off', 'sure'), enabled: false },
      noop('last', 'many', 'few', 'broken', 'sub', 'off'),
    ],
  });
  const moments: Moment[] = [];
  const remember = async (label: string) => moments.push(await look(run, label));

  const run = await start(client, 'eventful');
  await waitForTask(client, run, 'few', ({ reason }) => reason?.text.includes('closed') ?? false);
  await waitForTask(client, run, 'broken', ({ attempt, state }) => attempt === 2 && state === 'failure');
  const sub = await waitForTask(client, run, 'sub', ({ logic }) => logic?.kind === 'child' && logic.child !== null);
  const child = { id: (sub.logic as { child: string }).child };
  await waitForTask(client, child, 'still', ({ state }) => state === 'running');
  await remember('waits');
  await client.taskGroups.update('shut', { open: true });
  await waitForTask(client, run, 'few', ({ state }) => state === 'success');
  await remember('group opened');
  await carriedOut(client, client.instances.pause(run.id));
  await eventually(
    'the run to rest',
    async () => !['running', 'ready_pause'].includes((await client.instances.get(run.id)).state),
  );
  await remember('paused');
  await server.kill9();
  await server.restart();
  await remember('after a crash');
  await carriedOut(client, client.instances.recoverFailed(run.id));
  await waitForTask(client, run, 'broken', ({ attempt, state }) => attempt === 4 && state === 'failure');
  await waitForTask(client, child, 'still', ({ state }) => state === 'running');
  await remember('recovered');
  await carriedOut(client, client.taskInstances.forceSuccess((await taskOf(client, run, 'broken')).id));
  await carriedOut(client, client.instances.signal(child.id, { name: 'go' }));
  await waitForTask(client, run, 'sub', ({ state }) => state === 'success');
  await carriedOut(client, client.taskInstances.approve((await taskOf(client, run, 'sure')).id, { comment: 'plenty' }));
  await waitForRun(client, run, 'success');
  await remember('done');
  await carriedOut(client, client.instances.rerunFrom(run.id, { tasks: ['pick'], params: { rows: 50 } }));
  await waitForRun(client, run, 'success');
  await remember('done again');
  await carriedOut(client, client.instances.rerun(run.id));
  await waitForTask(client, run, 'broken', ({ attempt, state }) => attempt === 6 && state === 'failure');
  await waitForTask(client, run, 'sure', ({ state }) => state === 'running');
  await waitForTask(
    client,
    run,
    'sub',
    ({ attempt, logic }) => attempt > 1 && logic?.kind === 'child' && logic.child !== null,
  );
  await carriedOut(client, client.instances.stop(run.id));
  await waitForRun(client, run, 'stopped');
  await remember('stopped');

  for (const { label, seq, time, seen } of moments) {
    expect(await shownAt(run, { seq }), `${label}, by its event`).toEqual(seen);
    expect(await shownAt(run, { time }), `${label}, by its time`).toEqual(seen);
  }
  expect(await shownAt(run)).toEqual(moments.at(-1)!.seen);
  expect(new Set(moments.map(({ seq }) => seq)).size).toBeGreaterThanOrEqual(moments.length - 1);

  // Every event there ever was can be gone to, and the states on the way are those that the events tell.
  const { firstSeq, lastSeq } = await client.instances.at(run.id);
  let state = 'submitted';
  let steps = 0;
  for await (const event of client.instances.allEvents(run.id)) {
    steps += 1;
    expect(event.seq).toBeGreaterThanOrEqual(firstSeq);
    expect(event.seq).toBeLessThanOrEqual(lastSeq);
    if (event.type === 'workflow_instance.state') state = String(event.data.state ?? event.data.to);
    if (steps % 7 !== 0 && event.type !== 'workflow_instance.state') continue;
    expect((await client.instances.at(run.id, { seq: event.seq })).state, `event ${event.seq} ${event.type}`).toBe(
      state,
    );
  }
  expect(steps).toBeGreaterThan(40);
});

it('says of everything that does not go on why, since when, and what comes next', async () => {
  const { client, server } = stage;
  await client.taskGroups.create({ name: 'none-free', size: 1, open: false });
  await define(client, {
    name: 'deep',
    execution: 'serial_wait',
    tasks: [{ name: 'still', type: 'wait', signal: 'go' }],
  });
  await define(client, { name: 'later', tasks: [{ name: 'one', type: 'noop' }] });
  const before = await start(client, 'deep');
  await waitForTask(client, before, 'still', ({ state }) => state === 'running');
  const expected: Record<string, readonly [settings: Record<string, unknown>, code: string, says: RegExp]> = {
    delay: [{ type: 'noop', delay: '1h' }, 'waiting_for_delay', /./],
    retry: [{ type: 'noop', result: 'failure', retry: { times: 2, interval: '1h' } }, 'waiting_for_retry', /./],
    group: [{ type: 'noop', taskGroup: 'none-free' }, 'task_group_closed', /none-free.*closed/],
    absent: [{ type: 'noop', taskGroup: 'not-made' }, 'task_group_missing', /not-made/],
    worker: [{ type: 'noop', workerGroup: 'nobody' }, 'waiting_for_worker', /nobody/],
    approval: [{ type: 'approval', message: 'Go on?' }, 'waiting_for_approval', /Go on\?/],
    span: [{ type: 'wait', for: '1h' }, 'waiting_for_time', /./],
    signal: [{ type: 'wait', signal: 'go' }, 'waiting_for_signal', /"go"/],
    dependency: [
      { type: 'dependent', on: { workflow: 'later', range: 'today' } },
      'waiting_for_dependency',
      /no run of later/,
    ],
    child: [{ type: 'sub_workflow', workflow: 'deep' }, 'waiting_for_child', /deep/],
  };
  const names = Object.keys(expected);
  await define(client, {
    name: 'stuck',
    tasks: [
      ...names.map((name) => ({ name, ...expected[name]![0] })),
      ...names.map((name) => ({ name: `after-${name}`, type: 'noop', dependsOn: [name] })),
    ],
  });
  const run = await start(client, 'stuck');
  for (const name of names) {
    const [, code, says] = expected[name]!;
    const task = await waitForTask(client, run, name, ({ reason }) => reason?.code === code && says.test(reason.text));
    const why = await client.taskInstances.why(task.id);
    expect(why, name).toMatchObject({
      kind: 'task_instance',
      id: task.id,
      state: task.state,
      summary: expect.stringMatching(says),
    });
    const [first] = why.reasons;
    expect(first, name).toMatchObject({
      code,
      taskName: name,
      next: expect.stringMatching(/./),
    });
    expect(Math.abs(Date.now() - Date.parse(first!.since)), name).toBeLessThan(60_000);
    if (['delay', 'retry', 'span'].includes(name))
      expect(Date.parse(first!.nextAt!), name).toBeGreaterThan(Date.now() + 3_000_000);
    const after = await client.instances.why(run.id, { task: `after-${name}` });
    expect(after, name).toMatchObject({ kind: 'task', state: 'pending', summary: expect.stringContaining(name) });
  }
  // The run as a whole names every one of them; the child says for whom it waits.
  const whole = await client.instances.why(run.id);
  const told = new Set(whole.reasons.map(({ taskName }) => taskName));
  for (const name of names) expect(told, name).toContain(name);
  const [child] = (await client.instances.list({ parent: run.id })).items;
  await eventually(
    'the child to stand in line',
    async () => (await client.instances.get(child!.id)).state === 'serial_wait',
  );
  expect((await client.instances.why(child!.id)).summary).toContain('#1');
  const stopped = await vaquita(['runs', 'stop', run.id, before.id, '--wait'], { server });
  expect(stopped.code).toBe(0);
  for (const one of [run, before, child!]) await waitForRun(client, one, 'stopped');
  expect((await client.instances.why(run.id)).summary).toMatch(/Stopped by admin/);
});
