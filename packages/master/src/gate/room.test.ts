/** Execution types, admission and task groups through a whole master, with crashes, over rows that hold the places. */
import type { TaskInstanceRow, WorkflowId, WorkflowInstanceId, WorkflowInstanceRow } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench, type TestWorker } from '../testing/index.ts';
import { isLive } from './places.ts';

let bench: MasterBench;
let worker: TestWorker;
afterEach(() => bench.master.close());

async function open(settings = {}) {
  bench = await openMasterBench(settings);
  worker = bench.joinWorker('w', { slots: 100 });
}

async function group(name: string, size: number) {
  const at = bench.clock.now();
  await bench.store.taskGroups.create(
    { id: bench.ids.next<'task-group'>(), name, size, open: true, description: '', createdAt: at, updatedAt: at },
    groupEvent(),
  );
  bench.master.refreshTaskGroups();
  await bench.settle();
}

function groupEvent() {
  const nobody = { projectId: null, workflowInstanceId: null, taskInstanceId: null };
  return { type: 'task_group.changed', ...nobody, at: bench.clock.now(), data: {} } as const;
}

async function allRuns(): Promise<readonly WorkflowInstanceRow[]> {
  return (await bench.store.instances.list({}, { limit: 500, cursor: null })).items;
}

async function liveTasks(): Promise<readonly TaskInstanceRow[]> {
  const tasks = await Promise.all((await allRuns()).map((run) => bench.tasks(run.id)));
  return tasks.flat().filter(({ current, state }) => current && (state === 'dispatched' || state === 'running'));
}

/** The worker ends everything that was sent for these runs. */
async function end(...runs: readonly WorkflowInstanceId[]) {
  for (const task of await liveTasks())
    if (runs.includes(task.workflowInstanceId)) await worker.result(task.dispatchId!);
}

async function crash() {
  await bench.crashAndRestart();
  const running = (await liveTasks()).map(({ dispatchId }) => ({
    dispatchId: dispatchId!,
    epoch: 1,
    state: 'started' as const,
  }));
  worker = bench.joinWorker('w', { slots: 100, running });
  await bench.settle();
}

async function states(...ids: readonly WorkflowInstanceId[]): Promise<readonly string[]> {
  return Promise.all(ids.map(async (id) => (await bench.instance(id)).state));
}

describe('execution types', () => {
  test('serial_wait: one at a time in order, over a crash at any moment', async () => {
    await open();
    const workflow = await bench.createWorkflow('one', [{ name: 'a' }], { execution: 'serial_wait' });
    const first = await bench.start(workflow);
    const second = await bench.start(workflow);
    const third = await bench.start(workflow);
    expect(await states(first, second, third)).toEqual(['running', 'serial_wait', 'serial_wait']);
    expect((await bench.instance(second)).reason).toMatchObject({
      code: 'waiting_for_other_runs',
      text: expect.stringContaining('Run #1'),
      evidence: { holders: first, position: 1 },
    });
    await crash();
    expect(await states(first, second, third)).toEqual(['running', 'serial_wait', 'serial_wait']);
    await end(first);
    expect(await states(first, second, third)).toEqual(['success', 'running', 'serial_wait']);
    await crash();
    await bench.command('stop', third);
    await end(second);
    expect(await states(first, second, third)).toEqual(['success', 'success', 'stopped']);
    await bench.command('rerun', third);
    expect(await states(third)).toEqual(['running']);
    expect((await bench.instance(third)).executionSlot).toBe(0);
  });

  test('serial_discard: a second one is stopped, with the reason', async () => {
    await open();
    const workflow = await bench.createWorkflow('one', [{ name: 'a' }], { execution: 'serial_discard' });
    const [first, second] = [await bench.start(workflow), await bench.start(workflow)];
    expect(await states(first, second)).toEqual(['running', 'stopped']);
    expect((await bench.instance(second)).reason).toMatchObject({ code: 'discarded', evidence: { holder: first } });
  });

  test('serial_priority: the newest runs, after the one before it has been stopped, also over a crash', async () => {
    await open();
    const workflow = await bench.createWorkflow('one', [{ name: 'a' }], { execution: 'serial_priority' });
    const first = await bench.start(workflow);
    await bench.clock.advance(10);
    const second = await bench.start(workflow);
    await bench.clock.advance(10);
    const third = await bench.start(workflow);
    expect(await states(first, second, third)).toEqual(['ready_stop', 'stopped', 'serial_wait']);
    await crash();
    const [killed] = await liveTasks();
    await worker.result(killed!.dispatchId!, 'killed');
    expect(await states(first, second, third)).toEqual(['stopped', 'stopped', 'running']);
    expect((await bench.instance(second)).reason).toMatchObject({ code: 'displaced' });
  });

  test('a run that was set aside keeps its place until it is stopped', async () => {
    await open();
    const workflow = await bench.createWorkflow('one', [{ name: 'a' }], { execution: 'serial_wait' });
    const [first, second] = [await bench.start(workflow), await bench.start(workflow)];
    bench.faults.commit = ({ instance, changedTasks }) => {
      if (instance?.id === first || changedTasks.some((task) => task.workflowInstanceId === first))
        throw new Error('the database refuses this run');
    };
    await end(first);
    await bench.clock.advance(5_000);
    expect(await states(first, second)).toEqual(['running', 'serial_wait']);
    bench.faults.commit = null;
    await bench.command('stop', first);
    await bench.clock.advance(5_000);
    expect(await states(first, second)).toEqual(['stopped', 'running']);
  });

  test('a commit that is refused because somebody else holds the place ends in waiting for that one', async () => {
    await open();
    const workflow = await bench.createWorkflow('one', [{ name: 'a' }], { execution: 'serial_wait' });
    const hidden = await bench.start(workflow);
    const rows = await bench.store.master.liveRuns();
    bench.faults.live = async () => [];
    bench.faults.open = async () => ({ items: [], next: null });
    await bench.crashAndRestart();
    bench.faults.live = null;
    expect(rows).toMatchObject([{ id: hidden, executionSlot: 0 }]);
    const second = await bench.start(workflow);
    await bench.clock.advance(2_000);
    expect(bench.lines.filter((line) => line.includes('commit was refused'))).toHaveLength(1);
    expect(await states(hidden, second)).toEqual(['running', 'serial_wait']);
    const [task] = await liveTasks();
    worker = bench.joinWorker('w', { running: [{ dispatchId: task!.dispatchId!, epoch: 1, state: 'started' }] });
    await bench.settle();
    await end(hidden);
    expect(await states(hidden, second)).toEqual(['success', 'running']);
  });
});

