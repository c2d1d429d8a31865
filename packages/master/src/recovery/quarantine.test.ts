/** Runs that cannot be handled: set aside alone, seen by people, and given another chance without end. */
import { AppError, type WorkflowInstanceId } from '@vaquita/core';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

/** Project parameters that nothing can be made of. */
const UNREADABLE = {
  get region(): string {
    throw new Error('this parameter cannot be read');
  },
};

/** A run whose evaluation throws for as long as it is sick, and one that is well. */
async function openSickRun() {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  let sick: WorkflowInstanceId | undefined;
  let ill = true;
  bench.faults.rows = (rows) => {
    sick ??= rows.instance.id;
    return ill && rows.instance.id === sick ? { ...rows, projectParams: UNREADABLE } : rows;
  };
  const id = await bench.start(workflow);
  return {
    id,
    worker,
    workflow,
    heal() {
      ill = false;
    },
  };
}

async function reasonEvents(id: WorkflowInstanceId) {
  const events = await bench.store.events.after(0, { limit: 500, workflowInstanceId: id });
  return events.filter(({ type }) => type === 'workflow_instance.reason').map(({ data }) => data.quarantine);
}

test('a run whose evaluation throws is set aside: its state and reason stay, everything else goes on', async () => {
  const { id, workflow } = await openSickRun();
  const row = await bench.instance(id);
  expect(row).toMatchObject({ quarantine: { code: 'quarantined', next: expect.stringContaining('retry') } });
  expect(row.reason?.code).not.toBe('quarantined');
  expect(await reasonEvents(id)).toMatchObject([{ code: 'quarantined', text: row.quarantine!.text }]);
  expect(bench.master.status()).toMatchObject({ quarantined: 1 });
  expect(bench.lines.filter((line) => line.startsWith('error A run is set aside'))).toHaveLength(1);
  const other = await bench.start(workflow);
  expect(await bench.instance(other)).toMatchObject({ state: 'running', quarantine: null });
});

test('people are told of it in the unit that writes it, and not again when nothing is new', async () => {
  const { id, workflow } = await openSickRun();
  const told = async () =>
    (await bench.store.alerts.list({ workflowInstanceId: id }, { limit: 10, cursor: null })).items;
  expect(await told()).toMatchObject([
    {
      ...{ kind: 'workflow_quarantined', severity: 'critical', groupName: null, workflowId: workflow },
      message: { text: expect.stringContaining((await bench.instance(id)).quarantine!.text) },
    },
  ]);
  bench.master.nudge();
  await bench.clock.advance(60_000);
  expect(await told()).toHaveLength(1);
});

test('that it goes on is told to those who were told that it is set aside', async () => {
  const { id, heal } = await openSickRun();
  const told = async () =>
    (await bench.store.alerts.list({ workflowInstanceId: id }, { limit: 10, cursor: null })).items
      .map(({ kind, message }) => `${kind} ${message.state}: ${message.title}`)
      .toReversed();
  const opened = expect.stringContaining('workflow_quarantined open');
  expect(await told()).toEqual([opened]);
  heal();
  await bench.command('retry', id);
  await bench.clock.advance(5_000);
  expect(await told()).toEqual([opened, 'workflow_quarantined resolved: No run of "test" is set aside any more']);
});

test('a stop of it is told likewise', async () => {
  const { id } = await openSickRun();
  await bench.command('stop', id);
  await bench.clock.advance(5_000);
  const { items } = await bench.store.alerts.list({ workflowInstanceId: id }, { limit: 10, cursor: null });
  expect(items.map(({ message }) => message.state)).toEqual(['resolved', 'open']);
});

test('a restart tries it again, and leaves it aside without a loop when that fails', async () => {
  const { id } = await openSickRun();
  const { quarantine } = await bench.instance(id);
  await bench.crashAndRestart();
  bench.joinWorker('w');
  await bench.clock.advance(60_000);
  expect(await bench.instance(id)).toMatchObject({ quarantine: { code: quarantine!.code } });
  const errors = bench.lines.filter((line) => line.startsWith('error'));
  expect(errors.length).toBeLessThanOrEqual(2);
  expect((await reasonEvents(id)).length).toBeLessThanOrEqual(3);
});

test('a restart with what was wrong mended goes on with it', async () => {
  const { id, worker, heal } = await openSickRun();
  heal();
  await bench.crashAndRestart();
  expect(worker.dispatches).toEqual([]);
  const back = bench.joinWorker('w');
  await bench.settle();
  await back.ends('a');
  expect(await bench.instance(id)).toMatchObject({ state: 'success', quarantine: null });
  expect((await reasonEvents(id)).at(-1)).toBeNull();
  expect(bench.master.status()).toMatchObject({ quarantined: 0 });
});

test('the command retry tries it again', async () => {
  const { id, worker, heal } = await openSickRun();
  const failed = await bench.command('retry', id);
  await bench.clock.advance(5_000);
  expect(await bench.instance(id)).toMatchObject({ quarantine: { code: 'quarantined' } });
  heal();
  const retry = await bench.command('retry', id);
  await bench.clock.advance(5_000);
  await worker.ends('a');
  expect(await bench.instance(id)).toMatchObject({ state: 'success', quarantine: null });
  for (const command of [failed, retry])
    expect(await bench.store.commands.outcome(command)).toEqual({ done: true, outcome: 'done' });
});

