/** Runs that start runs, with the server dying around every commit: never a second child, never a lost end. */
import { AppError, type DispatchId, isWorkflowTerminal, type WorkflowInstanceId } from '@vaquita/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench, type TestWorker } from '../testing/index.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const SUB = [
  { name: 'before' },
  { name: 'sub', type: 'sub_workflow', workflow: 'child', dependsOn: ['before'] },
  { name: 'after', dependsOn: ['sub'] },
];

const FAN = [
  {
    name: 'fan',
    type: 'dynamic',
    workflow: 'child',
    lists: [{ name: 'n', values: ['1', '2', '3'] }],
    parallelism: 2,
    dependsOn: ['before'],
  },
];

async function openParent(tasks: readonly object[] = SUB) {
  bench = await openMasterBench();
  await bench.createWorkflow('child', [{ name: 'work' }]);
  return bench.createWorkflow('parent', tasks as never);
}

async function childrenOf(parent: WorkflowInstanceId) {
  return (await bench.store.instances.list({ parentId: parent }, { limit: 100, cursor: null })).items;
}

/** A worker that ends whatever it is sent, and outlives the server: what it holds it reports to the next one. */
function createSturdyWorker() {
  const running = new Set<DispatchId>();
  const unsent = new Set<DispatchId>();
  const seen = new Set<DispatchId>();
  let worker: TestWorker = bench.joinWorker('w');
  function take(): void {
    for (const { dispatchId } of worker.dispatches) {
      if (seen.has(dispatchId)) continue;
      seen.add(dispatchId);
      running.add(dispatchId);
    }
    for (const dispatchId of worker.acked()) unsent.delete(dispatchId);
  }
  return {
    /** Ends everything it holds. */
    async work(): Promise<void> {
      take();
      for (const dispatchId of [...running]) {
        running.delete(dispatchId);
        unsent.add(dispatchId);
        await worker.result(dispatchId);
      }
      take();
    },
    async rejoin(): Promise<void> {
      take();
      worker = bench.joinWorker('w', {
        running: Array.from(running, (dispatchId) => ({ dispatchId, epoch: 1, state: 'started' as const })),
        unsent: Array.from(unsent, (dispatchId) => ({ dispatchId, epoch: 1 })),
      });
      await bench.settle();
      for (const dispatchId of unsent) await worker.result(dispatchId);
    },
  };
}

/** Lets the run go on until it has ended, or for as long as that should take. */
async function finish(id: WorkflowInstanceId, worker: ReturnType<typeof createSturdyWorker>): Promise<void> {
  for (let round = 0; round < 60 && !isWorkflowTerminal((await bench.instance(id)).state); round++) {
    await worker.work();
    await bench.clock.advance(1_000);
  }
}

/** The server dies at its nth commit from now: before it is written, or after, with nobody told. */
function dieAt(nth: number, written: boolean): { readonly dead: () => boolean } {
  let count = 0;
  let dead = false;
  bench.faults.commit = async (unit) => {
    count += 1;
    if (count < nth) return;
    dead = true;
    if (count === nth && written) await bench.store.master.commit(bench.master.status()!.epoch, unit);
    await new Promise(() => {});
  };
  return { dead: () => dead };
}

describe.each([true, false])('a server that dies at a commit, written: %s', (written) => {
  test.each([
    ['sub_workflow', SUB, 1],
    ['dynamic', [{ name: 'before' }, ...FAN, { name: 'after', dependsOn: ['fan'] }], 3],
  ])('%s starts each child once, and the parent ends with them', async (_, tasks, count) => {
    let crashes = 0;
    for (let nth = 1; ; nth++) {
      const workflow = await openParent(tasks);
      const worker = createSturdyWorker();
      await bench.settle();
      const { dead } = dieAt(nth, written);
      const id = await bench.start(workflow);
      await finish(id, worker);
      if (dead()) {
        crashes += 1;
        bench.faults.commit = null;
        await bench.crashAndRestart();
        await worker.rejoin();
        await finish(id, worker);
      }
      expect(await bench.instance(id), `crash at commit ${nth}`).toMatchObject({ state: 'success' });
      expect(Object.values(await bench.states(id))).toEqual(['success', 'success', 'success']);
      const children = await childrenOf(id);
      expect(new Set(children.map(({ childIndex }) => childIndex)).size).toBe(count);
      expect(children.map(({ state }) => state)).toEqual(Array.from({ length: count }, () => 'success'));
      expect(await bench.store.commands.pendingCount()).toBe(0);
      if (!dead()) break;
      await bench.master.close();
    }
    expect(crashes).toBeGreaterThanOrEqual(7);
  });
});

