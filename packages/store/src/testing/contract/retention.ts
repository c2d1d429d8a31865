/** The contract of retention: what has served its time is found and removed, and nothing that is still needed. */
import type { TaskInstanceId, WorkflowInstanceRow } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { RetentionStore } from '../../ports/retention.ts';
import type { Subject } from '../store-contract.ts';
import { command, commit, event, run, runId, task, WORKFLOW, workflowEvent } from './fixtures.ts';

export function describeRetention(subject: Subject): void {
  const retention = (): RetentionStore => subject.store.master.retention;
  const conflict = { code: 'conflict' };

  async function file(id: string, more: Partial<WorkflowInstanceRow> = {}): Promise<void> {
    await subject.lead(1);
    const { createdAt = 10, parentInstanceId = null, parentTask = null } = more;
    await subject.store.instances.start(
      run(id, { createdAt, parentInstanceId, parentTask }),
      command(`c-${id}`, id),
      event(id),
    );
    const row = run(id, { state: 'success', endedAt: 100, ...more });
    const done = { id: `c-${id}` as never, outcome: 'done' };
    await subject.store.master.commit(1, commit({ instance: row, assignNumber: true, commandsDone: [done] }));
  }
  async function addTasks(id: string, count: number): Promise<void> {
    const tasks = Array.from({ length: count }, (_, n) => {
      return task(`${id}-t${n}`, id, { name: `n${n}`, state: 'success', logBytes: 7 });
    });
    await subject.store.master.commit(
      1,
      commit({ instance: null, newTasks: tasks, events: tasks.map(() => event(id)) }),
    );
  }
  const isThere = async (id: string) => (await subject.store.instances.find(runId(id))) !== undefined;

  describe('retention', () => {
    test('reads heads of runs by id, page by page, and which parent is there', async () => {
      await file('r1', { createdAt: 5 });
      await file('r2', { parentInstanceId: runId('r1'), parentTask: 'x' });
      await file('r3', { parentInstanceId: runId('gone'), state: 'paused' });
      const first = await retention().runs({ after: null, limit: 2 });
      expect(first.items.map(({ id, parentInstanceId }) => [id, parentInstanceId])).toEqual([
        ['r1', null],
        ['r2', 'r1'],
      ]);
      const { items, next } = await retention().runs({ after: first.next, limit: 2 });
      expect(items).toMatchObject([{ id: 'r3', parentInstanceId: null, state: 'paused', isAside: false }]);
      expect(next).toBeNull();
      expect((await retention().childrenOf([runId('r1'), runId('r2')], 10)).map(({ id }) => id)).toEqual(['r2']);
    });

    test('tells which ids have no row', async () => {
      await file('r1');
      await addTasks('r1', 2);
      expect(await retention().missing('workflow_instances', [runId('r1'), runId('gone')])).toEqual(['gone']);
      expect(await retention().missing('task_instances', [])).toEqual([]);
      const { items } = await subject.store.instances.taskPage(runId('r1'), { limit: 10, cursor: null });
      const tasks = [...items.map(({ id }) => id), 'none' as TaskInstanceId];
      expect(await retention().missing('task_instances', tasks)).toEqual(['none']);
    });

    test('finds where the newest runs of a workflow end, and what lies before', async () => {
      for (const id of ['r1', 'r2', 'r3', 'r4']) await file(id);
      expect(await retention().newestBeyond(WORKFLOW, 1)).toBe('r3');
      expect(await retention().newestBeyond(WORKFLOW, 4)).toBeNull();
      expect((await retention().workflowsWithMore(3, { after: null, limit: 10 })).items).toEqual([WORKFLOW]);
      expect((await retention().workflowsWithMore(4, { after: null, limit: 10 })).items).toEqual([]);
      const page = await retention().runsUpTo(WORKFLOW, runId('r3'), { after: null, limit: 2 });
      expect(page.items.map(({ id }) => id)).toEqual(['r1', 'r2']);
      const rest = await retention().runsUpTo(WORKFLOW, runId('r3'), { after: page.next, limit: 2 });
      expect([rest.items.map(({ id }) => id), rest.next]).toEqual([['r3'], null]);
    });

    test('removes a run with its tasks and events, and tells what it has removed', async () => {
      await file('r1');
      await file('r2');
      await addTasks('r1', 3);
      expect(await retention().weigh([runId('r1')], 100)).toEqual([{ id: 'r1', rows: 7, tasks: 3, logBytes: 21 }]);
      const removed = await retention().remove(1, [runId('r1')]);
      expect(removed).toMatchObject({ runs: 1, events: 4 });
      expect(removed.tasks.toSorted()).toEqual(['r1-t0', 'r1-t1', 'r1-t2']);
      expect([await isThere('r1'), await isThere('r2')]).toEqual([false, true]);
      expect(await subject.store.master.loadRun(runId('r1'))).toBeUndefined();
      expect(await subject.store.events.after(0, { limit: 100, workflowInstanceId: runId('r1') })).toEqual([]);
    });

    test.each([
      ['runs', { state: 'running' }],
      ['is paused', { state: 'paused' }],
      ['is set aside', { quarantine: { code: 'quarantined', text: 'x', since: 1 } }],
    ] as const)('removes nothing when one of them %s', async (_, more) => {
      await file('r1');
      await file('r2', more);
      await expect(retention().remove(1, [runId('r1'), runId('r2')])).rejects.toMatchObject(conflict);
      await expect(retention().beginRemoval(1, runId('r2'), 5)).rejects.toMatchObject(conflict);
      expect([await isThere('r1'), await isThere('r2')]).toEqual([true, true]);
    });

    test('removes nothing that is ordered to go on, or has a child that stays', async () => {
      await file('r1');
      await file('r2', { parentInstanceId: runId('r1'), parentTask: 'x' });
      await expect(retention().remove(1, [runId('r1')])).rejects.toMatchObject(conflict);
      await subject.store.commands.file({ ...command('again', 'r2'), kind: 'rerun' });
      expect(await retention().claimed([runId('r1'), runId('r2')], 0)).toEqual(['r2']);
      await expect(retention().remove(1, [runId('r2'), runId('r1')])).rejects.toMatchObject(conflict);
      await subject.store.master.rejectCommand(1, 'again' as never, 'no');
      expect(await retention().remove(1, [runId('r2'), runId('r1')])).toMatchObject({ runs: 2 });
    });

    test('lets a run that owes a worker an order stay while the order is young', async () => {
      await file('r1');
      const order = {
        dispatchId: 'd1',
        kind: 'kill',
        workerId: 'w1',
        workflowInstanceId: 'r1',
        reason: 'x',
        graceMs: 1,
        createdAt: 50,
      };
      await subject.store.master.commit(1, commit({ instance: null, outboxPut: [order as never] }));
      expect(await retention().claimed([runId('r1')], 50)).toEqual(['r1']);
      expect(await retention().claimed([runId('r1')], 51)).toEqual([]);
      expect(await retention().remove(1, [runId('r1')])).toMatchObject({ runs: 1 });
    });

    test('thins a large run only after its removal has begun, and says so in its row', async () => {
      await file('r1');
      await addTasks('r1', 5);
      expect(await retention().thin(1, runId('r1'), 2)).toEqual({ runs: 0, tasks: [], events: 0 });
      await retention().beginRemoval(1, runId('r1'), 500);
      expect((await retention().runs({ after: null, limit: 5 })).items[0]).toMatchObject({ isBeingRemoved: true });
      const thinned = await retention().thin(1, runId('r1'), 2);
      expect([thinned.tasks.length, thinned.events]).toEqual([2, 2]);
      expect(await retention().remove(1, [runId('r1')])).toMatchObject({ runs: 1, events: 4 });
    });

    test('writes nothing for a leader that is none', async () => {
      await file('r1');
      await subject.lead(2);
      const fenced = { code: 'fenced' };
      await expect(retention().remove(1, [runId('r1')])).rejects.toMatchObject(fenced);
      await expect(retention().beginRemoval(1, runId('r1'), 5)).rejects.toMatchObject(fenced);
      await expect(
        retention().purge(1, 'commands', { after: null, limit: 10, before: Number.MAX_SAFE_INTEGER }),
      ).rejects.toMatchObject(fenced);
      expect(await isThere('r1')).toBe(true);
    });

    test('purges what is old of events of no run, of commands that are done and of the audit log', async () => {
      await file('r1');
      await subject.store.commands.file({ ...command('open', 'r1'), kind: 'rerun' });
      const about = { ...workflowEvent(WORKFLOW), workflowInstanceId: null };
      await subject.store.master.commit(
        1,
        commit({
          instance: null,
          events: [
            { ...about, at: 80 },
            { ...about, at: 190 },
          ],
        }),
      );
      for (const at of [80, 190])
        await subject.store.requests.audit({
          id: `a${at}` as never,
          at,
          actor: 'ann',
          action: 'x',
          subject: 'y',
          data: {},
        });
      const never = Number.MAX_SAFE_INTEGER;
      expect(await retention().purge(1, 'audit', { after: null, limit: 10, before: 150 })).toMatchObject({
        removed: 1,
      });
      expect((await subject.store.requests.auditLog({ limit: 10, cursor: null })).items).toMatchObject([
        { id: 'a190' },
      ]);
      expect(await retention().purge(1, 'commands', { after: null, limit: 10, before: never })).toEqual({
        removed: 1,
        next: null,
      });
      expect(await subject.store.commands.pendingCount()).toBe(1);
      const before = await subject.store.events.after(0, { limit: 100 });
      let removed = 0;
      let next: string | null = null;
      do {
        const page: { removed: number; next: string | null } = await retention().purge(1, 'events', {
          after: next,
          limit: 1,
          before: 150,
        });
        removed += page.removed;
        next = page.next;
      } while (next !== null);
      const left = await subject.store.events.after(0, { limit: 100 });
      expect(before.length - left.length).toBe(removed);
      expect(left.some(({ workflowInstanceId, at }) => workflowInstanceId === null && at === 80)).toBe(false);
      expect(left.some(({ workflowInstanceId, at }) => workflowInstanceId === null && at === 190)).toBe(true);
      expect(left.some(({ workflowInstanceId }) => workflowInstanceId === 'r1')).toBe(true);
    });
  });
}
