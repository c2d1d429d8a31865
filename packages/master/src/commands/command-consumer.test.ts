import type { CommandRow } from '@vaquita/core';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

async function outcome(id: string): Promise<string | null | undefined> {
  return (await bench.store.commands.outcome(id))?.outcome;
}

test('a command that this server does not know is rejected with the reason, and holds up no other', async () => {
  bench = await openMasterBench();
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  const unknown = await bench.command('levitate' as CommandRow['kind'], id);
  const stop = await bench.command('stop', id);
  expect(await outcome(unknown)).toBe('rejected: this server knows no command "levitate"');
  expect(await outcome(stop)).toBe('done');
});

test('commands of one run that are read together reach it in the order of filing, whatever their priority (C2)', async () => {
  bench = await openMasterBench();
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  const priorities = { pause: 'lowest', resume: 'highest', stop: 'high' } as const;
  const rows = (['pause', 'resume', 'stop'] as const).map(
    (kind): CommandRow => ({
      ...{ id: bench.ids.next<'command'>(), kind, workflowInstanceId: id, payload: {} },
      ...{ priority: priorities[kind], createdBy: 'test', createdAt: bench.clock.now() },
    }),
  );
  await bench.store.commands.fileAll(rows);
  bench.master.nudge();
  await bench.settle();
  expect(await bench.instance(id)).toMatchObject({ state: 'stopped' });
  const outcomes = await Promise.all(rows.map((row) => outcome(row.id)));
  expect(outcomes).toEqual(['done', 'done', 'done']);
});

test('when one cannot be handed over, those after it wait and keep their order', async () => {
  bench = await openMasterBench();
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  await bench.command('stop', id);
  await bench.crashAndRestart();
  let fail = true;
  bench.faults.load = () => {
    if (fail) throw new Error('the database is away');
  };
  const rerun = await bench.command('rerun', id);
  const stop = await bench.command('stop', id);
  expect([await outcome(rerun), await outcome(stop)]).toEqual([null, null]);
  fail = false;
  await bench.clock.advance(5_000);
  expect(await outcome(rerun)).toBe('done');
  expect(await outcome(stop)).toBe('done');
});

test('a start that was filed a moment ago is taken as it is told, and once', async () => {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  bench.faults.pending = () => new Promise(() => {});
  await bench.crashAndRestart();
  bench.joinWorker('w');
  const id = await bench.start(workflow);
  expect((await bench.instance(id)).state).toBe('submitted');
  const [filed] = await bench.store.master.pendingCommands(1);
  bench.master.nudge(filed);
  bench.master.nudge(filed);
  await bench.settle();
  expect(await bench.instance(id)).toMatchObject({ state: 'running', number: 1 });
  expect(await bench.store.commands.pendingCount()).toBe(0);
  expect(worker.dispatches).toHaveLength(0);
});

test('a start that cannot be taken as it is told is taken from its row', async () => {
  bench = await openMasterBench();
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  const { pendingCommands } = bench.store.master;
  bench.faults.pending = async () => [];
  const id = await bench.start(workflow);
  const [filed] = await pendingCommands(1);
  bench.faults.pending = null;
  bench.faults.load = () => {
    bench.faults.load = null;
    throw new Error('the database is away');
  };
  bench.master.nudge(filed);
  await bench.clock.advance(5_000);
  expect((await bench.instance(id)).state).toBe('running');
});
