/** The contract of worker groups: what they are, who was put into them, and who names them. */
import type { Id, NewEvent, TaskInstanceRow, WorkflowDocument } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { WorkerGroupRow } from '../../ports/master.ts';
import type { Subject } from '../store-contract.ts';
import { command, commit, event, run, task, version, workflow, workflowEvent } from './fixtures.ts';

const groupId = (id: string) => id as Id<'worker-group'>;

function group(id: string, more: Partial<WorkerGroupRow> = {}): WorkerGroupRow {
  const { name = id, description = 'x', policy = 'round_robin', workers = [] } = more;
  return { id: groupId(id), name, description, policy, workers, createdAt: 1, updatedAt: more.updatedAt ?? 1 };
}

function changed(name: string, at = 50): NewEvent {
  const type = 'worker_group.changed';
  return { type, projectId: null, workflowInstanceId: null, taskInstanceId: null, at, data: { name } };
}

export function describeWorkerGroups(subject: Subject): void {
  describe('worker groups', () => {
    test('are found by id and by name, listed by name, and have names of their own', async () => {
      const { workerGroups, master } = subject.store;
      const rows = [group('g2', { name: 'beta' }), group('g1', { name: "it's", workers: ['a', "b's"] })];
      for (const row of rows) await workerGroups.create(row, changed(row.name));
      expect(await workerGroups.find('g1')).toEqual(rows[1]);
      expect(await workerGroups.find("it's")).toEqual(rows[1]);
      expect(await workerGroups.find('nobody')).toBeUndefined();
      expect(await workerGroups.all()).toEqual(rows);
      expect(await master.workerGroups()).toEqual(rows);
      const taken = workerGroups.create(group('g4', { name: 'beta' }), changed('beta'));
      await expect(taken).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await workerGroups.find('g4')).toBeUndefined();
    });

    test('are changed and deleted together with the event that tells of it, or not at all', async () => {
      const { workerGroups, events } = subject.store;
      const before = await events.latestSeq();
      await workerGroups.create(group('g1'), changed('g1', 1));
      await workerGroups.update(groupId('g1'), { policy: 'least_loaded' }, changed('g1', 2));
      expect(await workerGroups.find('g1')).toEqual(group('g1', { policy: 'least_loaded', updatedAt: 2 }));
      await workerGroups.update(groupId('g1'), { description: '', workers: ['b'] }, changed('g1', 3));
      expect(await workerGroups.find('g1')).toEqual(
        group('g1', { policy: 'least_loaded', description: '', workers: ['b'], updatedAt: 3 }),
      );
      await workerGroups.delete(groupId('g1'), changed('g1', 4));
      expect(await workerGroups.find('g1')).toBeUndefined();
      const told = () => events.after(before, { limit: 50 });
      expect((await told()).map(({ type, at }) => `${type} ${at}`)).toEqual(
        [1, 2, 3, 4].map((at) => `worker_group.changed ${at}`),
      );
      const assigned = { worker: 'a', assigned: true };
      const refused = [
        () => workerGroups.update(groupId('g1'), { policy: 'random' }, changed('g1')),
        () => workerGroups.assign(groupId('g1'), assigned, changed('g1')),
        () => workerGroups.delete(groupId('g1'), changed('g1')),
      ];
      for (const change of refused) await expect(change()).rejects.toMatchObject({ code: 'not_found' });
      expect(await told()).toHaveLength(4);
      await workerGroups.create(group('g2', { name: 'g1' }), changed('g1'));
    });

    test('have each worker that was put into them once, in order, until it is taken out', async () => {
      const { workerGroups } = subject.store;
      await workerGroups.create(group('g1'), changed('g1'));
      const change = (worker: string, assigned: boolean) =>
        workerGroups.assign(groupId('g1'), { worker, assigned }, changed('g1', 9));
      for (const name of ['m', "z's", 'a', 'm']) await change(name, true);
      expect(await workerGroups.find('g1')).toEqual(group('g1', { workers: ['a', 'm', "z's"], updatedAt: 9 }));
      await Promise.all([change('m', false), change('b', true), change('nobody', false)]);
      expect((await workerGroups.find('g1'))?.workers).toEqual(['a', 'b', "z's"]);
      for (const name of ['a', 'b', "z's"]) await change(name, false);
      expect((await workerGroups.find('g1'))?.workers).toEqual([]);
    });
  });

  describe('what waits for worker groups', () => {
    const inGroup = (id: string, more: Partial<TaskInstanceRow> = {}) =>
      task(id, 'r1', { name: id, workerGroup: 'gpu', state: 'submitted', ...more });

    async function addTasks(...newTasks: readonly TaskInstanceRow[]): Promise<void> {
      await subject.store.instances.start(run('r1', { workerGroup: 'night' }), command('c-r1', 'r1'), event('r1'));
      await subject.lead(1);
      await subject.store.master.commit(1, commit({ newTasks }));
    }

    test('are tasks that nothing but a worker is missing to', async () => {
      const { workerGroups, master } = subject.store;
      expect(await workerGroups.queued()).toEqual({});
      await addTasks(
        inGroup('a'),
        inGroup('b', { type: 'http' }),
        inGroup('waits for a slot', { taskGroup: 'g' }),
        inGroup('has a slot', { taskGroup: 'g', groupSlot: 0 }),
        inGroup('was let go', { taskGroup: 'g', groupForced: true }),
        inGroup('logic', { type: 'switch' }),
        inGroup('delayed', { state: 'delayed' }),
        inGroup('sent', { state: 'dispatched' }),
        inGroup('elsewhere', { workerGroup: 'default' }),
      );
      expect(await workerGroups.queued()).toEqual({ gpu: 4, default: 1 });
      await master.commit(1, commit({ changedTasks: [inGroup('a', { state: 'dispatched' })] }));
      expect(await workerGroups.queued()).toEqual({ gpu: 3, default: 1 });
    });

    test('and what names them: newest versions, runs and tasks that have not ended', async () => {
      const { workerGroups, workflows, master } = subject.store;
      const document = (name: string, ofTask: object): WorkflowDocument => ({
        name,
        tasks: [{ name: 't', ...ofTask }],
      });
      const add = (id: string, name: string, ofTask: object) =>
        workflows.create(
          { ...workflow(id), name },
          { ...version(id), document: document(name, ofTask) },
          workflowEvent(id),
        );
      await add('w-b', 'beta', { workerGroup: 'gpu' });
      await add('w-a', 'alpha', { workerGroup: 'gpu' });
      await add('w-c', 'gpu', { workerGroup: 'other', script: 'workerGroup: gpu' });
      await add('w-d', 'changed', { workerGroup: 'gpu' });
      await workflows.saveVersion(
        'w-d' as never,
        {
          ...{ name: 'changed', description: '', taskCount: 1, contentHash: 'new', createdBy: 'ann', at: 5 },
          document: document('changed', {}),
        },
        workflowEvent('w-d'),
      );
      await addTasks(
        inGroup('a'),
        inGroup('b', { state: 'delayed' }),
        inGroup('c', { state: 'success' }),
        inGroup('logic', { type: 'wait' }),
      );
      const named = ['alpha', 'beta'].map((name) => ({ project: 'first', workflow: name }));
      expect(await workerGroups.uses('gpu', 9)).toEqual({ workflows: named, runs: 0, tasks: 2 });
      expect((await workerGroups.uses('gpu', 1)).workflows).toEqual(named.slice(0, 1));
      expect(await workerGroups.uses('night', 9)).toEqual({ workflows: [], runs: 1, tasks: 0 });
      await master.commit(1, commit({ instance: run('r1', { workerGroup: 'night', state: 'success' }) }));
      expect(await workerGroups.uses('night', 9)).toEqual({ workflows: [], runs: 0, tasks: 0 });
    });
  });
}
