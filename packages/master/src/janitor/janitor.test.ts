/** The janitor of a leader: what it removes, what it leaves, and that nobody else is disturbed. */
import type { WorkflowInstanceId } from '@vaquita/core';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';
import { JANITOR_DEFAULTS } from './settings.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const DAY_MS = 86_400_000;
const settings = {
  ...JANITOR_DEFAULTS,
  policy: { keepMs: DAY_MS, keepRuns: 5, keepAtLeast: 1 },
  ...{ keepAuditMs: null, everyMs: 30 * DAY_MS, pauseMs: 10, rowsAtOnce: 20 },
};

async function open(more: object = {}) {
  bench = await openMasterBench({ janitor: { ...settings, ...more }, reconciler: null });
  const worker = bench.joinWorker('w');
  await bench.settle();
  return worker;
}

const isThere = async (id: WorkflowInstanceId) => (await bench.store.instances.find(id)) !== undefined;

/** Begins a pass and lets it end. */
async function clean() {
  bench.master.cleanUp();
  await bench.clock.advance(5_000);
  return bench.master.status()!.janitor!.lastPass!;
}

test('removes runs that are old with their tasks, events and logs, keeps the newest, and puts that on record', async () => {
  const worker = await open();
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  const runs: WorkflowInstanceId[] = [];
  for (let n = 0; n < 4; n++) {
    runs.push(await bench.start(workflow));
    await worker.ends('a');
    const [task] = await bench.tasks(runs[n]!);
    await bench.logs.append(task!.id, 0, new TextEncoder().encode('hello'));
  }
  const [task] = await bench.tasks(runs[0]!);
  expect(await clean()).toMatchObject({ runs: 0, left: 0, error: null });
  await bench.clock.advance(DAY_MS);
  expect(await clean()).toMatchObject({ runs: 3 });
  expect(bench.master.cleaned()).toMatchObject({ runs: 3, taskInstances: 3, logs: 3, logBytes: 15 });
  expect(await Promise.all(runs.map(isThere))).toEqual([false, false, false, true]);
  expect(await bench.logs.size(task!.id)).toBe(0);
  expect(await bench.store.events.after(0, { limit: 100, workflowInstanceId: runs[0]! })).toEqual([]);
  const { items } = await bench.store.requests.auditLog({ limit: 10, cursor: null });
  expect(items).toMatchObject([{ actor: 'janitor', action: 'janitor.pass', data: { runs: 3, logBytes: 15 } }]);
  const next = await bench.start(workflow);
  expect(await bench.instance(next)).toMatchObject({ number: 5 });
});

test('keeps so many runs of a workflow, whatever their age', async () => {
  const worker = await open({ policy: { keepMs: null, keepRuns: 2, keepAtLeast: 1 } });
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  const runs: WorkflowInstanceId[] = [];
  for (let n = 0; n < 5; n++) {
    runs.push(await bench.start(workflow));
    if (n !== 1) await worker.ends('a');
  }
  expect(await clean()).toMatchObject({ runs: 2 });
  // The second one still runs.
  expect(await Promise.all(runs.map(isThere))).toEqual([false, true, false, true, true]);
});

test('removes a run that is too large for one unit bit by bit, and while it does others run', async () => {
  const worker = await open({ rowsAtOnce: 6 });
  const tasks = Array.from({ length: 15 }, (_, n) => ({ name: `t${n}` }));
  const large = await bench.start(await bench.createWorkflow('large', tasks));
  for (let n = 0; n < 15; n++) {
    await bench.settle();
    await worker.ends(`t${n}`);
  }
  expect(await bench.instance(large)).toMatchObject({ state: 'success' });
  const again = await bench.start(await bench.createWorkflow('large-2', tasks));
  await bench.command('stop', again);
  await bench.clock.advance(2 * DAY_MS);
  await bench.start((await bench.instance(large)).workflowId);
  const other = await bench.createWorkflow('other', [{ name: 'x' }]);
  bench.master.cleanUp();
  await bench.clock.advance(15);
  expect(await bench.store.instances.find(large)).toMatchObject({ quarantine: { code: 'being_removed' } });
  const live = await bench.start(other);
  expect(await bench.states(live)).toEqual({ x: 'submitted' });
  await bench.clock.advance(5_000);
  expect(await isThere(large)).toBe(false);
  expect(bench.master.cleaned()).toMatchObject({ runs: 1, taskInstances: 15 });
});

