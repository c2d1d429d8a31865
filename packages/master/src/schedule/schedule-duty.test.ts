import { AppError, type ScheduleId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { openScheduleBench, START } from '../testing/schedule-bench.ts';
import { decidePage } from './decide-page.ts';

const unknown = () => {
  throw new AppError('outcome_unknown', 'The answer was lost.');
};
const unavailable = () => {
  throw new AppError('unavailable', 'No database.');
};

test('a schedule fires at its times to the millisecond, and its commands are handed on', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  const id = await bench.make('s1');
  bench.duty.nudge();
  await bench.clock.advance(25_000);
  const fires = await bench.fires('s1');
  expect(fires.map(({ fireAt, decidedAt }) => [fireAt - START, decidedAt - START])).toEqual([
    [10_000, 10_000],
    [20_000, 20_000],
  ]);
  const runs = await bench.runs();
  expect(runs.map(({ businessTime }) => businessTime - START)).toEqual([20_000, 10_000]);
  expect(bench.filed.map(({ kind, workflowInstanceId }) => [kind, workflowInstanceId])).toEqual(
    fires.map(({ workflowInstanceId }) => ['start', workflowInstanceId]),
  );
  expect(await bench.store.schedules.find(id)).toMatchObject({ cursorAt: START + 20_000, dueAt: START + 30_000 });
});

test('a schedule that nobody tells of is found at the next poll, and what is enabled does not fire by itself (S3)', async () => {
  const bench = await openScheduleBench({ pollMs: 3_000 });
  bench.lead();
  await bench.clock.advance(9_000);
  await bench.make('s1');
  await bench.clock.advance(6_000);
  expect(await bench.told('s1')).toEqual(['10 run']);
});

test('fire times that came up while nobody led are late, or misfires, and each has its record', async () => {
  const bench = await openScheduleBench();
  await bench.make('s1', { misfire: { policy: 'last', limit: 10, graceMs: 15_000 } });
  await bench.clock.advance(55_000);
  bench.lead();
  await bench.clock.advance(0);
  expect(await bench.told('s1')).toEqual(['10 misfire', '20 misfire', '30 run', '40 run', '50 run']);
});

test('a unit that is refused writes nothing and is decided anew (S1)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1');
  let failures = 0;
  bench.faults.before = () => {
    failures += 1;
    if (failures < 4) unavailable();
  };
  await bench.clock.advance(12_000);
  expect(failures).toBeGreaterThan(3);
  bench.faults.before = null;
  await bench.clock.advance(10_000);
  expect(await bench.told('s1')).toEqual(['10 run', '20 run']);
});

test('an answer that is lost neither loses nor doubles a fire time (S1)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1');
  await bench.clock.advance(9_000);
  bench.faults.after = unknown;
  await bench.clock.advance(12_000);
  bench.faults.after = null;
  await bench.clock.advance(10_000);
  expect(await bench.told('s1')).toEqual(['10 run', '20 run', '30 run']);
  expect(await bench.runs()).toHaveLength(3);
});

test('a unit that lands after its answer was lost, and after the next look, is written once (S1)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1');
  await bench.clock.advance(9_000);
  const { scheduleQueue } = bench.store;
  bench.faults.before = unknown;
  const row = (await scheduleQueue.due(START + 10_000, 1))[0]!;
  await bench.clock.advance(1_000);
  // The same decision again, by a process that has read the same.
  const { steps } = decidePage([row], await scheduleQueue.surroundings([row]), START + 10_000);
  bench.faults.before = null;
  await bench.clock.advance(1_000);
  await expect(scheduleQueue.advance(1, steps)).rejects.toMatchObject({ code: 'conflict' });
  expect(await bench.told('s1')).toEqual(['10 run']);
  expect(await bench.runs()).toHaveLength(1);
});

test('a leader that dies between reading and writing leaves everything to the next (S1)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1', { misfire: { policy: 'none', limit: 1, graceMs: 60_000 } });
  await bench.clock.advance(9_000);
  bench.faults.before = () => {
    bench.faults.before = null;
    bench.crash();
  };
  await bench.clock.advance(2_000);
  expect(await bench.told('s1')).toEqual(['10 run']);
  expect(await bench.runs()).toHaveLength(1);
});

