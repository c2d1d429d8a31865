/** Workers: what they say of themselves, how they stand, and what people decide about them. */
import type { NewEvent } from '@vaquita/core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { WorkerFacts, WorkerStanding } from '../../ports/master.ts';
import type { Subject } from '../store-contract.ts';
import { token, worker, workerRow } from './fixtures.ts';

export function describeWorkers(subject: Subject): void {
  describe('workers', () => {
    beforeEach(() => subject.lead(1));

    test('are written by the leader of the epoch, and by nobody who led before', async () => {
      const { workers } = subject.store.master;
      await workers.upsert(1, worker('w1'), 'joined');
      await subject.lead(null);
      await subject.lead(2);
      const before = await subject.store.events.latestSeq();
      const fenced = { code: 'fenced' };
      await expect(workers.upsert(1, worker('w2'), 'joined')).rejects.toMatchObject(fenced);
      await expect(workers.setState(1, worker('w1').id, { state: 'offline', at: 9, why: 'x' })).rejects.toMatchObject(
        fenced,
      );
      await expect(workers.beat(1, [{ id: worker('w1').id, at: 9, stats: {} }])).rejects.toMatchObject(fenced);
      expect(await workers.list()).toEqual([workerRow(worker('w1'))]);
      expect(await subject.store.events.latestSeq()).toBe(before);
    });

    test('are kept, listed by name, beat and change state', async () => {
      const { workers } = subject.store.master;
      await workers.upsert(1, worker('w2', { name: 'zoe' }), 'joined');
      await workers.upsert(1, worker('w1', { name: 'old' }), 'joined');
      await workers.upsert(1, worker('w1', { name: 'amy', labels: {}, groups: ['a', 'b'] }), 'joined');
      expect(await workers.list()).toEqual([
        workerRow(worker('w1', { name: 'amy', labels: {}, groups: ['a', 'b'] })),
        workerRow(worker('w2', { name: 'zoe' })),
      ]);
      await workers.beat(1, [
        { id: worker('w1').id, at: 50, stats: { cpu: 1 } },
        { id: worker('gone').id, at: 50, stats: {} },
      ]);
      expect(await workers.get(worker('w1').id)).toMatchObject({ lastHeartbeatAt: 50, stats: { cpu: 1 }, name: 'amy' });
      await workers.setState(1, worker('w2').id, { state: 'draining', at: 60, why: 'asked' });
      expect(await workers.get(worker('w2').id)).toMatchObject({ state: 'draining', updatedAt: 60 });
      expect(await workers.get(worker('gone').id)).toBeUndefined();
      await expect(
        workers.setState(1, worker('gone').id, { state: 'offline', at: 1, why: 'lost' }),
      ).rejects.toMatchObject({ code: 'not_found' });
      await workers.beat(1, []);
    });

    test('have their changes of state told, with where they come from, and nothing told that is no change', async () => {
      const { events, master } = subject.store;
      const { workers } = master;
      const before = await events.latestSeq();
      const news = async () => (await events.after(before, { limit: 100 })).map(({ data }) => data);
      const told = (from: string | null, to: string, why: string, name = 'amy') => ({
        workerId: 'w1',
        worker: name,
        from,
        to,
        why,
      });
      const set = (state: WorkerFacts['state'], why: string) =>
        workers.setState(1, worker('w1').id, { state, at: 70, why });

      await workers.upsert(1, worker('w1', { name: 'amy', updatedAt: 66 }), "it's here");
      expect(await events.after(before, { limit: 100 })).toEqual([
        {
          seq: expect.any(Number),
          type: 'worker.state',
          projectId: null,
          workflowInstanceId: null,
          taskInstanceId: null,
          at: 66,
          data: told(null, 'online', "it's here"),
        },
      ]);
      await workers.upsert(1, worker('w1', { name: 'amy', slots: 9 }), 'again');
      await workers.beat(1, [{ id: worker('w1').id, at: 67, stats: {} }]);
      await set('online', 'again');
      expect(await news()).toHaveLength(1);
      await set('draining', 'asked by ann');
      await set('offline', 'lost "it"');
      await set('offline', 'lost again');
      await workers.upsert(1, worker('w1', { name: 'amy the second' }), 'back');
      expect(await news()).toEqual([
        told(null, 'online', "it's here"),
        told('online', 'draining', 'asked by ann'),
        told('draining', 'offline', 'lost "it"'),
        told('offline', 'online', 'back', 'amy the second'),
      ]);
      const missing = workers.setState(1, worker('gone').id, { state: 'offline', at: 1, why: 'lost' });
      await expect(missing).rejects.toMatchObject({ code: 'not_found' });
      expect(await news()).toHaveLength(4);
    });

    test('changed by many at once are told of once', async () => {
      const { events, master } = subject.store;
      await master.workers.upsert(1, worker('w1'), 'joined');
      const before = await events.latestSeq();
      const change = { state: 'offline', at: 1, why: 'lost' } as const;
      await Promise.all(Array.from({ length: 20 }, () => master.workers.setState(1, worker('w1').id, change)));
      expect(await events.after(before, { limit: 100 })).toHaveLength(1);
    });

    test('are as people have decided, however often they join', async () => {
      const { events, master, workers } = subject.store;
      await master.workers.upsert(1, worker('w1', { name: 'amy' }), 'joined');
      await master.workers.upsert(1, worker('w2', { name: 'bob' }), 'joined');
      const { id } = worker('w1');
      const before = await events.latestSeq();
      const drain = standing({ overrides: { slots: 9, labels: { zone: 'b' }, weight: 2 } });
      expect(await workers.decide(id, { before: null, after: drain }, workerChanged('w1'))).toBe(true);
      await master.workers.upsert(1, worker('w1', { name: 'amy', slots: 3 }), 'joined');
      expect(await workers.get('w1')).toEqual({
        ...worker('w1', { name: 'amy', slots: 9, labels: { zone: 'b' }, weight: 2 }),
        standing: drain,
        own: { slots: 3, labels: { zone: 'a' }, weight: 1.5 },
      });
      expect(await master.workers.standings()).toEqual([{ id: 'w1', name: 'amy', standing: drain }]);
      expect(await events.after(before, { limit: 100 })).toMatchObject([
        { type: 'worker.changed', data: { of: 'w1' } },
      ]);
    });

    test('of two who decide at once one is first, and the other sees that it must look again', async () => {
      const { events, master, workers } = subject.store;
      await master.workers.upsert(1, worker('w1'), 'joined');
      const { id } = worker('w1');
      const before = await events.latestSeq();
      const decisions = await Promise.all(
        ['ann', 'ben'].map((by) => workers.decide(id, { before: null, after: standing({ by }) }, workerChanged('w1'))),
      );
      expect(decisions.toSorted()).toEqual([false, true]);
      expect(await events.after(before, { limit: 100 })).toHaveLength(1);
      const [first] = await master.workers.standings();
      const again = { before: first!.standing, after: standing({ availability: 'available' }) };
      expect(await workers.decide(id, again, workerChanged('w1'))).toBe(true);
      expect(await workers.decide(worker('gone').id, again, workerChanged('gone'))).toBe(false);
    });

    test('of the name of one that is evicted are known by it, before what is decided about themselves', async () => {
      const { master, workers } = subject.store;
      const names = { w1: 'amy', w2: 'amy', w3: 'amy', w4: 'bob' };
      for (const [id, name] of Object.entries(names)) await master.workers.upsert(1, worker(id, { name }), 'joined');
      const evicted = standing({ availability: 'evicted' });
      const drained = standing({ availability: 'draining' });
      for (const [id, after] of Object.entries({ w1: drained, w2: drained, w3: evicted, w4: evicted }))
        await workers.decide(worker(id).id, { before: null, after }, workerChanged(id));
      expect(await master.workers.standingsOf(worker('w1').id, 'amy')).toEqual([
        { id: 'w3', name: 'amy', standing: evicted },
        { id: 'w1', name: 'amy', standing: drained },
      ]);
      expect(await master.workers.standingsOf(worker('w5').id, 'eve')).toEqual([]);
    });

    test('are told how the worker token stands that they join with', async () => {
      const { tokens, master } = subject.store;
      await tokens.create(token('t1', { kind: 'worker', expiresAt: 100 }));
      await tokens.create(token('t2', { kind: 'api' }));
      const found = { id: 't1', name: 't1' };
      expect(await master.workers.findToken('hash of t1', 99)).toEqual({ ...found, standing: 'valid' });
      expect(await master.workers.findToken('hash of t1', 100)).toEqual({ ...found, standing: 'expired' });
      expect(await master.workers.findToken('hash of t2', 99)).toBeUndefined();
      expect(await master.workers.findToken('unknown', 99)).toBeUndefined();
      await tokens.revoke('t1', 50);
      expect(await master.workers.findToken('hash of t1', 99)).toEqual({ ...found, standing: 'revoked' });
    });
  });
}

function standing(change: Partial<WorkerStanding>): WorkerStanding {
  return { availability: 'draining', by: 'ann', at: 5, why: 'new disks', overrides: {}, ...change };
}

function workerChanged(of: string): NewEvent {
  const none = { projectId: null, workflowInstanceId: null, taskInstanceId: null };
  return { type: 'worker.changed', ...none, at: 5, data: { of } };
}