describe.each([true, false])('an order to a parent, and a server that dies; written: %s', (written) => {
  test.each(['stop', 'pause', 'resume'] as const)('%s reaches the children, and nothing is left', async (kind) => {
    for (let nth = 1, died = true; died; nth++) {
      const workflow = await openParent([{ name: 'before' }, ...FAN, { name: 'after', dependsOn: ['fan'] }]);
      const worker = createSturdyWorker();
      const id = await bench.start(workflow);
      await worker.work();
      expect(await childrenOf(id)).toHaveLength(2);
      if (kind === 'resume') {
        await bench.command('pause', id);
        await finish(id, worker);
        expect(await bench.instance(id)).toMatchObject({ state: 'paused' });
      }
      const { dead } = dieAt(nth, written);
      await bench.command(kind, id);
      await finish(id, worker);
      died = dead();
      bench.faults.commit = null;
      if (died) {
        await bench.crashAndRestart();
        await worker.rejoin();
        await finish(id, worker);
      }
      const at = `crash at commit ${nth}`;
      // The server may die before it has taken the order in, and the run may then be faster.
      const { state } = await bench.instance(id);
      const allowed = { stop: ['stopped', 'success'], pause: ['paused', 'success'], resume: ['success'] };
      expect(allowed[kind], at).toContain(state);
      if (state === 'paused') {
        await bench.command('resume', id);
        await finish(id, worker);
        expect(await bench.instance(id), at).toMatchObject({ state: 'success' });
      }
      const children = await childrenOf(id);
      const open = children.filter((child) => !isWorkflowTerminal(child.state) || child.state === 'paused');
      expect(open, at).toEqual([]);
      expect(new Set(children.map(({ childIndex }) => childIndex)).size, at).toBe(children.length);
      expect(await bench.store.commands.pendingCount(), at).toBe(0);
      if (died) await bench.master.close();
    }
  });
});

test('a child that ends while its parent is out of memory brings it back', async () => {
  const workflow = await openParent([{ name: 'sub', type: 'sub_workflow', workflow: 'child' }]);
  const id = await bench.start(workflow);
  const [child] = await childrenOf(id);
  expect(child).toMatchObject({ state: 'running', parentTask: 'sub' });
  bench.faults.load = (run) => {
    if (run === id) throw new AppError('internal', 'unreadable');
  };
  await bench.crashAndRestart();
  expect(await bench.instance(id)).toMatchObject({ state: 'running' });
  bench.faults.load = null;
  const worker = bench.joinWorker('w');
  await bench.settle();
  await worker.ends('work');
  expect(await bench.instance(child!.id)).toMatchObject({ state: 'success' });
  expect(await bench.instance(id)).toMatchObject({ state: 'success', quarantine: null });
});

test('a child that a person recovers reaches the parent that still waits for another', async () => {
  const fan = { name: 'fan', type: 'dynamic', workflow: 'child', lists: [{ name: 'n', values: ['1', '2'] }] };
  const workflow = await openParent([fan]);
  const worker = bench.joinWorker('w');
  const id = await bench.start(workflow);
  const children = await childrenOf(id);
  expect(children).toHaveLength(2);
  const [first, second] = worker.dispatches.map(({ dispatchId }) => dispatchId);
  await worker.result(first!, 'failure');
  expect(await bench.instance(id)).toMatchObject({ state: 'running' });
  const failed = (await childrenOf(id)).find(({ state }) => state === 'failure')!;
  await bench.command('recover_failed', failed.id);
  await worker.ends('work');
  expect(await bench.instance(failed.id)).toMatchObject({ state: 'success', runCounter: 2 });
  await worker.result(second!);
  await bench.clock.advance(60_000);
  expect(await bench.instance(id)).toMatchObject({ state: 'success' });
});

test('the stop of a parent reaches its children, also when it is ended from its rows', async () => {
  const workflow = await openParent([{ name: 'sub', type: 'sub_workflow', workflow: 'child' }]);
  const worker = bench.joinWorker('w');
  const stopped = await bench.start(workflow);
  await bench.command('stop', stopped);
  await worker.ends('work', 'killed');
  await bench.settle();
  expect(await bench.instance(stopped)).toMatchObject({ state: 'stopped' });
  expect((await childrenOf(stopped)).map(({ state }) => state)).toEqual(['stopped']);

  const unreadable = await bench.start(workflow);
  bench.faults.rows = (rows) =>
    rows.instance.id === unreadable ? { ...rows, document: { name: 'parent', tasks: 'gone' } as never } : rows;
  await bench.crashAndRestart();
  const back = bench.joinWorker('w', {
    running: [{ dispatchId: worker.dispatchOf('work')!, epoch: 1, state: 'started' }],
  });
  await bench.settle();
  expect(await bench.instance(unreadable)).toMatchObject({ quarantine: { code: 'unrunnable' } });
  await bench.command('stop', unreadable);
  await bench.settle();
  expect(await bench.instance(unreadable)).toMatchObject({ state: 'stopped' });
  await back.result(worker.dispatchOf('work')!, 'killed');
  expect((await childrenOf(unreadable)).map(({ state }) => state)).toEqual(['stopped']);
});