test('who does not lead any more writes nothing, and the next leader goes on from the rows', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1');
  await bench.clock.advance(15_000);
  bench.store.leader.set(99);
  await bench.clock.advance(60_000);
  expect(await bench.told('s1')).toEqual(['10 run']);
  expect(bench.logged).toEqual(['Another server leads; schedules are left to it.']);
  bench.store.leader.set(99);
  bench.duty.begin(99);
  await bench.clock.advance(0);
  expect((await bench.told('s1')).slice(0, 2)).toEqual(['10 run', '20 run']);
  expect(await bench.fires('s1')).toHaveLength(7);
});

test('what a person changes meanwhile wins (S2)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  const id = await bench.make('s1');
  await bench.make('s2');
  const { schedules } = bench.store;
  await bench.clock.advance(5_000);
  bench.faults.before = () => {
    bench.faults.before = null;
    // Between the reading and the writing.
    void schedules.setOnline(id, false, { by: 'bob', at: bench.clock.now() });
  };
  await bench.clock.advance(6_000);
  expect(await bench.told('s1')).toEqual(['10 schedule_changed']);
  expect(await bench.told('s2')).toEqual(['10 run']);
  expect(await bench.runs()).toHaveLength(1);
});

test('an edit meanwhile has the fire time acted on as it says (S2)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  const id = await bench.make('s1');
  const { schedules } = bench.store;
  await bench.clock.advance(5_000);
  const { start } = (await schedules.find(id))!;
  bench.faults.before = () => {
    bench.faults.before = null;
    const change = { start: { ...start, priority: 'highest' as const }, by: 'bob', at: bench.clock.now() };
    void schedules.update({ id, revision: 1 }, change);
  };
  await bench.clock.advance(6_000);
  expect(await bench.runs()).toMatchObject([{ priority: 'highest' }]);
});

test('a clock that steps back has nothing fire twice, and one that was ahead silences nothing (S4)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1', { misfire: { policy: 'last', limit: 1, graceMs: 15_000 } });
  await bench.clock.advance(21_000);
  bench.clock.set(START + 5_000);
  await bench.clock.advance(14_000);
  expect(await bench.told('s1')).toEqual(['10 run', '20 run']);
  // An hour ahead, for a moment.
  bench.clock.set(START + 3_600_000);
  await bench.clock.advance(5_000);
  expect(await bench.fires('s1')).toHaveLength(360);
  bench.clock.set(START + 25_000);
  await bench.clock.advance(60_000);
  const told = await bench.told('s1');
  expect(told.slice(0, 8)).toEqual(['10 run', '20 run', '30 run', '40 run', '50 run', '60 run', '70 run', '80 run']);
  const ahead = told.slice(8);
  // Runs cannot be taken back: these fire times have theirs.
  expect(ahead).toEqual(['3580 run', '3590 run', '3600 run']);
  await bench.clock.advance(3_600_000);
  const all = await bench.fires('s1');
  expect(all.map(({ fireAt }) => fireAt - START)).toEqual(all.map((_, index) => (index + 1) * 10_000));
  expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['run']));
});

test('a schedule that was offline when the clock was put right goes on at the right time as well (S4)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  const id = await bench.make('s1');
  const { schedules } = bench.store;
  bench.clock.set(START + 3_600_000);
  await bench.clock.advance(5_000);
  await schedules.setOnline(id, false, { by: 'bob', at: bench.clock.now() });
  bench.clock.set(START + 20_000);
  await bench.clock.advance(10_000);
  await schedules.setOnline(id, true, { by: 'bob', at: bench.clock.now() });
  bench.duty.nudge();
  await bench.clock.advance(25_000);
  const onTime = (await bench.fires('s1')).filter(({ decidedAt }) => decidedAt < START + 3_600_000);
  expect(onTime.map(({ fireAt, outcome }) => [(fireAt - START) / 1_000, outcome])).toContainEqual([50, 'run']);
});

test('a thousand that are due at one instant are read and written in a few steps', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  for (let n = 0; n < 1_000; n++) await bench.make(`s${String(n).padStart(4, '0')}`);
  bench.duty.nudge();
  await bench.clock.advance(9_999);
  for (const name of Object.keys(bench.reads)) bench.reads[name] = 0;
  await bench.clock.advance(1);
  expect(bench.filed).toHaveLength(1_000);
  expect(new Set(bench.filed.map(({ id }) => id)).size).toBe(1_000);
  expect(bench.reads).toEqual({ due: 3, surroundings: 2, advance: 10 });
});

