/** Commits whose answer was lost: whether they were written or not, the run goes on from its rows (Q3). */
import { AppError, type WorkflowInstanceId } from '@vaquita/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const unknown = () => new AppError('outcome_unknown', 'the answer was lost');

async function oneTask() {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  return { worker, workflow: await bench.createWorkflow('one', [{ name: 'a' }]) };
}

/** The next commit loses its answer, before or after it is written. */
function lose(when: 'commit' | 'committed'): void {
  bench.faults[when] = () => {
    bench.faults[when] = null;
    throw unknown();
  };
}

async function told(id: WorkflowInstanceId) {
  const events = await bench.store.events.after(0, { limit: 100, workflowInstanceId: id });
  return events.map(({ type, data }) => `${type} ${data.from ?? ''}>${data.to ?? ''}`);
}

describe.each(['commit', 'committed'] as const)('an answer that is lost at the %s', (when) => {
  test('of a dispatch: the task is sent, and runs once', async () => {
    const { worker, workflow } = await oneTask();
    lose(when);
    const id = await bench.start(workflow);
    await bench.clock.advance(5_000);
    expect(new Set(worker.dispatches.map(({ dispatchId }) => dispatchId)).size).toBe(1);
    await worker.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success', quarantine: null });
    expect(await bench.tasks(id)).toHaveLength(1);
    const events = await told(id);
    expect(events).toEqual([...new Set(events)]);
  });

  test('of a result: it is applied once and acknowledged', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    lose(when);
    await worker.ends('a');
    await bench.clock.advance(5_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(worker.acked()).toContain(worker.dispatchOf('a'));
    const events = await told(id);
    expect(events).toEqual([...new Set(events)]);
  });

  test('of an order to end a task: the worker is told', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    lose(when);
    await bench.command('stop', id);
    await bench.clock.advance(5_000);
    expect(worker.orders).toContainEqual(expect.objectContaining({ type: 'kill', dispatchId: worker.dispatchOf('a') }));
    await worker.ends('a', 'killed');
    expect(await bench.instance(id)).toMatchObject({ state: 'stopped' });
  });

  test('of the end of a run that was set aside: it leaves memory, and its worker is told', async () => {
    const { worker, workflow } = await oneTask();
    const id = await bench.start(workflow);
    await worker.starts('a');
    bench.faults.commit = () => {
      bench.faults.commit = null;
      throw new AppError('internal', 'this unit is refused');
    };
    await worker.ends('a');
    await bench.settle();
    expect(bench.master.status()).toMatchObject({ quarantined: 1 });
    lose(when);
    await bench.command('stop', id);
    await bench.clock.advance(5_000);
    expect(await bench.instance(id)).toMatchObject({ state: 'stopped', quarantine: null });
    expect(bench.master.status()).toMatchObject({ runs: 0, quarantined: 0 });
    expect(worker.acked()).toContain(worker.dispatchOf('a'));
    expect((await told(id)).filter((line) => line.endsWith('>stopped'))).toHaveLength(1);
  });
});

test('a run whose filing lost its answer, and that is in the rows, is taken from them once', async () => {
  const { worker, workflow } = await oneTask();
  lose('committed');
  const filing = bench.filingOf(workflow);
  expect(await bench.begin(filing)).toEqual({ failed: 'outcome_unknown' });
  await bench.clock.advance(5_000);
  expect(new Set(worker.dispatches.map(({ dispatchId }) => dispatchId)).size).toBe(1);
  await worker.ends('a');
  expect(await bench.instance(filing.instance.id)).toMatchObject({ state: 'success' });
});

test('rows are read again only when it is settled what was written', async () => {
  const { worker, workflow } = await oneTask();
  const id = await bench.start(workflow);
  await worker.starts('a');
  const said: string[] = [];
  let isAway = true;
  bench.faults.load = () => void said.push('rows are read');
  bench.faults.settle = () => {
    said.push('is it settled?');
    if (isAway) throw new AppError('unavailable', 'no answer');
  };
  lose('committed');
  await worker.ends('a');
  await bench.clock.advance(300);
  expect(new Set(said)).toEqual(new Set(['is it settled?']));
  isAway = false;
  await bench.clock.advance(5_000);
  expect(said.indexOf('rows are read')).toBe(said.lastIndexOf('is it settled?') + 1);
  expect(await bench.instance(id)).toMatchObject({ state: 'success' });
});

test('however often it happens, no run is set aside for it', async () => {
  const { worker, workflow } = await oneTask();
  let left = 20;
  bench.faults.committed = () => {
    left -= 1;
    if (left >= 0) throw unknown();
  };
  const id = await bench.start(workflow);
  await bench.clock.advance(60_000);
  await worker.ends('a');
  await bench.clock.advance(60_000);
  expect(await bench.instance(id)).toMatchObject({ state: 'success', quarantine: null });
});

test('a stop that comes while it is being settled waits for that', async () => {
  const { worker, workflow } = await oneTask();
  const id = await bench.start(workflow);
  await worker.starts('a');
  let isAway = true;
  bench.faults.settle = () => {
    if (isAway) throw new AppError('unavailable', 'no answer');
  };
  lose('committed');
  await worker.ends('a');
  await bench.command('stop', id);
  await bench.clock.advance(1_000);
  isAway = false;
  await bench.clock.advance(5_000);
  expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  expect((await told(id)).filter((line) => line.includes('>stopped'))).toEqual([]);
});
