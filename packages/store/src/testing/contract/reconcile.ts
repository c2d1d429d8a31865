/** The contract of the reconciler's reads: what is open now, a little of each, and nothing that has ended. */
import type { Priority, WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { ReconcileStore } from '../../ports/reconcile.ts';
import type { Subject } from '../store-contract.ts';
import { command, commit, event, run, runId, task } from './fixtures.ts';

export function describeReconcile(subject: Subject): void {
  const reads = (): ReconcileStore => subject.store.master.reconcile;

  async function openRuns(states: Readonly<Record<string, WorkflowState>>): Promise<void> {
    await subject.lead(1);
    for (const [id, state] of Object.entries(states)) {
      await subject.store.instances.start(run(id), command(`c-${id}`, id), event(id));
      await subject.store.master.commit(1, commit({ instance: run(id, { state }) }));
    }
  }

  async function pagesOf(limit: number): Promise<readonly WorkflowInstanceId[][]> {
    const pages: WorkflowInstanceId[][] = [];
    for (let after: string | null = null; ; ) {
      const page = await reads().openRunRows({ after, limit });
      pages.push(page.items.map(({ id }) => id));
      after = page.next;
      if (after === null) return pages;
    }
  }

  describe('what the reconciler reads', () => {
    test('of runs: every open one once, by id, page by page, and no ended one', async () => {
      await openRuns({
        r1: 'running',
        r2: 'success',
        r3: 'ready_stop',
        r4: 'paused',
        r5: 'serial_wait',
        r6: 'submitted',
      });
      expect(await pagesOf(2)).toEqual([
        ['r1', 'r3'],
        ['r5', 'r6'],
      ]);
      const ids = ['r6', 'r2', 'r1', 'r1', 'none'].map(runId);
      expect((await reads().openRunRowsOf(ids)).map(({ id }) => id)).toEqual(['r1', 'r6']);
      expect(await reads().openRunRowsOf([])).toEqual([]);
    });

    test('of a run: how it stands', async () => {
      await openRuns({ r1: 'running' });
      const quarantine = { code: 'quarantined' as const, text: 'x', since: 1 };
      const more = { state: 'running', runCounter: 3, executionSlot: 2, updatedAt: 77, quarantine } as const;
      await subject.store.master.commit(1, commit({ instance: run('r1', more) }));
      const { items } = await reads().openRunRows({ after: null, limit: 10 });
      const { id, workflowId } = run('r1');
      const { state, runCounter, executionSlot, updatedAt } = more;
      expect(items).toEqual([
        { id, workflowId, state, runCounter, queuedAt: null, executionSlot, isAside: true, updatedAt },
      ]);
      await subject.store.master.commit(1, commit({ instance: run('r1', { state: 'serial_wait', queuedAt: 9 }) }));
      expect(await reads().openRunRowsOf([id])).toMatchObject([{ queuedAt: 9, executionSlot: null, isAside: false }]);
    });

    test('of tasks: current ones that have not ended, of the runs that are asked for', async () => {
      await openRuns({ r1: 'running', r2: 'running', r3: 'running' });
      const taken = { state: 'running', dispatchId: 'd1' as never, taskGroup: 'g', groupSlot: 4 } as const;
      await subject.store.master.commit(
        1,
        commit({
          instance: null,
          newTasks: [
            task('t1', 'r1', { name: 'a', ...taken }),
            task('t2', 'r1', { name: 'b', state: 'success' }),
            task('t3', 'r1', { name: 'c', state: 'need_fault_tolerance', current: false }),
            task('t4', 'r1', { name: 'c', state: 'delayed', attempt: 2 }),
          ],
        }),
      );
      await subject.store.master.commit(1, commit({ instance: null, newTasks: [task('t5', 'r2')] }));
      await subject.store.master.commit(1, commit({ instance: null, newTasks: [task('t6', 'r3')] }));
      const rows = await reads().liveTaskRows([runId('r1'), runId('r2')]);
      expect(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
        { id: 't1', workflowInstanceId: 'r1', name: 'a', state: 'running', dispatchId: 'd1', groupSlot: 4 },
        { id: 't4', workflowInstanceId: 'r1', name: 'c', state: 'delayed', dispatchId: null, groupSlot: null },
        { id: 't5', workflowInstanceId: 'r2', name: 'a', state: 'submitted', dispatchId: null, groupSlot: null },
      ]);
      expect(await reads().liveTaskRows([])).toEqual([]);
    });

    test('of commands: the oldest of each priority that were filed before then and are not done', async () => {
      await openRuns({ r1: 'running', r2: 'running' });
      const file = (id: string, priority: Priority, createdAt: number) =>
        subject.store.commands.file({ ...command(id, 'r1'), kind: 'pause', priority, createdAt });
      await file('m3', 'medium', 103);
      await file('m1', 'medium', 101);
      await file('m2', 'medium', 102);
      await file('h1', 'highest', 150);
      await file('l1', 'low', 104);
      await subject.store.master.rejectCommand(1, 'c-r1' as never, 'done');
      await subject.store.master.rejectCommand(1, 'c-r2' as never, 'done');
      const ids = async (before: number, limit: number) =>
        (await reads().pendingSince(before, limit)).map(({ id }) => id).toSorted();
      expect(await ids(150, 2)).toEqual(['l1', 'm1', 'm2']);
      expect(await ids(151, 1)).toEqual(['h1', 'l1', 'm1']);
      expect(await ids(101, 5)).toEqual([]);
      expect((await reads().pendingSince(102, 1))[0]).toMatchObject({ kind: 'pause', priority: 'medium' });
      expect(await reads().pendingRuns(['r1', 'r2', 'none'].map(runId))).toEqual(['r1']);
      expect(await reads().pendingRuns([runId('r2')])).toEqual([]);
    });
  });
}