test('a stop ends it, and what was asked of it before is not tried behind its back', async () => {
  const { id } = await openSickRun();
  const stop = await bench.command('stop', id);
  await bench.clock.advance(5_000);
  expect(await bench.instance(id)).toMatchObject({ state: 'stopped', quarantine: null, reason: { code: 'stopped' } });
  expect(await bench.store.commands.outcome(stop)).toEqual({ done: true, outcome: 'done' });
  expect(await bench.store.commands.pendingCount()).toBe(0);
  await bench.crashAndRestart();
  expect(await bench.instance(id)).toMatchObject({ state: 'stopped', quarantine: null });
});

test('a run that its timeout was stopping ends as a failure when it is stopped from its rows', async () => {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]), { timeoutMs: 60_000 });
  await worker.starts('a');
  await bench.clock.advance(60_000);
  expect(await bench.instance(id)).toMatchObject({ state: 'ready_stop', reason: { code: 'workflow_timeout' } });
  bench.faults.commit = () => {
    throw new AppError('internal', 'refused for good');
  };
  await worker.ends('a', 'killed');
  bench.faults.commit = null;
  await bench.command('stop', id);
  await bench.clock.advance(1_000);
  expect(await bench.instance(id)).toMatchObject({ state: 'failure', reason: { code: 'workflow_timeout' } });
});

test('the slots of what is set aside are given to others when it is stopped', async () => {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w', { slots: 1 });
  await bench.settle();
  bench.faults.commit = ({ newTasks }) => {
    if (newTasks.length > 0) throw new AppError('internal', 'refused for good');
  };
  const sick = await bench.start(await bench.createWorkflow('sick', [{ name: 'a' }]));
  bench.faults.commit = null;
  expect(await bench.instance(sick)).toMatchObject({ quarantine: { code: 'quarantined' } });
  await bench.start(await bench.createWorkflow('well', [{ name: 'b' }]));
  expect(worker.dispatches).toEqual([]);
  await bench.command('stop', sick);
  expect(worker.dispatches).toMatchObject([{ taskName: 'b' }]);
});

test('a stop of what is set aside leaves nothing open: no paused task, no order to a worker', async () => {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const tasks = [{ name: 'a' }, { name: 'after', dependsOn: ['a'] }, { name: 'b' }];
  const id = await bench.start(await bench.createWorkflow('three', tasks));
  await bench.command('pause', id);
  await worker.ends('a');
  const [b] = (await bench.tasks(id)).filter(({ name }) => name === 'b');
  await bench.command('kill_task', id, { taskInstanceId: b!.id });
  expect(await bench.states(id)).toEqual({ a: 'success', after: 'paused', b: 'dispatched' });
  expect((await bench.store.master.loadRun(id))!.outbox).toHaveLength(1);
  bench.faults.commit = () => {
    throw new AppError('internal', 'refused for good');
  };
  await worker.ends('b', 'killed');
  bench.faults.commit = null;
  await bench.command('stop', id);
  await bench.clock.advance(1_000);
  expect(await bench.instance(id)).toMatchObject({ state: 'stopped', quarantine: null });
  expect(await bench.states(id)).toEqual({ a: 'success', after: 'killed', b: 'killed' });
  expect((await bench.store.master.loadRun(id))!.outbox).toEqual([]);
});

test('two commands at once rebuild it once', async () => {
  const { id, worker, heal } = await openSickRun();
  heal();
  let loads = 0;
  bench.faults.load = () => {
    loads += 1;
  };
  const commands = [bench.command('retry', id), bench.command('retry', id)];
  await Promise.all(commands);
  await bench.clock.advance(5_000);
  expect(loads).toBe(1);
  await worker.ends('a');
  expect(await bench.instance(id)).toMatchObject({ state: 'success' });
});

test('the command retry tries a run again that could not even be loaded, and says that it has', async () => {
  bench = await openMasterBench();
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  bench.faults.rows = (rows) => ({ ...rows, document: {} as never });
  await bench.crashAndRestart();
  const worker = bench.joinWorker('w');
  await bench.clock.advance(1_000);
  expect(await bench.instance(id)).toMatchObject({ state: 'running', quarantine: { code: 'unrunnable' } });
  expect(bench.master.status()).toMatchObject({ runs: 0, quarantined: 1 });
  bench.faults.rows = null;
  const retry = await bench.command('retry', id);
  const more = await bench.command('retry', id);
  await bench.clock.advance(5_000);
  expect(await bench.store.commands.outcome(retry)).toEqual({ done: true, outcome: 'done' });
  expect(await bench.store.commands.outcome(more)).toEqual({
    done: true,
    outcome: 'nothing to do: the run is not set aside',
  });
  expect(await bench.instance(id)).toMatchObject({ state: 'running', quarantine: null });
  expect(bench.master.status()).toMatchObject({ runs: 1, quarantined: 0 });
  await worker.ends('a');
  expect(await bench.instance(id)).toMatchObject({ state: 'success' });
});

test('tried again, it sends nobody what it has heard the end of while it was set aside', async () => {
  bench = await openMasterBench();
  const worker = bench.joinWorker('w');
  const id = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  bench.faults.commit = () => {
    throw new AppError('internal', 'refused for good');
  };
  await worker.starts('a');
  bench.faults.commit = null;
  await worker.ends('a');
  // Its machine was lost with all that it kept.
  worker.pair.cut();
  const anew = bench.joinWorker('w');
  await bench.settle();
  await bench.command('retry', id);
  await bench.clock.advance(5_000);
  expect(anew.dispatches).toEqual([]);
  expect(await bench.instance(id)).toMatchObject({ state: 'success', quarantine: null });
});
