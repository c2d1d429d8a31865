import { AppError, type TaskInstanceRow, type TriggerId, type WorkflowId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { openTriggerBench, START } from '../testing/trigger-bench.ts';

type Bench = Awaited<ReturnType<typeof openTriggerBench>>;

/** Workflow b follows a; a duty leads. */
async function opened(more: Parameters<Bench['trigger']>[1]['after'] = {}, settings = {}) {
  const bench = await openTriggerBench(settings);
  const [a, b] = [await bench.workflow('a'), await bench.workflow('b')];
  const t = await bench.trigger('then', { of: b, after: more });
  const duty = bench.newDuty();
  duty.begin(1);
  await bench.clock.advance(0);
  return { ...bench, a, b, t, duty };
}

test('a run is started when the one before has ended as awaited, for its business time and in its zone', async () => {
  const { run, end, runsOf, firings, filed, clock, duty, a, b, t } = await opened();
  const first = await run(a);
  await end(first.id);
  duty.nudge();
  await clock.advance(200);
  const [started, ...others] = await runsOf(b);
  expect(others).toEqual([]);
  expect(started).toMatchObject({
    ...{ originKind: 'trigger', originId: t, createdBy: 'trigger then', workflowName: 'b', version: 1 },
    ...{ businessTime: START - 86_400_000, timezone: 'Asia/Tokyo', lineage: [], parentInstanceId: null },
  });
  expect(await firings(t)).toMatchObject([
    {
      ...{ outcome: 'run', reason: null, workflowInstanceId: started!.id, chain: [a] },
      about: { run: first.id, workflow: 'a', state: 'success' },
    },
  ]);
  expect(filed.map(({ workflowInstanceId }) => workflowInstanceId)).toEqual([started!.id]);
});

test.each([
  ['success', ['success']],
  ['failure', ['failure']],
  ['end', ['success', 'failure', 'stopped']],
] as const)('on %s the ends that count are %j', async (on, states) => {
  const { run, end, runsOf, clock, duty, a, b } = await opened({ on });
  const seen: string[] = [];
  for (const state of ['running', 'paused', 'success', 'failure', 'stopped'] as const) {
    const before = (await runsOf(b)).length;
    await end((await run(a)).id, state);
    duty.nudge();
    await clock.advance(200);
    if ((await runsOf(b)).length > before) seen.push(state);
  }
  expect(seen).toEqual(states);
});

test('each end counts: a run that has failed and is recovered later fires for both', async () => {
  const { run, end, firings, clock, duty, a, t } = await opened({ on: 'end' });
  const { id } = await run(a);
  for (const state of ['failure', 'success'] as const) await end(id, state);
  duty.nudge();
  await clock.advance(200);
  expect((await firings(t)).map(({ about }) => about.state)).toEqual(['failure', 'success']);
});

test('other workflows, dry runs and what was before do not count, nor backfills unless asked', async () => {
  const bench = await openTriggerBench();
  const [a, b] = [await bench.workflow('a'), await bench.workflow('b')];
  await bench.end((await bench.run(a)).id);
  const t = await bench.trigger('then', { of: b, after: {} });
  const u = await bench.trigger('too', { of: b, after: { backfills: true } });
  const offline = await bench.trigger('off', { of: b, after: {}, online: false });
  await bench.end((await bench.run(a, { dryRun: true })).id);
  await bench.end((await bench.run(await bench.workflow('c'))).id);
  await bench.end((await bench.run(a, { origin: { kind: 'backfill', id: 'x' } })).id);
  const duty = bench.newDuty();
  duty.begin(1);
  await bench.clock.advance(0);
  expect(await bench.firings(t)).toEqual([]);
  expect(await bench.firings(u)).toHaveLength(1);
  await bench.store.triggers.setOnline(offline, true, 'ann', START);
  duty.nudge();
  await bench.clock.advance(200);
  expect(await bench.firings(offline)).toEqual([]);
});

test('outputs of the run that ended become parameters; what is not there refuses the start, and says so', async () => {
  const bench = await openTriggerBench();
  const a = await bench.workflow('a');
  const b = await bench.workflow('b', { params: [{ name: 'rows', type: 'integer' }] });
  const t = await bench.trigger('then', { of: b, after: { mapping: { rows: 'count' } } });
  const duty = bench.newDuty();
  duty.begin(1);
  await bench.clock.advance(0);
  const outputs: (readonly [string, Record<string, string>, number])[] = [
    ['x', { count: '5' }, 10],
    ['y', { count: '7' }, 20],
    ['z', {}, 30],
  ];
  const { id } = await bench.run(a);
  for (const [name, out, endedAt] of outputs) await addTask(bench, id, { name, outputs: out, endedAt });
  await bench.end(id);
  await bench.end((await bench.run(a)).id);
  const wrong = await bench.run(a);
  await addTask(bench, wrong.id, { name: 'x', outputs: { count: 'many' }, endedAt: 1 });
  await bench.end(wrong.id);
  duty.nudge();
  await bench.clock.advance(200);
  expect((await bench.runsOf(b)).map(({ params }) => params)).toEqual([{ rows: '7' }]);
  expect((await bench.firings(t)).map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['run', null],
    ['refused', expect.stringContaining('no "count"')],
    ['refused', expect.stringContaining('whole number')],
  ]);
});