describe('admission and order', () => {
  test('runs beyond the limit wait, the more important first', async () => {
    await open({ maxLiveRuns: 1 });
    const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
    const first = await bench.start(workflow);
    const low = await bench.start(workflow, { priority: 'low' });
    const high = await bench.start(workflow, { priority: 'high' });
    expect(await states(first, low, high)).toEqual(['running', 'submitted', 'submitted']);
    expect((await bench.instance(low)).reason).toMatchObject({ code: 'waiting_for_admission', evidence: { limit: 1 } });
    await crash();
    await end(first);
    expect(await states(low, high)).toEqual(['submitted', 'running']);
    expect(bench.master.status()).toMatchObject({ room: { waitingForAdmission: 1, liveRuns: 1 } });
  });
});

describe('task groups', () => {
  test('a slot at a time, kept over a crash, given back at the end', async () => {
    await open();
    await group('db', 1);
    const db = { name: 'db' };
    const workflow = await bench.createWorkflow('two', [
      { name: 'a', taskGroup: { name: 'db', priority: 1 } },
      { name: 'b', taskGroup: db },
    ]);
    const id = await bench.start(workflow);
    expect(await bench.states(id)).toEqual({ a: 'dispatched', b: 'submitted' });
    const waiting = (await bench.tasks(id)).find(({ name }) => name === 'b')!;
    expect(waiting.reason).toMatchObject({ code: 'waiting_for_task_group', evidence: { taskGroup: 'db', inUse: 1 } });
    await crash();
    expect(await bench.states(id)).toEqual({ a: 'dispatched', b: 'submitted' });
    await end(id);
    expect(await bench.states(id)).toEqual({ a: 'success', b: 'dispatched' });
    await end(id);
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
    expect(bench.master.status()).toMatchObject({ room: { taskGroups: [] } });
  });

  test('force start lets a task go on without a slot; opening and growing are noticed', async () => {
    await open();
    await group('db', 1);
    const row = (await bench.store.taskGroups.find('db'))!;
    await bench.store.taskGroups.update(row.id, { open: false }, groupEvent());
    bench.master.refreshTaskGroups();
    const tasks = ['a', 'b', 'c'].map((name) => ({ name, taskGroup: { name: 'db' } }));
    const id = await bench.start(await bench.createWorkflow('three', tasks));
    const rowOf = async (name: string) => (await bench.tasks(id)).find((task) => task.name === name)!;
    expect((await rowOf('a')).reason).toMatchObject({ code: 'task_group_closed' });
    await bench.command('force_start', id, { taskInstanceId: (await rowOf('b')).id });
    expect(await bench.states(id)).toEqual({ a: 'submitted', b: 'dispatched', c: 'submitted' });
    expect(await rowOf('b')).toMatchObject({ groupForced: true, groupSlot: null });
    await bench.store.taskGroups.update(row.id, { open: true, size: 2 }, groupEvent());
    await bench.clock.advance(10_000);
    expect(await bench.states(id)).toEqual({ a: 'dispatched', b: 'dispatched', c: 'dispatched' });
    expect(await Promise.all([rowOf('a'), rowOf('c')])).toMatchObject([{ groupSlot: 0 }, { groupSlot: 1 }]);
  });
});