test('schedules rest while their workflow is offline, and no fire time of that while is made up for', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1', { misfire: { policy: 'all', limit: 100, graceMs: 60_000 } });
  await bench.clock.advance(11_000);
  await bench.setWorkflowOnline(false);
  await bench.clock.advance(31_000);
  await bench.setWorkflowOnline(true);
  await bench.clock.advance(10_000);
  expect(await bench.told('s1')).toEqual(['10 run', '50 run']);
});

test('a definition that does not fit any more skips, with the reason, and goes on when it fits', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  const id = await bench.make('s1');
  const { schedules } = bench.store;
  const { start } = (await schedules.find(id))!;
  await schedules.update(
    { id, revision: 1 },
    { start: { ...start, startTasks: ['gone'] }, by: 'bob', at: bench.clock.now() },
  );
  await bench.clock.advance(10_000);
  const wrong = (await bench.fires('s1'))[0]!;
  expect(wrong.reason).toContain('There is no task named "gone"');
  await schedules.update({ id, revision: 2 }, { start: { ...start, version: 7 }, by: 'bob', at: bench.clock.now() });
  await bench.clock.advance(10_000);
  await schedules.update({ id, revision: 3 }, { start, by: 'bob', at: bench.clock.now() });
  await bench.clock.advance(10_000);
  expect(await bench.told('s1')).toEqual(['10 definition', '20 definition', '30 run']);
  expect((await bench.fires('s1'))[1]!.reason).toBe('Workflow "etl" has no version 7.');
});

test('a schedule whose alert group is gone runs all the same, and its run still names the group', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1');
  await bench.clock.advance(10_000);
  expect(await bench.store.alertGroups.find('ops')).toBeUndefined();
  expect(await bench.told('s1')).toEqual(['10 run']);
  expect(await bench.runs()).toMatchObject([{ alertOn: 'failure', alertGroup: 'ops' }]);
});

test('what waits goes on as soon as the run before it has ended, whoever tells of it (S5)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1', { overlap: { policy: 'queue', limit: 2 } });
  await bench.clock.advance(41_000);
  expect(await bench.told('s1')).toEqual(['10 run', '20 queued', '30 queued', '40 queue_full']);
  const [first] = await bench.runs();
  await bench.endRun(first!.id);
  await bench.clock.advance(0);
  expect(await bench.told('s1')).toEqual(['10 run', '20 run', '30 queued', '40 queue_full']);
  expect(bench.filed).toHaveLength(2);
  const second = (await bench.runs()).find(({ state }) => state !== 'success')!;
  expect(second.businessTime - START).toBe(20_000);
  // Nobody tells of the end of this one.
  const { duty } = bench;
  const runsChanged = duty.runsChanged;
  Object.assign(duty, { runsChanged() {} });
  await bench.endRun(second.id);
  Object.assign(duty, { runsChanged });
  await bench.clock.advance(5_000);
  expect(await bench.told('s1')).toEqual(['10 run', '20 run', '30 run', '40 queue_full']);
});

test('many changes while something waits have it looked at now and then, not each time', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1', { overlap: { policy: 'queue', limit: null } });
  await bench.clock.advance(25_000);
  bench.reads.due = 0;
  for (let n = 0; n < 1_000; n++) {
    bench.duty.runsChanged();
    await bench.clock.advance(1);
  }
  expect(bench.reads.due).toBeLessThan(20);
});

test('runs that end during a look that finds nothing waiting leave the duty at rest', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  for (let turn = 0; turn < 100; turn++) {
    await null;
    bench.duty.runsChanged();
  }
  await bench.clock.advance(0);
  bench.reads.due = 0;
  await bench.clock.advance(10_000);
  expect(bench.reads.due).toBeLessThan(10);
});

test('a new leader goes on with what waits', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1', { overlap: { policy: 'queue', limit: null } });
  await bench.clock.advance(21_000);
  await bench.duty.end();
  const [first] = await bench.runs();
  await bench.endRun(first!.id);
  bench.crash();
  await bench.clock.advance(0);
  expect(await bench.told('s1')).toEqual(['10 run', '20 run']);
});

test('cancel_old stops the run before it in the unit that starts the next', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1', { overlap: { policy: 'cancel_old', limit: null } });
  await bench.clock.advance(20_000);
  expect(await bench.told('s1')).toEqual(['10 run', '20 run']);
  const [second, first] = await bench.runs();
  expect(bench.filed.map(({ kind, workflowInstanceId }) => [kind, workflowInstanceId])).toEqual([
    ['start', first!.id],
    ['stop', first!.id],
    ['start', second!.id],
  ]);
  const pending = await bench.store.master.pendingCommands(10);
  expect(pending).toHaveLength(3);
  expect(pending.find(({ kind }) => kind === 'stop')).toMatchObject({ createdBy: 'schedule s1' });
});

