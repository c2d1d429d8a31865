/** Leaks that are put into memory or rows by hand, and what the reconciler does about them, and about what is well. */
import { AppError } from '@vaquita/core';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const settings = { roundMs: 10_000, stepMs: 1_000, page: 2, patienceMs: 3_000, commandPatienceMs: 20_000 };
const mended = () => bench.master.mends().mended;

async function open() {
  bench = await openMasterBench({ reconciler: settings });
  await bench.settle();
}

test('finds nothing in runs that wait, run and end, however often it looks', async () => {
  await open();
  const worker = bench.joinWorker('w');
  const tasks = [{ name: 'a' }, { name: 'b', type: 'approval' }, { name: 'c', dependsOn: ['a'] }];

  for (let n = 0; n < 5; n++) await bench.start(await bench.createWorkflow(`w${n}`, tasks));
  await bench.clock.advance(120_000);
  for (const { dispatchId } of worker.dispatches.slice()) await worker.result(dispatchId);
  await bench.clock.advance(120_000);
  expect(mended()).toEqual({});
  expect(bench.master.status()?.reconciler).toMatchObject({ suspects: 0, runsChecked: 5, recent: [] });
  expect(bench.master.status()!.reconciler!.rounds).toBeGreaterThan(10);
});

test('brings an open run into memory that the list of open runs had left out', async () => {
  await open();
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  bench.faults.open = async () => ({ items: [], next: null });
  await bench.crashAndRestart();
  expect(bench.master.status()).toMatchObject({ runs: 0 });
  await bench.clock.advance(30_000);
  expect(bench.master.status()).toMatchObject({ runs: 1 });
  expect(mended()).toEqual({ run_not_in_memory: 1 });
  const worker = bench.joinWorker('w');
  await bench.settle();
  expect(worker.dispatches).toHaveLength(1);
  const events = await bench.store.events.after(0, { limit: 100, workflowInstanceId: id });
  expect(events.filter(({ type }) => type === 'engine.mended').map(({ data }) => data.check)).toEqual([
    'run_not_in_memory',
  ]);
});

test('builds a run anew that was changed behind its back, and leaves it alone while it is busy', async () => {
  await open();
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a', type: 'approval' }]));
  const row = await bench.instance(id);
  await bench.store.master.commit(1, {
    ...{ instance: { ...row, runCounter: 7, updatedAt: row.updatedAt + 1 }, assignNumber: false },
    ...{ newTasks: [], changedTasks: [], writtenBefore: new Map(), events: [], outboxPut: [], outboxDone: [] },
    ...{ commandsDone: [], newRuns: [], newCommands: [], newAlerts: [] },
  });
  await bench.clock.advance(30_000);
  expect(mended()).toEqual({ rows_differ: 1 });
  const [task] = await bench.tasks(id);
  await bench.command('approve_task', id, { taskInstanceId: task!.id, comment: '' });
  expect(await bench.instance(id)).toMatchObject({ state: 'success', runCounter: 7 });
});

test('waits for a worker that its row calls online and that nobody has heard of in this term', async () => {
  await open();
  bench.joinWorker('w');
  await bench.settle();
  const { standing: _standing, own: _own, ...facts } = (await bench.store.master.workers.get('worker-w' as never))!;
  await bench.store.master.workers.upsert(1, { ...facts, id: 'worker-x' as never, name: 'x' }, 'It has joined.');
  await bench.clock.advance(120_000);
  expect(mended()).toEqual({ unwatched_worker: 1 });
  expect(await bench.store.master.workers.get('worker-x' as never)).toMatchObject({ state: 'offline' });
});

test('leaves a worker alone whose loss is being written, however often that has to be tried', async () => {
  await open();
  const worker = bench.joinWorker('w');
  await bench.settle();
  let tries = 0;
  bench.faults.setWorkerState = async () => {
    tries += 1;
    throw new AppError('database_busy', 'not now');
  };
  await worker.vanish();
  await bench.clock.advance(120_000);
  expect(tries).toBeGreaterThan(3);
  expect(mended()).toEqual({});
  bench.faults.setWorkerState = null;
  await bench.clock.advance(60_000);
  expect(await bench.store.master.workers.get('worker-w' as never)).toMatchObject({ state: 'offline' });
});

test('waits with the reading of rows that the take-over has not got yet', async () => {
  await open();
  await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  bench.faults.load = () => {
    throw new AppError('database_busy', 'not now');
  };
  await bench.crashAndRestart();
  await bench.clock.advance(120_000);
  bench.faults.load = null;
  await bench.clock.advance(60_000);
  expect(bench.master.status()).toMatchObject({ runs: 1, reconciler: { recent: [] } });
});

/** A run whose row is not what memory has, however often it is built anew. */
async function neverAgrees() {
  await open();
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a', type: 'approval' }]));
  bench.faults.rows = (rows) => ({ ...rows, instance: { ...rows.instance, runCounter: 9 } });
  await bench.crashAndRestart();
  return id;
}

test('gives up what is there again after each mending, and says so once', async () => {
  const id = await neverAgrees();
  await bench.clock.advance(600_000);
  expect(bench.master.mends()).toEqual({ mended: { rows_differ: 3 }, gaveUp: { rows_differ: 1 } });
  const events = await bench.store.events.after(0, { limit: 100, workflowInstanceId: id });
  const outcomes = events.filter(({ type }) => type === 'engine.mended').map(({ data }) => data.outcome);
  expect(outcomes).toEqual(['mended', 'mended', 'mended', 'given_up']);
  expect(bench.master.status()!.reconciler!.recent[0]).toMatchObject({ outcome: 'given_up', subject: id });
});

test('asks little of the database: while nothing is open, a few reads a round, and one page of what is', async () => {
  await open();
  const { reconcile } = bench.store.master;
  const asked: string[] = [];
  for (const name of Object.keys(reconcile) as (keyof typeof reconcile)[]) {
    const verb = reconcile[name] as (...args: unknown[]) => unknown;
    const noted = (...args: unknown[]) => {
      asked.push(name);
      return verb(...args);
    };
    Object.assign(reconcile, { [name]: noted });
  }
  await bench.crashAndRestart();
  await bench.clock.advance(10 * settings.roundMs);
  const { rounds } = bench.master.status()!.reconciler!;
  expect(rounds).toBeGreaterThan(5);
  expect(new Set(asked)).toEqual(new Set(['openRunRows', 'pendingSince', 'workerStates']));
  expect(asked.length).toBeLessThanOrEqual(3 * (rounds + 1));

  for (let n = 0; n < 7; n++) await bench.start(await bench.createWorkflow(`w${n}`, [{ name: 'a', type: 'approval' }]));
  asked.length = 0;
  await bench.clock.advance(settings.roundMs);
  const pages = asked.filter((name) => name === 'openRunRows');
  expect(pages.length).toBeGreaterThanOrEqual(4);
  // Z3: a step a second, and no step has more than one page and what belongs to its runs.
  expect(asked.length).toBeLessThanOrEqual((3 * settings.roundMs) / settings.stepMs);
});