describe('whatever happens', () => {
  const CAPS: readonly (readonly [string, number, object])[] = [
    ['wait', 1, { execution: 'serial_wait' }],
    ['discard', 1, { execution: 'serial_discard' }],
    ['newest', 1, { execution: 'serial_priority' }],
    ['three', 3, { execution: 'parallel', maxParallelRuns: 3 }],
  ];

  async function checkLimits(caps: ReadonlyMap<WorkflowId, number>, groupSize: number) {
    const runs = await allRuns();
    for (const [workflow, cap] of caps) {
      const live = runs.filter((run) => run.workflowId === workflow && isLive(run.state));
      expect(live.length).toBeLessThanOrEqual(cap);
    }
    expect((await bench.store.master.slotHolders()).length).toBeLessThanOrEqual(groupSize);
    expect((await liveTasks()).filter((task) => task.taskGroup === 'db' && task.groupSlot === null)).toEqual([]);
    for (const run of runs)
      if (run.queuedAt !== null)
        expect(['waiting_for_other_runs', 'waiting_for_admission']).toContain(run.reason?.code);
    expect(bench.lines.filter((line) => line.includes('refused') || line.startsWith('error'))).toEqual([]);
  }

  /** What waiting runs and tasks say is in their way is. */
  async function checkEvidence() {
    const runs = await allRuns();
    const inTheWay = runs.filter((run) => isLive(run.state) || run.queuedAt !== null).map((run) => run.id);
    for (const run of runs) if (run.queuedAt !== null) expect(inTheWay).toEqual(expect.arrayContaining(named(run)));
    const holders = (await bench.store.master.slotHolders()).map((holder) => holder.taskInstanceId);
    for (const run of runs)
      for (const task of await bench.tasks(run.id))
        if (task.reason?.code === 'waiting_for_task_group')
          expect(holders).toEqual(expect.arrayContaining(named(task)));
  }

  function named({ reason }: Pick<WorkflowInstanceRow, 'reason'>): string[] {
    return String(reason?.evidence?.holders ?? '')
      .split(', ')
      .filter((id) => id !== '');
  }

  test.each([1, 2, 3, 4, 5, 6])(
    'no limit is exceeded, no commit refused, nothing left waiting (seed %i)',
    async (seed) => {
      await open({ maxLiveRuns: 5 });
      await group('db', 2);
      const random = createSeededRandom(seed);
      const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random.next() * items.length)];
      const caps = new Map<WorkflowId, number>();
      for (const [name, cap, more] of CAPS) {
        const tasks = [
          { name: 'a', taskGroup: { name: 'db' } },
          { name: 'b', dependsOn: ['a'] },
        ];
        caps.set(await bench.createWorkflow(name, tasks, more), cap);
      }
      const steps = {
        start: async () => void (await bench.start(pick([...caps.keys()])!)),
        async end() {
          const task = pick(await liveTasks());
          if (task) await worker.result(task.dispatchId!, pick(['success', 'failure', 'success'] as const)!);
        },
        async kill() {
          for (const task of await liveTasks())
            if (task.killRequestedAt !== null) await worker.result(task.dispatchId!, 'killed');
        },
        async command() {
          const run = pick(await allRuns());
          if (run) await bench.command(pick(['stop', 'rerun', 'pause', 'resume', 'recover_failed'] as const)!, run.id);
        },
        crash,
        /** From some commit on nothing reaches the database, and then the process is gone. */
        async crashAtCommit() {
          let left = Math.floor(random.next() * 4);
          bench.faults.commit = () => (left-- > 0 ? undefined : new Promise<never>(() => {}));
          await steps.start();
          await steps.end();
          await steps.kill();
          bench.faults.commit = null;
          await crash();
        },
        async pass() {
          await bench.clock.advance(1_000 + Math.floor(random.next() * 500));
          await checkEvidence();
        },
      };
      const weighted = Object.entries({ start: 5, end: 6, kill: 2, command: 4, crash: 1, crashAtCommit: 1, pass: 3 });
      const names = weighted.flatMap(([name, weight]) =>
        Array<keyof typeof steps>(weight).fill(name as keyof typeof steps),
      );
      for (let count = 0; count < 150; count++) {
        await steps[pick(names)!]();
        await checkLimits(caps, 2);
      }
      for (let count = 0; count < 400 && (await bench.store.master.liveRuns()).length > 0; count++) {
        await steps.kill();
        for (const task of await liveTasks()) await worker.result(task.dispatchId!);
        await bench.clock.advance(100);
        await checkLimits(caps, 2);
      }
      expect(await bench.store.master.liveRuns()).toEqual([]);
      await bench.settle();
      expect(bench.master.status()).toMatchObject({
        runs: 0,
        room: { liveRuns: 0, waitingForTurn: 0, waitingForAdmission: 0, taskGroups: [] },
      });
    },
  );
});
