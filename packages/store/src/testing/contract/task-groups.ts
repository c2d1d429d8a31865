/** The contract of task groups: what they are, who is in them, and what is held. */
import type { Id, NewEvent, TaskInstanceRow } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { TaskGroupRow } from '../../ports/master.ts';
import { encodeCursor } from '../../sql/page.ts';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { command, commit, event, run, task } from './fixtures.ts';

const groupId = (id: string) => id as Id<'task-group'>;

function group(id: string, more: Partial<TaskGroupRow> = {}): TaskGroupRow {
  return { id: groupId(id), name: id, description: 'x', size: 3, open: true, createdAt: 1, updatedAt: 1, ...more };
}

function changed(name: string, at = 50): NewEvent {
  return {
    type: 'task_group.changed',
    projectId: null,
    workflowInstanceId: null,
    taskInstanceId: null,
    at,
    data: { name },
  };
}

export function describeTaskGroups(subject: Subject): void {
  describe('task groups', () => {
    test('are found by id and by name, listed by name, and have names of their own', async () => {
      const { taskGroups, master } = subject.store;
      const rows = [group('g2', { name: 'beta' }), group('g1', { name: "it's", open: false }), group('g3')];
      for (const row of rows) await taskGroups.create(row, changed(row.name));
      expect(await taskGroups.find('g1')).toEqual(rows[1]);
      expect(await taskGroups.find("it's")).toEqual(rows[1]);
      expect(await taskGroups.find('nobody')).toBeUndefined();
      const byName = [rows[0], rows[2], rows[1]];
      expect(await allPages((page) => taskGroups.list(page), 2)).toEqual(byName);
      expect(await master.taskGroups()).toEqual(byName);
      const taken = taskGroups.create(group('g4', { name: 'beta' }), changed('beta'));
      await expect(taken).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await taskGroups.find('g4')).toBeUndefined();
    });

    test('are changed together with the event that tells of it, or not at all', async () => {
      const { taskGroups, events } = subject.store;
      const before = await events.latestSeq();
      await taskGroups.create(group('g1'), changed('g1', 1));
      await taskGroups.update(groupId('g1'), { open: false }, changed('g1', 2));
      expect(await taskGroups.find('g1')).toEqual(group('g1', { open: false, updatedAt: 2 }));
      await taskGroups.update(groupId('g1'), { size: 0, description: '', open: true }, changed('g1', 3));
      expect(await taskGroups.find('g1')).toEqual(group('g1', { size: 0, description: '', updatedAt: 3 }));
      const told = () => events.after(before, { limit: 50 });
      expect((await told()).map(({ type, at }) => [type, at])).toEqual([
        ['task_group.changed', 1],
        ['task_group.changed', 2],
        ['task_group.changed', 3],
      ]);
      const refused = [
        { change: () => taskGroups.update(groupId('g9'), { size: 1 }, changed('g9')), code: 'not_found' },
        { change: () => taskGroups.delete(groupId('g9'), changed('g9')), code: 'not_found' },
        { change: () => taskGroups.create(group('g9', { name: 'g1' }), changed('g9')), code: 'name_in_use' },
      ];
      for (const { change, code } of refused) await expect(change()).rejects.toMatchObject({ code });
      expect(await told()).toHaveLength(3);
    });
  });

  describe('members of a task group', () => {
    const member = (id: string, more: Partial<TaskInstanceRow> = {}) =>
      task(id, 'r1', { name: id, taskGroup: 'g', ...more });

    async function addTasks(...newTasks: readonly TaskInstanceRow[]): Promise<void> {
      await subject.store.instances.start(run('r1'), command('c-r1', 'r1'), event('r1'));
      await subject.lead(1);
      await subject.store.master.commit(1, commit({ newTasks }));
    }
    const list = async (limit: number) => {
      const rows = await allPages((page) => subject.store.taskGroups.members('g', page), limit);
      return rows.map(({ id }) => id);
    };
    const MIXED = [
      member('late', { firstSubmittedAt: 20 }),
      member('early', { firstSubmittedAt: 10, state: 'delayed' }),
      member('important', { firstSubmittedAt: 30, groupPriority: 5 }),
      member('modest', { firstSubmittedAt: 1, groupPriority: -5 }),
      member('holder', { groupSlot: 1, firstSubmittedAt: 40, state: 'running' }),
      member('twin-b', { firstSubmittedAt: 15 }),
      member('twin-a', { firstSubmittedAt: 15 }),
      member('forced', { groupForced: true, state: 'dispatched', groupPriority: -9 }),
      member('ended', { groupSlot: 1, state: 'success' }),
      member('paused', { state: 'paused' }),
      member('elsewhere', { taskGroup: 'other', groupSlot: 0 }),
      member('nowhere', { taskGroup: null }),
    ];
    const ORDERED = ['holder', 'forced', 'important', 'early', 'twin-a', 'twin-b', 'late', 'modest'];

    test('are who holds a slot, who was let go without one, then who waits, in the order of service', async () => {
      await addTasks(...MIXED);
      for (const limit of [1, 3, 50]) expect(await list(limit), `pages of ${limit}`).toEqual(ORDERED);
      expect((await subject.store.taskGroups.members('g', { limit: 1, cursor: null })).items).toEqual([MIXED[4]]);
    });

    test('are paged on from where the reader was, also when that one has gone', async () => {
      const { taskGroups, master } = subject.store;
      await addTasks(...MIXED);
      const first = await taskGroups.members('g', { limit: 4, cursor: null });
      const gone = member('early', { firstSubmittedAt: 10, state: 'killed' });
      await master.commit(1, commit({ changedTasks: [gone] }));
      const second = await taskGroups.members('g', { limit: 10, cursor: first.next });
      expect(second.items.map(({ id }) => id)).toEqual(ORDERED.slice(4));
      for (const cursor of [
        'x',
        encodeCursor('y'),
        encodeCursor(7),
        encodeCursor('[1,2]'),
        encodeCursor('[1,2,3,4]'),
      ]) {
        const odd = taskGroups.members('g', { limit: 1, cursor });
        await expect(odd, cursor).rejects.toMatchObject({ code: 'bad_request' });
      }
    });

    test('are counted where they hold slots', async () => {
      const { taskGroups } = subject.store;
      expect(await taskGroups.held()).toEqual({});
      await addTasks(...MIXED, member('second', { groupSlot: 0 }));
      expect(await taskGroups.held()).toEqual({ g: 2, other: 1 });
    });

    test('keep their group from being deleted until all have ended', async () => {
      const { taskGroups, events, master } = subject.store;
      await taskGroups.create(group('g1', { name: 'g' }), changed('g'));
      await addTasks(member('t1'));
      const before = await events.latestSeq();
      const early = taskGroups.delete(groupId('g1'), changed('g'));
      await expect(early).rejects.toMatchObject({ code: 'conflict' });
      expect(await taskGroups.find('g')).toEqual(group('g1', { name: 'g' }));
      expect(await events.latestSeq()).toBe(before);
      await master.commit(1, commit({ changedTasks: [member('t1', { state: 'success' })] }));
      await taskGroups.delete(groupId('g1'), changed('g'));
      expect(await taskGroups.find('g')).toBeUndefined();
      expect(await events.after(before, { limit: 5 })).toMatchObject([{ type: 'task_group.changed' }]);
      await taskGroups.create(group('g2', { name: 'g' }), changed('g'));
    });
  });
}