async function addTask(bench: Bench, run: string, more: Partial<TaskInstanceRow>): Promise<void> {
  const task = {
    ...{
      id: `${run}.${more.name}`,
      workflowInstanceId: run,
      type: 'noop',
      state: 'success',
      attempt: 1,
      retryTimes: 0,
    },
    ...{ failovers: 0, current: true, runCounter: 1, previousId: null, workerGroup: 'default', priority: 'medium' },
    ...{ dispatchId: null, dispatchEpoch: null, workerId: null, workerName: null, firstSubmittedAt: 1, submittedAt: 1 },
    ...{ dueAt: null, dispatchedAt: null, startedAt: null, exitCode: null, signal: null, inputs: {}, logBytes: 0 },
    ...{ killRequestedAt: null, taskGroup: null, groupPriority: 0, groupSlot: null, groupForced: false, logic: null },
    ...{ reason: null, updatedAt: 1, ...more },
  } as TaskInstanceRow;
  await bench.store.master.commit(1, {
    ...{
      instance: null,
      assignNumber: false,
      newTasks: [task],
      changedTasks: [],
      writtenBefore: new Map(),
      events: [],
    },
    ...{ outboxPut: [], outboxDone: [], commandsDone: [], newRuns: [], newCommands: [], newAlerts: [] },
  });
}

test('F6: a trigger that can start nothing is on record with the reason, and holds up no other', async () => {
  const bench = await openTriggerBench();
  const [a, b, c] = [await bench.workflow('a'), await bench.workflow('b'), await bench.workflow('c')];
  const pinned = await bench.trigger('pinned', { of: c, after: {} });
  const { start } = (await bench.store.triggers.find(pinned))!;
  await bench.store.triggers.update({ id: pinned, revision: 1 }, { start: { ...start, version: 9 }, by: 'ann', at: 1 });
  const off = await bench.trigger('b-off', { of: b, after: {} });
  const works = await bench.trigger('works', { of: c, after: {} });
  const event = { type: 'workflow.updated', projectId: 'project-1', workflowInstanceId: null, taskInstanceId: null };
  await bench.store.workflows.setOnline(b, false, { ...event, at: 1, data: {} } as never);
  const duty = bench.newDuty();
  duty.begin(1);
  await bench.end((await bench.run(a)).id);
  duty.nudge();
  await bench.clock.advance(300);
  expect(await bench.firings(pinned)).toMatchObject([
    { outcome: 'refused', reason: expect.stringContaining('version 9') },
  ]);
  expect(await bench.firings(off)).toMatchObject([{ outcome: 'refused', reason: expect.stringContaining('offline') }]);
  expect(await bench.firings(works)).toMatchObject([{ outcome: 'run' }]);
});

test('F5: workflows that follow each other in a ring go round once', async () => {
  const bench = await openTriggerBench();
  const names = ['a', 'b', 'c'] as const;
  const [a, b, c] = await Promise.all(names.map((name) => bench.workflow(name)));
  await bench.trigger('ab', { of: b!, after: { workflowId: a! } });
  await bench.trigger('bc', { of: c!, after: { workflowId: b! } });
  const back = await bench.trigger('ca', { of: a!, after: { workflowId: c! } });
  const duty = bench.newDuty();
  duty.begin(1);
  await bench.end((await bench.run(a!)).id);
  for (const next of [b!, c!]) {
    duty.nudge();
    await bench.clock.advance(300);
    const [run, ...others] = await bench.runsOf(next);
    expect(others).toEqual([]);
    // The end of a run that a task of it has started counts as its own.
    const parent = { parentInstanceId: run!.id, parentTask: 'x', parentTaskId: null, childIndex: 0, lineage: [next] };
    await bench.end(next === c! ? (await bench.run(c!, { parent })).id : run!.id);
  }
  duty.nudge();
  await bench.clock.advance(300);
  expect(await bench.runsOf(a!)).toHaveLength(1);
  expect(await bench.firings(back)).toMatchObject([
    { outcome: 'refused', reason: expect.stringContaining('round for ever'), chain: [a, b, c, c] },
  ]);
});

