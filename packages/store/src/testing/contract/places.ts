/** The contract of places and slots: each is held by one row at most, and is free as soon as its row says so. */
import type { TaskInstanceRow, TaskState, WorkflowInstanceRow, WorkflowState } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import { command, commit, event, run, runId, task, version, WORKFLOW, workflow, workflowEvent } from './fixtures.ts';

export function describePlaces(subject: Subject): void {
  async function startRuns(...ids: string[]): Promise<void> {
    for (const id of ids) await subject.store.instances.start(run(id), command(`c-${id}`, id), event(id));
    await subject.lead(1);
  }
  const write = (id: string, more: Partial<WorkflowInstanceRow>) =>
    subject.store.master.commit(1, commit({ instance: run(id, more), events: [event(id)] }));
  const holds = (slot: number, state: WorkflowState = 'running') => ({ state, executionSlot: slot });

  describe('places of runs', () => {
    test('are held by one live run each, and a second one is refused whole', async () => {
      const { instances, events } = subject.store;
      await startRuns('r1', 'r2');
      await write('r1', holds(0));
      const before = await events.latestSeq();
      await expect(write('r2', holds(0))).rejects.toMatchObject({ code: 'conflict' });
      expect(await instances.find('r2')).toEqual(run('r2'));
      expect(await events.latestSeq()).toBe(before);
      await write('r2', holds(1));
      expect(await instances.find('r2')).toMatchObject(holds(1));
    });

    test('stay held while the run is live, whatever its live state, and are free when it is not', async () => {
      await startRuns('r1', 'r2');
      const live: readonly WorkflowState[] = ['running', 'ready_pause', 'ready_stop', 'failover'];
      for (const state of live) {
        await write('r1', holds(0, state));
        await expect(write('r2', holds(0)), state).rejects.toMatchObject({ code: 'conflict' });
      }
      const free: readonly WorkflowState[] = ['success', 'failure', 'stopped', 'paused', 'submitted', 'serial_wait'];
      for (const state of free) {
        await write('r1', holds(0, state));
        await write('r2', holds(0));
        await expect(write('r1', holds(0)), state).rejects.toMatchObject({ code: 'conflict' });
        await write('r2', holds(0, 'success'));
        await write('r1', holds(0));
      }
    });

    test('are of one workflow; a run without one is in nobody’s way', async () => {
      const { store } = subject;
      await store.workflows.create(workflow('w2'), version('w2'), workflowEvent('w2'));
      const other = { workflowId: workflow('w2').id };
      await store.instances.start(run('o1', other), command('c-o1', 'o1'), event('o1'));
      await startRuns('r1', 'r2', 'r3');
      await write('r1', holds(0));
      await write('o1', { ...other, ...holds(0) });
      await write('r2', { state: 'running' });
      await write('r3', { state: 'running' });
      expect(await store.instances.find('o1')).toMatchObject({ ...other, ...holds(0) });
    });

    test('of 30 runs that want one at once exactly one gets it', async () => {
      const ids = Array.from({ length: 30 }, (_, i) => `r${i}`);
      await startRuns(...ids);
      const results = await Promise.allSettled(ids.map((id) => write(id, holds(0))));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await subject.store.master.liveRuns()).toHaveLength(1);
    });

    test('pass from a run that ends to the next one when both are given at once, in this order', async () => {
      await startRuns('r1', 'r2');
      await write('r1', holds(0));
      await Promise.all([write('r1', holds(0, 'success')), write('r2', holds(0))]);
      expect(await subject.store.instances.find('r2')).toMatchObject(holds(0));
    });

    test('and waits of a new leader: every run that is live or waits for its turn, and no other', async () => {
      const { master } = subject.store;
      await startRuns('r1', 'r2', 'r3', 'r4', 'r5', 'r6');
      await write('r1', holds(2, 'ready_stop'));
      await write('r2', { state: 'submitted', queuedAt: 5 });
      await write('r3', { state: 'serial_wait', queuedAt: 6 });
      await write('r4', { state: 'success', executionSlot: 1, queuedAt: 7 });
      await write('r5', { state: 'failover' });
      const { projectId } = run('r1');
      const live = (id: string, state: WorkflowState, executionSlot: number | null, queuedAt: number | null) => ({
        id,
        workflowId: WORKFLOW,
        projectId,
        state,
        executionSlot,
        queuedAt,
      });
      expect(await master.liveRuns()).toEqual([
        live('r1', 'ready_stop', 2, null),
        live('r2', 'submitted', null, 5),
        live('r3', 'serial_wait', null, 6),
        live('r5', 'failover', null, null),
      ]);
    });
  });

  describe('slots of task groups', () => {
    const of = (id: string, run: string, more: Partial<TaskInstanceRow> = {}) =>
      task(id, run, { name: id, taskGroup: 'g', ...more });
    const add = (row: TaskInstanceRow) => subject.store.master.commit(1, commit({ newTasks: [row] }));
    const change = (row: TaskInstanceRow) => subject.store.master.commit(1, commit({ changedTasks: [row] }));

    test('are held by one task instance each until it has ended, across runs', async () => {
      const { master, instances } = subject.store;
      await startRuns('r1', 'r2');
      await add(of('t1', 'r1', { groupSlot: 0 }));
      await expect(add(of('t2', 'r2', { groupSlot: 0 }))).rejects.toMatchObject({ code: 'conflict' });
      expect(await instances.task('t2')).toBeUndefined();
      await add(of('t2', 'r2'));
      const live: readonly TaskState[] = ['submitted', 'delayed', 'dispatched', 'running'];
      for (const state of live) {
        await change(of('t1', 'r1', { groupSlot: 0, state }));
        const second = change(of('t2', 'r2', { groupSlot: 0 }));
        await expect(second, state).rejects.toMatchObject({ code: 'conflict' });
        expect(await instances.task('t2')).toMatchObject({ groupSlot: null });
      }
      await add(of('t3', 'r1', { groupSlot: 0, taskGroup: 'other' }));
      await change(of('t1', 'r1', { groupSlot: 0, state: 'failure' }));
      await change(of('t2', 'r2', { groupSlot: 0 }));
      expect(await master.slotHolders()).toEqual([
        { taskInstanceId: 't2', workflowInstanceId: 'r2', taskGroup: 'g', groupSlot: 0 },
        { taskInstanceId: 't3', workflowInstanceId: 'r1', taskGroup: 'other', groupSlot: 0 },
      ]);
      await change(of('t2', 'r2', { groupSlot: 0, state: 'paused' }));
      expect((await master.slotHolders()).map(({ taskInstanceId }) => taskInstanceId)).toEqual(['t3']);
    });

    test('pass within one unit from the task that ends to the one that waits, in whatever order they are given', async () => {
      const { master, instances } = subject.store;
      await startRuns('r1');
      await master.commit(1, commit({ newTasks: [of('t1', 'r1', { groupSlot: 0 }), of('t2', 'r1'), of('t3', 'r1')] }));
      const next = of('t2', 'r1', { groupSlot: 0 });
      await master.commit(1, commit({ changedTasks: [next, of('t1', 'r1', { groupSlot: 0, state: 'success' })] }));
      expect(await instances.task('t2')).toMatchObject({ groupSlot: 0, state: 'submitted' });
      // Given back while it waits on, and to a task instance that is made in the same unit.
      const made = of('t4', 'r1', { groupSlot: 0 });
      await master.commit(1, commit({ changedTasks: [of('t2', 'r1')], newTasks: [made] }));
      expect((await master.slotHolders()).map(({ taskInstanceId }) => taskInstanceId)).toEqual(['t4']);
    });

    test('pass from an attempt to its retry together with being the current one', async () => {
      const { master } = subject.store;
      await startRuns('r1');
      const first = of('t1', 'r1', { name: 'a', groupSlot: 0, state: 'running' });
      await add(first);
      const old = { ...first, current: false, state: 'failure' as const };
      const next = of('t2', 'r1', { name: 'a', attempt: 2, previousId: old.id, groupSlot: 0 });
      await master.commit(1, commit({ changedTasks: [old], newTasks: [next] }));
      expect((await master.loadRun(runId('r1')))!.tasks).toEqual([old, next]);
    });
  });
}