test('a schedule that nothing can be decided about is left alone, and holds up no other (S6)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  await bench.make('s1', { times: { kind: 'cron', expression: 'no cron', dst: 'skip' } });
  await bench.make('s2');
  await bench.clock.advance(12_000);
  expect(await bench.told('s1')).toEqual([]);
  expect(await bench.told('s2')).toEqual(['10 run']);
  expect(bench.logged).toEqual(['A schedule could not be dealt with; it is left alone for a while.']);
  await bench.clock.advance(60_000);
  expect(bench.logged.length).toBeLessThan(4);
});

test('the row of one that is left alone says why, until somebody mends it, and then it is looked at at once (S6)', async () => {
  const bench = await openScheduleBench();
  bench.lead();
  const { schedules, scheduleQueue } = bench.store;
  const id = await bench.make('s1', { times: { kind: 'cron', expression: 'no cron', dst: 'skip' } });
  await bench.clock.advance(65_000);
  const broken = (await schedules.find(id))!;
  expect(broken.problem).toMatchObject({ text: expect.stringContaining('"no cron" is not right') });
  // It has been tried again since.
  expect(bench.logged.length).toBeGreaterThan(1);
  expect(broken.problem!.since).toBeLessThanOrEqual(START + 5_000);
  expect(await scheduleQueue.figures()).toMatchObject({ failing: 1 });
  const { plan } = broken;
  const times = { kind: 'interval', everyMs: 10_000, anchorAt: START } as const;
  await schedules.update(broken, { plan: { ...plan, times }, by: 'bob', at: bench.clock.now() });
  expect((await schedules.find(id))!.problem).toBeNull();
  bench.duty.nudge();
  await bench.clock.advance(5_000);
  expect((await bench.told('s1')).at(-1)).toBe('70 run');
});

test('what could not be written for a while is well when it was written, and its row says so (S6)', async () => {
  const bench = await openScheduleBench({ unit: 1 });
  bench.lead();
  const id = await bench.make('s1');
  const find = async () => (await bench.store.schedules.find(id))!;
  bench.faults.before = () => {
    throw new AppError('internal', 'A constraint failed.');
  };
  await bench.clock.advance(11_000);
  expect((await find()).problem).toEqual({ text: 'A constraint failed.', since: START });
  bench.faults.before = null;
  await bench.clock.advance(30_000);
  expect((await find()).problem).toBeNull();
  expect((await bench.told('s1')).slice(0, 3)).toEqual(['10 run', '20 run', '30 run']);
});

test('a schedule whose unit is always refused is left alone, and holds up no other (S6)', async () => {
  const bench = await openScheduleBench({ unit: 1 });
  bench.lead();
  await bench.make('s1');
  await bench.make('s2');
  await bench.clock.advance(5_000);
  let refused = 0;
  const odd = new AppError('internal', 'A constraint failed.');
  bench.faults.before = () => {
    refused += 1;
    if (refused === 1) throw odd;
  };
  await bench.clock.advance(6_000);
  expect([...(await bench.told('s1')), ...(await bench.told('s2'))]).toEqual(['10 run']);
  await bench.clock.advance(36_000);
  for (const id of ['s1', 's2']) expect((await bench.told(id)).slice(0, 3)).toEqual(['10 run', '20 run', '30 run']);
});

test('records say what became of very many fire times that were missed together', async () => {
  const bench = await openScheduleBench();
  const id = await bench.make('s1', { times: { kind: 'interval', everyMs: 1_000, anchorAt: START } });
  await bench.clock.advance(20_000_000);
  bench.lead();
  await bench.clock.advance(0);
  const fires = await bench.fires('s1');
  expect(fires.reduce((sum, { fires: count }) => sum + count, 0)).toBe(20_000);
  expect(fires.filter(({ fires: count }) => count > 1)).toMatchObject([
    { fires: 10_000, outcome: 'missed', reasonCode: 'misfire' },
    { fires: 8_939, outcome: 'missed' },
  ]);
  expect((await bench.runs()).length).toBe(61);
  expect(await bench.store.schedules.find(id as ScheduleId)).toMatchObject({ dueAt: START + 20_001_000 });
});