test.each(['retry', 'stop', 'rerun'] as const)('refuses to %s a run whose removal has begun', async (kind) => {
  const worker = await open({ rowsAtOnce: 6 });
  const tasks = Array.from({ length: 15 }, (_, n) => ({ name: `t${n}` }));
  const workflow = await bench.createWorkflow('large', tasks);
  const large = await bench.start(workflow);
  for (let n = 0; n < 15; n++) {
    await bench.settle();
    await worker.ends(`t${n}`);
  }
  await bench.command('stop', await bench.start(workflow));
  await bench.clock.advance(2 * DAY_MS);
  await bench.start(workflow);
  bench.master.cleanUp();
  await bench.clock.advance(15);
  expect(await bench.store.instances.find(large)).toMatchObject({ quarantine: { code: 'being_removed' } });
  const command = await bench.command(kind, large);
  expect(await bench.store.commands.outcome(command)).toMatchObject({ outcome: 'rejected: it is being removed' });
  await bench.clock.advance(5_000);
  expect(await isThere(large)).toBe(false);
});

test('goes on after a crash with a run whose removal had begun', async () => {
  const worker = await open({ rowsAtOnce: 6 });
  const tasks = Array.from({ length: 4 }, (_, n) => ({ name: `t${n}` }));
  const workflow = await bench.createWorkflow('large', tasks);
  const large = await bench.start(workflow);
  for (let n = 0; n < 4; n++) await worker.ends(`t${n}`);
  await bench.start(workflow);
  await bench.clock.advance(DAY_MS);
  bench.master.cleanUp();
  await bench.clock.advance(15);
  expect(await bench.store.instances.find(large)).toMatchObject({ quarantine: { code: 'being_removed' } });
  await bench.crashAndRestart();
  await bench.settle();
  await clean();
  expect(await isThere(large)).toBe(false);
});

test('leaves a run that somebody orders to go on in the last moment, and removes the others', async () => {
  const worker = await open();
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  const [first, second] = [await bench.start(workflow), await bench.start(workflow)];
  await bench.settle();
  for (const { dispatchId } of worker.dispatches.slice()) await worker.result(dispatchId);
  await bench.start(workflow);
  await bench.clock.advance(DAY_MS);
  const { retention } = bench.store.master;
  const weigh = retention.weigh;
  retention.weigh = async (...args) => {
    retention.weigh = weigh;
    await bench.store.commands.file({
      ...{
        id: bench.ids.next<'command'>(),
        kind: 'rerun',
        workflowInstanceId: first!,
        payload: {},
        priority: 'medium',
      },
      ...{ createdBy: 'ann', createdAt: bench.clock.now() },
    });
    return weigh(...args);
  };
  await clean();
  expect([await isThere(first!), await isThere(second!)]).toEqual([true, false]);
  expect(await bench.instance(first!)).toMatchObject({ state: 'running', runCounter: 2 });
});

test('leaves what a waiting task may ask for', async () => {
  const worker = await open();
  const orders = await bench.createWorkflow('orders', [{ name: 'a' }]);
  const old = await bench.start(orders);
  await worker.ends('a');
  await bench.start(orders);
  await worker.ends('a', 'failure');
  await bench.clock.advance(3 * DAY_MS);
  await clean();
  const on = { workflow: 'orders', range: 'today' };
  const dependent = await bench.start(await bench.createWorkflow('report', [{ name: 'dep', type: 'dependent', on }]));
  expect(await bench.states(dependent)).toEqual({ dep: 'running' });
  expect(await isThere(old)).toBe(false);
  const second = await bench.start(orders);
  await bench.clock.advance(2 * DAY_MS);
  await clean();
  expect(bench.master.cleaned()).toMatchObject({ runs: 1 });
  expect(await isThere(second)).toBe(true);
});

test('does nothing once another server leads', async () => {
  const worker = await open();
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  const run = await bench.start(workflow);
  await worker.ends('a');
  await bench.start(workflow);
  await bench.clock.advance(DAY_MS);
  bench.store.leader.set(99);
  bench.master.cleanUp();
  await bench.clock.advance(5_000);
  expect(await isThere(run)).toBe(true);
});

test('logs and files that a dead server has left without a run go when they are older than what is kept (S1)', async () => {
  const worker = await open({ policy: { keepMs: 2 * DAY_MS, keepRuns: null, keepAtLeast: 1 } });
  const run = await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  await worker.ends('a');
  const [task] = await bench.tasks(run);
  const orphan = bench.ids.next<'task-instance'>();
  for (const id of [task!.id, orphan]) await bench.logs.append(id, 0, new TextEncoder().encode('hello'));
  expect(await clean()).toMatchObject({ logs: 0 });
  await bench.clock.advance(1.5 * DAY_MS);
  const young = bench.ids.next<'task-instance'>();
  await bench.logs.append(young, 0, new TextEncoder().encode('hello'));
  await bench.clock.advance(DAY_MS);
  expect(await clean()).toMatchObject({ runs: 0, logs: 1, logBytes: 5 });
  expect(await Promise.all([task!.id, orphan, young].map((id) => bench.logs.size(id)))).toEqual([5, 0, 5]);
});
