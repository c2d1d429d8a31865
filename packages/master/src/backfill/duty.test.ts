/** The duty of backfills: what it starts and when, and what it does about ends, people and limits. */
import { expect, test } from 'vitest';
import { days, openBackfillBench } from '../testing/backfill-bench.ts';

async function openWith(...names: readonly string[]) {
  const bench = await openBackfillBench();
  const members = await bench.createChain(...names);
  const duty = bench.duty();
  duty.begin(bench.lead());
  const settle = async () => {
    duty.nudge();
    await bench.clock.advance(1_000);
  };
  const endAll = async (state: 'success' | 'failure' = 'success') => {
    for (const { id } of await bench.open()) await bench.setRun(id, state);
    await settle();
  };
  return { bench, members, duty, settle, endAll };
}

test('B3, B4: goes through all levels in order, with no more at once than asked for, and is done', async () => {
  const { bench, members, duty, settle, endAll } = await openWith('orders', 'sums', 'report');
  const id = await bench.create(members, { times: days(3) });
  await settle();
  expect(await bench.filed()).toEqual(['orders 0', 'orders 1']);
  await endAll();
  expect((await bench.filed()).slice(2)).toEqual(['sums 0', 'sums 1']);
  await endAll();
  expect((await bench.filed()).slice(4)).toEqual(['report 0', 'report 1']);
  await endAll();
  expect((await bench.filed()).slice(6)).toEqual(['orders 2']);
  for (let n = 0; n < 3; n++) await endAll();
  expect(await bench.counts(id)).toEqual({ success: 9 });
  expect(await bench.find(id)).toMatchObject({ state: 'done', hold: null, revision: 1 });
  expect(new Set(await bench.filed()).size).toBe(9);
  expect(duty.status().counts).toMatchObject({ started: 9, succeeded: 9, done: 1 });
  const [first] = await bench.runs();
  expect(first).toMatchObject({
    ...{ originKind: 'backfill', originId: id, timezone: 'UTC', priority: 'lowest', createdBy: 'backfill by ann' },
  });
});

test('one after the other, the newest first', async () => {
  const { bench, members, settle, endAll } = await openWith('orders', 'sums');
  await bench.create(members, { times: days(2), order: 'newest_first', parallelism: 1 });
  await settle();
  for (let n = 0; n < 4; n++) await endAll();
  expect(await bench.filed()).toEqual(['orders 1', 'sums 1', 'orders 0', 'sums 0']);
});

test('B3: all backfills together start no more than the limit, and say so', async () => {
  const bench = await openBackfillBench();
  const [a] = await bench.createChain('a');
  const [b] = await bench.createChain('b');
  const duty = bench.duty({ maxRunning: 3 });
  duty.begin(bench.lead());
  await bench.create([a!], { times: days(9), parallelism: 9 });
  const second = await bench.create([b!], { times: days(2) });
  await bench.clock.advance(6_000);
  expect(await bench.open()).toHaveLength(3);
  expect(await bench.find(second)).toMatchObject({ hold: { code: 'backfill_limit' } });
  for (let n = 0; n < 8; n++) {
    for (const { id } of await bench.open()) await bench.setRun(id, 'success');
    await bench.clock.advance(6_000);
    expect((await bench.open()).length).toBeLessThanOrEqual(3);
  }
  expect(await bench.filed()).toHaveLength(11);
  expect(await bench.find(second)).toMatchObject({ state: 'done', hold: null });
});

test('B8: starts nothing while runs wait for room, and says why', async () => {
  const { bench, members, settle } = await openWith('orders');
  bench.waitForRoom(2);
  const id = await bench.create(members);
  await settle();
  expect(await bench.filed()).toEqual([]);
  expect(await bench.find(id)).toMatchObject({
    hold: { code: 'admission', text: expect.stringContaining('2 runs wait') },
  });
  bench.waitForRoom(0);
  await settle();
  expect(await bench.filed()).toHaveLength(2);
  expect((await bench.find(id)).hold).toBeNull();
});