test('F2, F3: whatever is lost at whatever moment, each end starts one run over any number of terms', async () => {
  for (let crash = 0; crash < 8; crash++) {
    const bench = await openTriggerBench({ page: 2 });
    const [a, b] = [await bench.workflow('a'), await bench.workflow('b')];
    const t = await bench.trigger('then', { of: b, after: {} });
    const ended: string[] = [];
    for (let i = 0; i < 4; i++) {
      const { id } = await bench.run(a);
      await bench.end(id);
      ended.push(id);
    }
    let steps = 0;
    const fail = (code: 'unavailable' | 'outcome_unknown') => () => {
      steps += 1;
      if (steps === crash + 1) throw new AppError(code, 'gone');
    };
    bench.faults[crash % 2 === 0 ? 'before' : 'after'] = fail(crash % 2 === 0 ? 'unavailable' : 'outcome_unknown');
    const first = bench.newDuty();
    first.begin(1);
    await bench.clock.advance(crash * 3);
    // Another server leads; the first one does not know yet, and goes on.
    bench.lead(2);
    const second = bench.newDuty();
    second.begin(2);
    first.nudge();
    await bench.clock.advance(10_000);
    await Promise.all([first.end(), second.end()]);
    expect(
      (await bench.firings(t)).map(({ about }) => about.run),
      `crash ${crash}`,
    ).toEqual(ended);
    expect(await bench.runsOf(b), `crash ${crash}`).toHaveLength(4);
  }
});

test('F4: what somebody changes meanwhile wins, and nothing is passed over', async () => {
  const { store, run, end, firings, runsOf, faults, clock, duty, a, b, t } = await opened();
  const change = (at: number) =>
    store.triggers.update({ id: t, revision: at }, { description: `${at}`, by: 'ann', at });
  faults.before = async () => {
    faults.before = null;
    await change(1);
  };
  await end((await run(a)).id);
  duty.nudge();
  await clock.advance(1_000);
  expect(await firings(t)).toHaveLength(1);
  faults.before = async () => {
    faults.before = null;
    await store.triggers.setOnline(t, false, 'ann', 5);
  };
  await end((await run(a)).id);
  duty.nudge();
  await clock.advance(10_000);
  expect(await firings(t)).toHaveLength(1);
  expect(await runsOf(b)).toHaveLength(1);
});

test('F3: cursors move on behind what was read, now and then, and a new term goes on from there', async () => {
  const { store, run, end, reads, newDuty, clock, duty, a, t } = await opened({ on: 'failure' });
  for (let i = 0; i < 5; i++) await end((await run(a)).id);
  duty.nudge();
  await clock.advance(200);
  const cursor = async () => (await store.triggers.find(t))!.cursor;
  const before = await cursor();
  expect(before).toBeLessThan(await store.events.latestSeq());
  await clock.advance(40_000);
  expect(await cursor()).toBe(await store.events.latestSeq());
  await duty.end();
  reads.length = 0;
  const next = newDuty();
  next.begin(1);
  await clock.advance(0);
  expect(reads).toEqual([await store.events.latestSeq()]);
  await next.end();
});

test('the record is read no more often than it is told to be, whatever goes on', async () => {
  const { reads, clock, duty } = await opened();
  reads.length = 0;
  for (let i = 0; i < 100; i++) {
    duty.nudge();
    await clock.advance(10);
  }
  expect(reads.length).toBeGreaterThan(2);
  expect(reads.length).toBeLessThan(8);
  await duty.end();
  const last = reads.length;
  duty.nudge();
  await clock.advance(20_000);
  expect(reads).toHaveLength(last);
});

test('a clock that is set back delays nothing for longer than the poll', async () => {
  const { run, end, firings, clock, a, t } = await opened();
  clock.set(START - 86_400_000);
  await end((await run(a)).id);
  await clock.advance(5_000);
  expect(await firings(t as TriggerId)).toHaveLength(1);
});

test('nothing is read while no trigger waits', async () => {
  const bench = await openTriggerBench();
  await bench.end((await bench.run(await bench.workflow('a'))).id);
  const duty = bench.newDuty();
  duty.begin(1);
  await bench.clock.advance(20_000);
  expect(bench.reads).toEqual([]);
  await bench.trigger('t', { of: 'w-a' as WorkflowId, after: { workflowId: 'w-b' as WorkflowId } });
  await bench.clock.advance(5_000);
  expect(bench.reads).toHaveLength(1);
});
