/** The contract of listener instances: what people change of them, and how each goes from event to event. */
import type { ListenerEventType, ProjectId } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { ListenerStore } from '../../ports/listeners.ts';
import type { Subject } from '../store-contract.ts';
import { PROJECT, WORKFLOW, workflowEvent } from './fixtures.ts';
import { alert, heard, instance, instanceId } from './listener-fixtures.ts';

export function describeListeners(subject: Subject): void {
  const people = (): ListenerStore => subject.store.listeners;
  const engine = () => subject.store.listenerEngine;
  const page = { limit: 50, cursor: null };
  const conflict = { code: 'conflict' };

  async function cursorNow(): Promise<number> {
    return (await subject.store.events.latestSeq()) ?? 0;
  }
  async function tell(at: number): Promise<void> {
    await subject.store.workflows.setOnline(WORKFLOW, at % 2 === 0, workflowEvent(WORKFLOW, { at }));
  }

  describe('listeners', () => {
    test('writes nothing for a leader that is none', async () => {
      await subject.lead(2);
      await people().instances.create(instance('a'));
      const { producer, keeper } = engine().openLog(1);
      const fenced = { code: 'fenced' };
      await expect(producer.append({ events: [heard(3)], position: 9 })).rejects.toMatchObject(fenced);
      await expect(engine().markRead(1, 9)).rejects.toMatchObject(fenced);
      await expect(engine().heard(1, instanceId('a'), { seq: 9, at: 1 })).rejects.toMatchObject(fenced);
      const read = { id: instanceId('a'), cursor: 0, eventTypes: [], projectId: null };
      await expect(engine().passed(1, read, 9)).rejects.toMatchObject(fenced);
      const failure = { seq: 9, attempt: 1, reason: 'x', at: 1, nextAttemptAt: 2 };
      await expect(engine().failed(1, instanceId('a'), failure)).rejects.toMatchObject(fenced);
      await expect(engine().fileAlert(1, alert('a1', 'open'))).rejects.toMatchObject(fenced);
      expect(await keeper.weight()).toEqual({ events: 0, bytes: 0 });
      expect((await people().instances.find('a'))?.blockedSeq).toBeNull();
    });

    test('lets an instance begin with what happens from now on, and again when it is switched on', async () => {
      await tell(81);
      await people().instances.create(instance('a'));
      const begun = await cursorNow();
      expect(await people().instances.find('a')).toMatchObject({
        cursor: begun,
        delivered: 0,
        eventTypes: instance('a').eventTypes,
      });
      await subject.lead(1);
      expect(await engine().openLog(1).producer.position()).toBe(begun);
      await people().instances.update(instanceId('a'), { enabled: false, at: 5 });
      expect(await engine().enabled()).toEqual([]);
      await tell(82);
      await people().instances.update(instanceId('a'), { enabled: true, at: 6 });
      expect(await people().instances.find('a')).toMatchObject({ cursor: await cursorNow(), updatedAt: 6 });
      expect(await cursorNow()).toBeGreaterThan(begun);
      await people().instances.update(instanceId('a'), { enabled: true, settings: 'other', at: 7 });
      expect(await engine().enabled()).toMatchObject([{ id: 'a', settings: 'other', installed: null }]);
    });

    test('knows what an instance has not heard while it was switched off', async () => {
      await people().instances.create(instance('a', { eventTypes: ['workflow.updated'] }));
      await people().instances.create(
        instance('b', { eventTypes: ['workflow.updated'], projectId: 'p2' as ProjectId }),
      );
      await people().instances.create(instance('c'));
      await people().instances.update(instanceId('a'), { enabled: false, at: 5 });
      for (const at of [83, 84]) await tell(at);
      const unheard = async () =>
        await Promise.all(['a', 'b', 'c', 'no'].map((id) => people().instances.unheard(instanceId(id))));
      expect(await unheard()).toEqual([2, 0, 0, 0]);
      await people().instances.update(instanceId('a'), { enabled: true, at: 6 });
      expect(await unheard()).toEqual([0, 0, 0, 0]);
    });

    test('is changed and found by name, and gone with its failures', async () => {
      await people().instances.create(instance('a'));
      await people().instances.create(instance('b', { projectId: PROJECT }));
      const taken = { code: 'name_in_use' };
      await expect(people().instances.create(instance('c', { name: 'a' }))).rejects.toMatchObject(taken);
      await expect(people().instances.update(instanceId('b'), { name: 'a', at: 2 })).rejects.toMatchObject(taken);
      await people().instances.update(instanceId('b'), {
        name: 'z',
        projectId: null,
        eventTypes: ['server.down'],
        at: 2,
      });
      expect(await people().instances.find('z')).toMatchObject({
        id: 'b',
        projectId: null,
        eventTypes: ['server.down'],
      });
      const first = await people().instances.list({ limit: 1, cursor: null });
      expect(first.items.map(({ name }) => name)).toEqual(['a']);
      expect((await people().instances.list({ limit: 1, cursor: first.next })).items.map(({ name }) => name)).toEqual([
        'z',
      ]);
      await people().instances.delete(instanceId('b'));
      const gone = { code: 'not_found' };
      await expect(people().instances.delete(instanceId('b'))).rejects.toMatchObject(gone);
      await expect(people().instances.update(instanceId('b'), { at: 3 })).rejects.toMatchObject(gone);
      expect(await people().instances.find('b')).toBeUndefined();
    });

    test('goes on behind what is not for it, unless it was blocked, moved on or given more to hear meanwhile', async () => {
      await subject.lead(1);
      await people().instances.create(instance('a'));
      const id = instanceId('a');
      const find = async () => (await people().instances.find('a'))!;
      const row = await find();
      const at = row.cursor;
      await engine().passed(1, row, at + 5);
      expect(await find()).toMatchObject({ cursor: at + 5, delivered: 0, skipped: 0 });
      await engine().passed(1, row, at + 9);
      await engine().passed(1, await find(), at + 3);
      expect(await find()).toMatchObject({ cursor: at + 5 });
      await people().instances.update(id, { eventTypes: ['server.down', 'task.ended'], at: 3 });
      await engine().passed(1, { ...row, cursor: at + 5 }, at + 9);
      expect(await find()).toMatchObject({ cursor: at + 5 });
      const failure = { seq: at + 7, attempt: 1, reason: 'refused', at: 60, nextAttemptAt: 70 };
      await engine().failed(1, id, failure);
      await engine().passed(1, await find(), at + 9);
      expect(await find()).toMatchObject({ cursor: at + 5, blockedSeq: at + 7 });
    });

    test('goes on after each event, is blocked by one that fails, and goes on when that is heard', async () => {
      await subject.lead(1);
      await people().instances.create(instance('a'));
      const at = await cursorNow();
      const [one, two, three] = [at + 1, at + 2, at + 3];
      await engine()
        .openLog(1)
        .producer.append({ events: [one, two, three].map((seq) => heard(seq)), position: three });
      await engine().heard(1, instanceId('a'), { seq: one, at: 50 });
      const failure = { seq: two, attempt: 1, reason: 'refused', at: 60, nextAttemptAt: 70 };
      await engine().failed(1, instanceId('a'), failure);
      await engine().failed(1, instanceId('a'), { ...failure, attempt: 2, at: 75, nextAttemptAt: 90 });
      expect(await people().instances.find('a')).toMatchObject({
        ...{
          cursor: one,
          delivered: 1,
          blockedSeq: two,
          attempt: 2,
          reason: 'refused',
          nextAttemptAt: 90,
          blockedSince: 60,
        },
      });
      const listed = async (status: 'waiting' | 'failed' | 'delivered' | 'skipped') =>
        (await people().instances.events(instanceId('a'), status, page)).items;
      expect(await listed('failed')).toEqual([
        { event: heard(two), failure: { attempts: 2, reason: 'refused', firstAt: 60, lastAt: 75, skippedBy: null } },
      ]);
      expect(await listed('waiting')).toEqual([{ event: heard(three), failure: null }]);
      expect((await listed('delivered')).map(({ event }) => event.seq)).toEqual([one]);
      await people().instances.retry(instanceId('a'), 77);
      expect((await people().instances.find('a'))?.nextAttemptAt).toBe(77);
      await engine().heard(1, instanceId('a'), { seq: two, at: 80 });
      expect(await people().instances.find('a')).toMatchObject({
        ...{
          cursor: two,
          delivered: 2,
          blockedSeq: null,
          attempt: 0,
          reason: null,
          nextAttemptAt: null,
          lastDeliveredAt: 80,
        },
      });
      expect((await listed('delivered')).map(({ event, failure }) => [event.seq, failure?.attempts])).toEqual([
        [two, 2],
        [one, undefined],
      ]);
      await expect(people().instances.retry(instanceId('a'), 99)).rejects.toMatchObject(conflict);
    });

    test('skips only the event that blocks, and what comes late for it changes nothing', async () => {
      await subject.lead(1);
      await people().instances.create(instance('a'));
      const two = (await cursorNow()) + 2;
      await engine()
        .openLog(1)
        .producer.append({ events: [heard(two)], position: two });
      const skip = { seq: two, by: 'ann', at: 90 };
      await expect(people().instances.skip(instanceId('a'), skip)).rejects.toMatchObject(conflict);
      const failure = { seq: two, attempt: 1, reason: 'refused', at: 60, nextAttemptAt: 70 };
      await engine().failed(1, instanceId('a'), failure);
      await expect(people().instances.skip(instanceId('a'), { ...skip, seq: two - 1 })).rejects.toMatchObject(conflict);
      await people().instances.skip(instanceId('a'), skip);
      await engine().failed(1, instanceId('a'), failure);
      await engine().heard(1, instanceId('a'), { seq: two, at: 95 });
      expect(await people().instances.find('a')).toMatchObject({
        cursor: two,
        skipped: 1,
        delivered: 0,
        blockedSeq: null,
      });
      const { items } = await people().instances.events(instanceId('a'), 'skipped', page);
      expect(items).toMatchObject([{ event: { seq: two }, failure: { skippedBy: 'ann', reason: 'refused' } }]);
      expect((await people().instances.events(instanceId('a'), 'delivered', page)).items).toEqual([]);
      await expect(people().instances.skip(instanceId('none'), skip)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('lists as delivered only what came while it listened', async () => {
      await subject.lead(1);
      const { producer } = engine().openLog(1);
      const delivered = async () => {
        const { items } = await people().instances.events(instanceId('a'), 'delivered', page);
        return items.map(({ event }) => event.type);
      };
      /** Another instance has it kept, and this one has read so far. */
      const happens = async (seq: number, type: ListenerEventType) => {
        await producer.append({ events: [heard(seq, type)], position: seq });
        await engine().heard(1, instanceId('a'), { seq, at: 50 });
      };
      const from = await cursorNow();
      await producer.append({ events: [heard(from + 1, 'workflow.started')], position: from + 1 });
      await people().instances.create(instance('a'));
      await happens(from + 2, 'task.failed');
      await happens(from + 3, 'workflow.ended');
      expect(await delivered()).toEqual(['workflow.ended']);
      await people().instances.update(instanceId('a'), { name: 'b', eventTypes: instance('a').eventTypes, at: 60 });
      expect(await delivered()).toEqual(['workflow.ended']);
      await people().instances.update(instanceId('a'), { eventTypes: ['task.failed', 'workflow.ended'], at: 61 });
      await happens(from + 4, 'task.failed');
      expect(await delivered()).toEqual(['task.failed']);
      await people().instances.update(instanceId('a'), { enabled: false, at: 62 });
      await producer.append({ events: [heard(from + 5, 'task.failed')], position: from + 5 });
      await people().instances.update(instanceId('a'), { enabled: true, at: 63 });
      expect(await delivered()).toEqual([]);
      await happens(from + 6, 'workflow.ended');
      expect(await delivered()).toEqual(['workflow.ended']);
    });

    test('forgets failures that are over and old, wherever events are kept, and none whose event is still here', async () => {
      await subject.lead(1);
      await people().instances.create(instance('a'));
      const id = instanceId('a');
      const at = await cursorNow();
      const { producer, keeper } = engine().openLog(1);
      await producer.append({ events: [heard(at + 4)], position: at + 4 });
      const fail = async (seq: number, when: number) =>
        await engine().failed(1, id, { seq, attempt: 1, reason: 'no', at: when, nextAttemptAt: when });
      for (const [n, over] of [
        [1, 50],
        [2, 60],
        [3, 70],
        [4, 50],
      ] as const) {
        await fail(at + n, 40);
        if (n === 2) await people().instances.skip(id, { seq: at + n, by: 'ann', at: over });
        else await engine().heard(1, id, { seq: at + n, at: over });
      }
      await fail(at + 5, 40);
      const forget = async (before: number, limit = 10) => await engine().forgetFailures(1, { before, limit });
      expect(await forget(50)).toBe(0);
      expect([await forget(70, 1), await forget(70, 1), await forget(70, 1)]).toEqual([1, 1, 0]);
      await keeper.removeHeard({ after: 0, before: Number.MAX_SAFE_INTEGER, limit: 10 });
      await subject.lead(2);
      await expect(forget(1_000)).rejects.toMatchObject({ code: 'fenced' });
      expect(await engine().forgetFailures(2, { before: 1_000, limit: 10 })).toBe(2);
      expect(await people().instances.find('a')).toMatchObject({ blockedSeq: at + 5 });
    });

    test('files an alert only when it says something else than the newest of its subject', async () => {
      await subject.lead(1);
      const said = [
        await engine().fileAlert(1, alert('a1', 'resolved')),
        await engine().fileAlert(1, alert('a2', 'open')),
        await engine().fileAlert(1, alert('a3', 'open')),
        await engine().fileAlert(1, alert('a4', 'resolved')),
        await engine().fileAlert(1, alert('a5', 'open')),
      ];
      expect(said).toEqual([false, true, false, true, true]);
    });
  });
}