test('B4: a failure blocks what depends on it and nothing else; retry frees it all and runs the rest once more', async () => {
  const { bench, members, settle, endAll } = await openWith('orders', 'sums', 'report');
  const id = await bench.create(members, { times: days(2), parallelism: 9 });
  await settle();
  const [first] = await bench.open();
  await bench.setRun(first!.id, 'failure');
  await settle();
  for (let n = 0; n < 3; n++) await endAll();
  expect(await bench.counts(id)).toEqual({ success: 3, failure: 1, blocked: 2 });
  expect(await bench.find(id)).toMatchObject({ state: 'done' });
  const { items } = await bench.store.backfills.items(id, { state: 'blocked' }, { limit: 9, cursor: null });
  expect(items.map(({ reason }) => reason)).toEqual([
    'orders of 2026-01-01T00:00:00.000Z has failed, and this waits for it.',
    'sums of 2026-01-01T00:00:00.000Z was not run, and this waits for it.',
  ]);
  expect(await bench.change(id, { kind: 'retry' })).toBe(3);
  await settle();
  for (let n = 0; n < 3; n++) await endAll();
  expect(await bench.counts(id)).toEqual({ success: 6 });
  expect(await bench.find(id)).toMatchObject({ state: 'done' });
  expect((await bench.filed()).filter((run) => run === 'orders 0')).toHaveLength(2);
});

test('B5: a run that somebody recovers later counts, and frees what it had blocked, also when all was done', async () => {
  const { bench, members, settle, endAll } = await openWith('orders', 'sums', 'report');
  const id = await bench.create(members, { times: days(1) });
  await settle();
  const [first] = await bench.open();
  await endAll('failure');
  expect(await bench.find(id)).toMatchObject({ state: 'done' });
  await bench.setRun(first!.id, 'running');
  expect(await bench.counts(id)).toEqual({ running: 1, blocked: 2 });
  await bench.setRun(first!.id, 'success');
  expect(await bench.counts(id)).toEqual({ success: 1, blocked: 2 });
  await bench.clock.advance(31_000);
  expect(await bench.find(id)).toMatchObject({ state: 'running', endedAt: null });
  for (let n = 0; n < 2; n++) await endAll();
  expect(await bench.filed()).toEqual(['orders 0', 'sums 0', 'report 0']);
  expect(await bench.counts(id)).toEqual({ success: 3 });
  expect(await bench.find(id)).toMatchObject({ state: 'done' });
});

test('what was freed and is in another backfill by now stays blocked', async () => {
  const { bench, members, settle, endAll } = await openWith('orders', 'sums');
  const id = await bench.create(members, { times: days(1) });
  await settle();
  const [first] = await bench.open();
  await endAll('failure');
  await bench.create([{ ...members[1]!, asks: [] }], { times: days(1), parallelism: 1, state: 'paused' });
  await bench.setRun(first!.id, 'success');
  await bench.clock.advance(31_000);
  expect(await bench.counts(id)).toEqual({ success: 1, blocked: 1 });
});

test('B4: of those that failed the chosen ones run again, and what waited for these alone; the rest is as it was', async () => {
  const { bench, members, settle, endAll } = await openWith('orders', 'sums', 'report');
  const id = await bench.create(members, { times: days(2), parallelism: 9 });
  await settle();
  await endAll('failure');
  expect(await bench.counts(id)).toEqual({ failure: 2, blocked: 4 });
  expect(await bench.find(id)).toMatchObject({ state: 'done' });
  const { items } = await bench.store.backfills.items(id, { state: 'failure' }, { limit: 9, cursor: null });
  const second = items.find(({ businessTime }) => businessTime === days(2)[1])!;
  expect(await bench.change(id, { kind: 'retry', positions: [second.position] })).toBe(1);
  await settle();
  expect(await bench.counts(id)).toEqual({ failure: 1, running: 1, waiting: 2, blocked: 2 });
  for (let n = 0; n < 3; n++) await endAll();
  expect(await bench.counts(id)).toEqual({ failure: 1, success: 3, blocked: 2 });
  expect(await bench.find(id)).toMatchObject({ state: 'done' });
  expect((await bench.filed()).slice(2)).toEqual(['orders 1', 'sums 1', 'report 1']);
});

