/** The contract of runs that tasks of other runs start, and of orders from run to run. */
import type { NewRun, TaskInstanceId, WorkflowInstanceRow } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { command, commit, event, PROJECT, run, runId, task, WORKFLOW } from './fixtures.ts';

const taskId = (id: string) => id as TaskInstanceId;

/** The child that task `t1` of run `r1` starts. */
function child(id: string, childIndex: number, more: Partial<WorkflowInstanceRow> = {}): NewRun {
  const instance = run(id, {
    parentInstanceId: runId('r1'),
    parentTask: 'a',
    parentTaskId: taskId('t1'),
    childIndex,
    lineage: [WORKFLOW],
    ...more,
  });
  return {
    instance,
    command: command(`c-${id}`, id),
    event: event(id, { type: 'workflow_instance.created', data: { child: id } }),
  };
}

export function describeChildren(subject: Subject): void {
  async function startParent(): Promise<void> {
    await subject.store.instances.start(run('r1'), command('c-r1', 'r1'), event('r1'));
    await subject.lead(1);
    await subject.store.master.commit(1, commit({ newTasks: [task('t1', 'r1')] }));
  }

  describe('runs that tasks start', () => {
    test('are filed with their command and event in the unit of the task, every field as it was given', async () => {
      const { master, instances, events } = subject.store;
      await startParent();
      const before = await events.latestSeq();
      const made = child('k1', 0);
      await master.commit(1, commit({ events: [event('r1')], newRuns: [made, child('k2', 1)] }));
      expect(await instances.find('k1')).toEqual(made.instance);
      expect((await master.pendingCommands(10)).map(({ id }) => id)).toEqual(['c-k1', 'c-k2', 'c-r1']);
      expect((await events.after(before, { limit: 10 })).map(({ data }) => data.child)).toEqual([
        undefined,
        'k1',
        'k2',
      ]);
      const ended = { ...made.instance, state: 'success' as const, outputs: { rows: '3' }, queuedAt: 9 };
      await master.commit(1, commit({ instance: ended }));
      expect(await instances.find('k1')).toEqual(ended);
      const quarantine = { code: 'quarantined' as const, text: 'y', since: 1 };
      await master.commit(1, commit({ instance: { ...ended, quarantine } }));
      expect(await instances.find('k1')).toEqual({ ...ended, quarantine });
    });

    test('are made once per task instance and index; a second one leaves nothing of its unit', async () => {
      const { master, instances, events, commands } = subject.store;
      await startParent();
      await master.commit(1, commit({ newRuns: [child('k1', 0)] }));
      const before = [await master.loadRun(runId('r1')), await events.latestSeq(), await commands.pendingCount()];
      const good = { instance: run('r1', { state: 'running' }), events: [event('r1')] };
      const bad: readonly NewRun[][] = [
        [child('k2', 0)],
        [child('k2', 1), child('k3', 1)],
        [child('k2', 1), child('k1', 2)],
        [child('k2', 1, { version: 9 })],
        [{ ...child('k2', 1), command: command('c-k1', 'k2') }],
      ];
      for (const [i, newRuns] of bad.entries()) {
        const unit = commit({ ...good, newRuns, newCommands: [command('x', 'k1')] });
        await expect(master.commit(1, unit), `unit ${i}`).rejects.toMatchObject({ code: 'conflict' });
        const after = [await master.loadRun(runId('r1')), await events.latestSeq(), await commands.pendingCount()];
        expect(after, `unit ${i}`).toEqual(before);
      }
      expect(await instances.find('k2')).toBeUndefined();
      await master.commit(1, commit({ newRuns: [child('k2', 0, { parentTaskId: taskId('t2') })] }));
      await expect(master.commit(2, commit({ newRuns: [child('k3', 3)] }))).rejects.toMatchObject({ code: 'fenced' });
      expect(await instances.find('k3')).toBeUndefined();
    });

    test('are listed by their parent, with every other filter, in pages', async () => {
      const { master, instances } = subject.store;
      await startParent();
      const made = Array.from({ length: 9 }, (_, i) => child(`k${i}`, i, i % 2 ? { state: 'failure' } : {}));
      await master.commit(1, commit({ newRuns: made }));
      const parentId = runId('r1');
      const list = async (filter: object) => {
        const rows = await allPages((page) => instances.list({ parentId, ...filter }, page), 2);
        return rows.map(({ id }) => id).join(' ');
      };
      expect(await list({})).toBe('k8 k7 k6 k5 k4 k3 k2 k1 k0');
      expect(await list({ states: ['failure', 'running'] })).toBe('k7 k5 k3 k1');
      expect(await list({ states: [] })).toBe('');
      expect(await list({ projectId: PROJECT, workflowId: WORKFLOW, states: ['submitted'] })).toBe('k8 k6 k4 k2 k0');
      expect(await list({ projectId: 'elsewhere' })).toBe('');
      expect(await list({ workflowId: 'elsewhere' })).toBe('');
      expect(await list({ parentId: runId('k1') })).toBe('');
    });
  });

  describe('orders to other runs', () => {
    test('are filed with the unit, and given again are the same command, also when it has ended', async () => {
      const { master, commands } = subject.store;
      await startParent();
      const order = command('o1', 'k1', { kind: 'pause', payload: { n: 1 } });
      await master.commit(1, commit({ newCommands: [order, order] }));
      await master.commit(1, commit({ newCommands: [{ ...order, payload: { n: 2 } }], events: [event('r1')] }));
      const pending = await master.pendingCommands(10);
      expect(pending.find(({ id }) => id === order.id)).toEqual(order);
      expect(pending).toHaveLength(2);
      await master.commit(1, commit({ commandsDone: [{ id: order.id, outcome: 'done' }] }));
      await master.commit(1, commit({ newCommands: [order] }));
      expect(await commands.outcome('o1')).toEqual({ done: true, outcome: 'done' });
    });

    test('are left out with a unit that is refused', async () => {
      const { master, commands } = subject.store;
      await startParent();
      const unit = commit({ newCommands: [command('o1', 'k1')], changedTasks: [task('gone', 'r1')] });
      await expect(master.commit(1, unit)).rejects.toMatchObject({ code: 'conflict' });
      expect(await commands.outcome('o1')).toBeUndefined();
    });
  });
}
