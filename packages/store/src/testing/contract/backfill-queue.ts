/** The contract of backfills as the leader works on them. */
import type { NewEvent, Reason } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { ItemChange } from '../../ports/backfills.ts';
import type { Subject } from '../store-contract.ts';
import { backfill, backfillId, backfillItem, filing, told } from './backfill-fixtures.ts';
import { commit, runId } from './fixtures.ts';

export function describeBackfillQueue(subject: Subject): void {
  const b1 = { id: backfillId('b1'), revision: 1 };
  const hold: Reason = { code: 'admission', text: 'There is no room.', since: 5 };
  const queue = () => subject.store.backfillQueue;
  const change = (position: number, from: ItemChange['from'], to: ItemChange['to']): ItemChange => ({
    ...{ backfillId: b1.id, position, from, to, reason: null },
  });
  const conflict = { code: 'conflict' };

  async function open(count = 2): Promise<void> {
    await subject.lead(1);
    const items = Array.from({ length: count }, (_, position) => backfillItem('b1', position));
    await subject.store.backfills.create(backfill('b1'), items, told('b1', 'created'));
  }
  const statesOf = async () => (await queue().items(b1.id)).map(({ state }) => state);
  const doneEvent: NewEvent = { ...told('b1', 'done', 99).event };

  describe('the queue of backfills', () => {
    test('files the run of an item once, with the item, and not when the backfill is not as it was read', async () => {
      await open();
      const { instances, commands, backfills } = subject.store;
      await queue().start(1, { backfill: b1, position: 1 }, filing('r1'));
      expect(await statesOf()).toEqual(['waiting', 'running']);
      expect(await instances.find('r1')).toBeDefined();
      expect(await commands.pendingCount()).toBe(1);
      expect(await queue().running()).toEqual([
        { backfillId: 'b1', position: 1, workflowInstanceId: 'r1', run: 'submitted' },
      ]);
      const again = queue().start(1, { backfill: b1, position: 1 }, filing('r2'));
      await expect(again).rejects.toMatchObject(conflict);
      await backfills.change((await backfills.find('b1'))!, { kind: 'pause' }, told('b1', 'paused'));
      for (const backfillRead of [b1, { ...b1, revision: 2 }]) {
        const paused = queue().start(1, { backfill: backfillRead, position: 0 }, filing('r2'));
        await expect(paused).rejects.toMatchObject(conflict);
      }
      const gone = filing('r3', { version: 9 });
      await backfills.change((await backfills.find('b1'))!, { kind: 'resume' }, told('b1', 'resumed'));
      await expect(queue().start(1, { backfill: { ...b1, revision: 3 }, position: 0 }, gone)).rejects.toMatchObject(
        conflict,
      );
      expect(await Promise.all(['r2', 'r3'].map((id) => instances.find(id)))).toEqual([undefined, undefined]);
      expect(await commands.pendingCount()).toBe(1);
      expect(await statesOf()).toEqual(['waiting', 'running']);
    });

    test('writes nothing for who does not lead', async () => {
      await open();
      await subject.lead(2);
      const fenced = { code: 'fenced' };
      await expect(queue().start(1, { backfill: b1, position: 0 }, filing('r1'))).rejects.toMatchObject(fenced);
      await expect(queue().settle(1, [change(0, 'waiting', 'blocked')], 9)).rejects.toMatchObject(fenced);
      await expect(queue().mark(1, b1, { hold })).rejects.toMatchObject(fenced);
      expect(await statesOf()).toEqual(['waiting', 'waiting']);
    });

    test('settles items together, or none of them when one is not as it was', async () => {
      await open(3);
      await queue().start(1, { backfill: b1, position: 0 }, filing('r1'));
      const wrong = queue().settle(1, [change(0, 'running', 'failure'), change(1, 'running', 'success')], 80);
      await expect(wrong).rejects.toMatchObject(conflict);
      expect(await statesOf()).toEqual(['running', 'waiting', 'waiting']);
      await queue().settle(1, [change(0, 'running', 'failure'), change(1, 'waiting', 'blocked')], 80);
      expect(await statesOf()).toEqual(['failure', 'blocked', 'waiting']);
      expect(await queue().running()).toEqual([]);
    });

    test('settles what follows from a backfill only as that was read', async () => {
      await open(2);
      await subject.store.backfills.change(
        { ...b1, state: 'running' },
        { kind: 'edit', parallelism: 2 },
        told('b1', 'edit'),
      );
      const blocked = { ...change(1, 'waiting', 'blocked'), revision: b1.revision };
      await expect(queue().settle(1, [blocked], 80)).rejects.toMatchObject(conflict);
      expect(await statesOf()).toEqual(['waiting', 'waiting']);
      await queue().settle(1, [{ ...blocked, revision: b1.revision + 1 }], 80);
      expect(await statesOf()).toEqual(['waiting', 'blocked']);
    });

    test('says why nothing is started, and ends what has nothing left', async () => {
      await open(1);
      const { backfills, events } = subject.store;
      await queue().mark(1, b1, { hold });
      expect(await backfills.find('b1')).toEqual(backfill('b1', { hold }));
      await expect(queue().mark(1, b1, { done: doneEvent })).rejects.toMatchObject(conflict);
      await queue().settle(1, [change(0, 'waiting', 'failure')], 80);
      const before = await events.latestSeq();
      await queue().mark(1, b1, { done: doneEvent });
      expect(await backfills.find('b1')).toEqual(backfill('b1', { state: 'done', updatedAt: 99, endedAt: 99 }));
      expect(await events.after(before, { limit: 5 })).toMatchObject([{ type: 'backfill.changed' }]);
      expect(await queue().active(5)).toEqual([]);
      await expect(queue().mark(1, b1, { hold: null })).rejects.toMatchObject(conflict);
    });

    test('finds failures whose run has succeeded after all, and has a backfill go on that was done', async () => {
      await open(2);
      await queue().start(1, { backfill: b1, position: 0 }, filing('r1'));
      await queue().settle(1, [change(0, 'running', 'failure'), change(1, 'waiting', 'blocked')], 80);
      await queue().mark(1, b1, { done: doneEvent });
      expect(await queue().recovered(5)).toEqual([]);
      const { instances, master, backfills } = subject.store;
      const row = (await instances.find(runId('r1')))!;
      await master.commit(1, commit({ instance: { ...row, state: 'success' } }));
      expect(await queue().recovered(5)).toMatchObject([{ backfillId: 'b1', position: 0, run: 'success' }]);
      await queue().settle(1, [change(0, 'failure', 'success'), change(1, 'blocked', 'waiting')], 120);
      expect(await backfills.find('b1')).toMatchObject({ state: 'running', endedAt: null, updatedAt: 120 });
      expect(await queue().active(5)).toMatchObject([{ id: 'b1' }]);
    });

    test('goes with its items when it has ended and is old, and not before', async () => {
      await open(3);
      const { retention } = subject.store.master;
      const old = { after: null, limit: 2, before: 1_000 };
      const purge = async (what: 'backfillItems' | 'backfills') => (await retention.purge(1, what, old)).removed;
      expect([await purge('backfillItems'), await purge('backfills')]).toEqual([0, 0]);
      const { backfills } = subject.store;
      await backfills.change((await backfills.find('b1'))!, { kind: 'cancel' }, told('b1', 'cancelled', 900));
      expect(await retention.purge(1, 'backfillItems', { ...old, before: 900 })).toEqual({ removed: 0, next: null });
      expect([await purge('backfillItems'), await purge('backfills')]).toEqual([2, 0]);
      expect([await purge('backfillItems'), await purge('backfills')]).toEqual([1, 1]);
      expect(await backfills.find('b1')).toBeUndefined();
    });

    test('counts what goes on', async () => {
      await open(3);
      await queue().start(1, { backfill: b1, position: 0 }, filing('r1'));
      expect(await queue().figures()).toEqual({ running: 1, paused: 0, itemsWaiting: 2, itemsRunning: 1 });
    });
  });
}
