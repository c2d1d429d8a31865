/** The contract of the events that a store keeps for listeners: put in with the position, and removed when all have heard them. */
import type { ProjectId } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { ListenerStore } from '../../ports/listeners.ts';
import type { Subject } from '../store-contract.ts';
import { PROJECT, project } from './fixtures.ts';
import { heard, instance, instanceId, seqs } from './listener-fixtures.ts';

export function describeListenerEvents(subject: Subject): void {
  const people = (): ListenerStore => subject.store.listeners;
  const engine = () => subject.store.listenerEngine;

  async function cursorNow(): Promise<number> {
    return (await subject.store.events.latestSeq()) ?? 0;
  }

  describe('events kept for listeners', () => {
    test('keeps events and the position as one, and again without changing anything', async () => {
      await subject.lead(1);
      const { producer, consumer } = engine().openLog(1);
      expect(await producer.position()).toBeNull();
      await producer.append({ events: [heard(3), heard(5, 'task.ended', null)], position: 6 });
      await producer.append({ events: [heard(3), heard(5, 'task.ended', null)], position: 5 });
      expect(await producer.position()).toBe(6);
      const all = { types: ['workflow.ended', 'task.ended'] as const, project: null, after: 0 };
      expect(await consumer.next({ ...all, limit: 10 })).toEqual([heard(3), heard(5, 'task.ended', null)]);
      expect(seqs(await consumer.next({ ...all, limit: 1 }))).toEqual([3]);
      expect(seqs(await consumer.next({ ...all, project: PROJECT, limit: 10 }))).toEqual([3]);
      expect(seqs(await consumer.next({ ...all, types: ['task.ended'], limit: 10 }))).toEqual([5]);
      expect(await consumer.waiting(all)).toEqual({ events: 2, oldestAt: 103 });
      expect(await consumer.waiting({ ...all, after: 5 })).toEqual({ events: 0, oldestAt: null });
    });

    test('removes what is old and heard by all that want it, and never what one has yet to hear', async () => {
      await subject.lead(1);
      await subject.store.projects.create(project('p2'));
      await people().instances.create(instance('a', { eventTypes: ['workflow.ended'] }));
      await people().instances.create(instance('b', { projectId: 'p2' as ProjectId }));
      await people().instances.create(instance('off', { enabled: false, eventTypes: ['task.ended'] }));
      const at = await cursorNow();
      const events = [heard(at + 1), heard(at + 2, 'workflow.ended', 'p2'), heard(at + 3, 'task.ended'), heard(at + 4)];
      const { producer, keeper, consumer } = engine().openLog(1);
      await producer.append({ events, position: at + 4 });
      const weight = await keeper.weight();
      expect(weight.events).toBe(4);
      expect(weight.bytes).toBeGreaterThan(4 * 20);
      await engine().heard(1, instanceId('a'), { seq: at + 4, at: 1 });
      const old = { after: 0, before: 100 + at + 4 };
      expect(await keeper.removeHeard({ ...old, limit: 2 })).toEqual({ removed: 1, next: at + 2 });
      expect(await keeper.removeHeard({ ...old, after: at + 2, limit: 2 })).toEqual({ removed: 1, next: at + 4 });
      expect(await keeper.removeHeard({ ...old, after: at + 4, limit: 2 })).toEqual({ removed: 0, next: null });
      const left = { types: ['workflow.ended', 'task.ended'] as const, project: null, after: 0, limit: 10 };
      expect(seqs(await consumer.next(left))).toEqual([at + 2, at + 4]);
    });
  });
}
