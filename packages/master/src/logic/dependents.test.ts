/** Tasks that wait for runs of other workflows, with a real store: told at once, and never for nothing. */
import { AppError } from '@vaquita/core';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const waitFor = (more: object = {}) => [
  { name: 'dep', type: 'dependent', on: { workflow: 'orders', range: 'today', ...more } },
];

async function openOrders() {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const orders = await bench.createWorkflow('orders', [{ name: 'load' }, { name: 'check', dependsOn: ['load'] }]);
  return { worker, orders };
}

test('a dependent run goes on as soon as today’s run of the other workflow has ended', async () => {
  const { worker, orders } = await openOrders();
  const dependent = await bench.start(await bench.createWorkflow('report', waitFor()));
  expect(await bench.states(dependent)).toEqual({ dep: 'running' });
  await bench.start(orders);
  await worker.ends('load');
  expect((await bench.tasks(dependent))[0]?.reason).toMatchObject({ code: 'waiting_for_dependency' });
  await worker.ends('check');
  await bench.settle();
  expect(await bench.instance(dependent)).toMatchObject({ state: 'success' });
  expect(bench.master.status()).toMatchObject({ logic: { asking: 0, watching: 0, reads: 0 } });
});

test('one that waits for a task of it goes on as soon as that task has ended', async () => {
  const { worker, orders } = await openOrders();
  await bench.start(orders);
  const dependent = await bench.start(await bench.createWorkflow('report', waitFor({ task: 'load' })));
  await worker.ends('load');
  await bench.settle();
  expect(await bench.instance(dependent)).toMatchObject({ state: 'success' });
});

test('one that waited before a crash still goes on at once after it', async () => {
  const { worker, orders } = await openOrders();
  await bench.start(orders);
  const dependent = await bench.start(await bench.createWorkflow('report', waitFor()));
  await worker.ends('load');
  const dispatchId = worker.dispatchOf('check')!;
  await bench.crashAndRestart();
  const back = bench.joinWorker('w', { running: [{ dispatchId, epoch: 1, state: 'started' }] });
  await bench.settle();
  await back.result(dispatchId);
  await bench.settle();
  expect(await bench.instance(dependent)).toMatchObject({ state: 'success' });
});

test('a stop ends one that waits, and it is told nothing more', async () => {
  const { worker, orders } = await openOrders();
  await bench.start(orders);
  const dependent = await bench.start(await bench.createWorkflow('report', waitFor()));
  await bench.command('stop', dependent);
  await bench.settle();
  expect(await bench.instance(dependent)).toMatchObject({ state: 'stopped' });
  expect(bench.master.status()).toMatchObject({ logic: { watching: 0 } });
  await worker.ends('load');
  await worker.ends('check');
  expect(await bench.instance(dependent)).toMatchObject({ state: 'stopped' });
});

test('a run that fails tells too, and so does one that is ended from its rows', async () => {
  const { worker, orders } = await openOrders();
  const workflow = await bench.createWorkflow('report', waitFor());
  const first = await bench.start(orders);
  const dependents = [await bench.start(workflow)];
  await worker.ends('load', 'failure');
  await bench.settle();
  expect(await bench.instance(first)).toMatchObject({ state: 'failure' });
  expect(await bench.instance(dependents[0]!)).toMatchObject({ state: 'failure' });

  const second = await bench.start(orders, { businessTime: bench.clock.now() + 1 });
  dependents.push(await bench.start(workflow));
  expect(await bench.states(dependents[1]!)).toEqual({ dep: 'running' });
  bench.faults.commit = ({ instance, changedTasks }) => {
    if (instance?.id === second || changedTasks.some((task) => task.workflowInstanceId === second))
      throw new AppError('internal', 'refused for good');
  };
  await worker.ends('load');
  bench.faults.commit = null;
  await bench.command('stop', second);
  await bench.clock.advance(1_000);
  expect(await bench.instance(second)).toMatchObject({ state: 'stopped' });
  expect(await bench.instance(dependents[1]!)).toMatchObject({ state: 'failure' });
});