test('a run that is paused, or that was stopped and let go on, is not over', async () => {
  const { bench, members, settle } = await openWith('orders');
  const id = await bench.create(members, { times: days(2), parallelism: 1 });
  await settle();
  const [first] = await bench.open();
  await bench.setRun(first!.id, 'paused');
  await settle();
  expect(await bench.counts(id)).toEqual({ running: 1, waiting: 1 });
  await bench.setRun(first!.id, 'stopped');
  await settle();
  expect(await bench.counts(id)).toEqual({ failure: 1, running: 1 });
});

test('B2: what was paused goes on where it was, with the parallelism of now', async () => {
  const { bench, members, settle, endAll } = await openWith('orders');
  const id = await bench.create(members, { times: days(6), parallelism: 1 });
  await settle();
  await bench.change(id, { kind: 'pause' });
  await endAll();
  expect(await bench.counts(id)).toEqual({ success: 1, waiting: 5 });
  await bench.change(id, { kind: 'edit', parallelism: 3 });
  await bench.change(id, { kind: 'resume' });
  await settle();
  expect(await bench.counts(id)).toEqual({ success: 1, running: 3, waiting: 2 });
});

test('what was cancelled lets its runs end, and has the state of their ends', async () => {
  const { bench, members, settle, endAll } = await openWith('orders');
  const id = await bench.create(members, { times: days(4) });
  await settle();
  await bench.change(id, { kind: 'cancel' });
  await settle();
  expect(await bench.counts(id)).toEqual({ running: 2, cancelled: 2 });
  await endAll();
  expect(await bench.counts(id)).toEqual({ success: 2, cancelled: 2 });
  expect(await bench.store.backfillQueue.running()).toEqual([]);
  expect(await bench.find(id)).toMatchObject({ state: 'cancelled' });
});

test('waits while a workflow is offline and says so; others of it go on', async () => {
  const { bench, members, settle, endAll } = await openWith('orders', 'sums');
  const id = await bench.create(members, { times: days(2), parallelism: 9 });
  const event = { type: 'workflow.updated' as const, projectId: null, workflowInstanceId: null, taskInstanceId: null };
  const setOnline = (online: boolean) =>
    bench.store.workflows.setOnline(members[1]!.workflowId, online, { ...event, at: 1, data: {} });
  await setOnline(false);
  await settle();
  await endAll();
  expect(await bench.filed()).toEqual(['orders 0', 'orders 1']);
  expect(await bench.find(id)).toMatchObject({ hold: { code: 'offline', text: expect.stringContaining('sums') } });
  await setOnline(true);
  await bench.clock.advance(6_000);
  expect(await bench.filed()).toHaveLength(4);
  expect((await bench.find(id)).hold).toBeNull();
});

test('an item that cannot be started fails with its reason, and so does one whose workflow is gone', async () => {
  const bench = await openBackfillBench();
  const [member] = await bench.createChain('orders');
  await bench.createWorkflow('needy', { params: [{ name: 'day' }] });
  const duty = bench.duty();
  duty.begin(bench.lead());
  const needy = { ...member!, workflowId: 'needy' as never, workflowName: 'needy' };
  const gone = { ...member!, workflowId: 'gone' as never, workflowName: 'gone' };
  const ids = [await bench.create([needy], { times: days(1) }), await bench.create([gone], { times: days(1) })];
  await bench.clock.advance(6_000);
  for (const [n, reason] of ['day', 'not there any more'].entries()) {
    const { items } = await bench.store.backfills.items(ids[n]!, {}, { limit: 1, cursor: null });
    expect(items).toMatchObject([{ state: 'failure', tries: 0, reason: expect.stringContaining(reason) }]);
    expect(await bench.find(ids[n]!)).toMatchObject({ state: 'done' });
  }
  expect(bench.lines).toEqual([]);
});
