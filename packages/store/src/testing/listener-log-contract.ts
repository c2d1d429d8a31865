/** What every log of listener events must do, wherever it keeps them. */
import {
  type ListenerEvent,
  type ListenerLog,
  type ListenerSelection,
  listenerEventId,
  type ProjectId,
} from '@vaquita/core';
import { describe, expect, test } from 'vitest';

export interface ListenerLogSubject {
  /** Begins this term, and opens its log. */
  lead(epoch: number): Promise<ListenerLog>;
  /** No instance can be made whose cursor lies before this. */
  origin(): Promise<number>;
  /** There is an enabled instance that has heard all up to `cursor`. */
  listen(cursor: number, selection: ListenerSelection): Promise<void>;
}

const PROJECT = 'project-1' as ProjectId;
const ENDED: ListenerSelection = { types: ['workflow.ended'], project: null };
const EVERYTHING: ListenerSelection = { types: ['workflow.ended', 'task.ended'], project: null };

export function loggedEvent(seq: number, more: Partial<ListenerEvent> = {}): ListenerEvent {
  const project = { id: PROJECT, name: 'first' };
  const event = { id: listenerEventId(seq), seq, type: 'workflow.ended', version: 1, time: 100 + seq } as const;
  return { ...event, project, subject: `s${seq}`, data: { ü: seq, text: 'a "b"\n' }, ...more };
}

const loggedEvents = (...seqs: readonly number[]) => seqs.map((seq) => loggedEvent(seq));
const seqsOf = (events: readonly ListenerEvent[]) => events.map(({ seq }) => seq);

export function describeListenerLog(subject: ListenerLogSubject): void {
  const fenced = { code: 'fenced' };

  describe('log of listener events', () => {
    test('has no position before it is begun, and then that of what it was given last', async () => {
      const { producer, consumer } = await subject.lead(1);
      expect(await producer.position()).toBeNull();
      expect(await consumer.next({ ...EVERYTHING, after: 0, limit: 10 })).toEqual([]);
      await producer.append({ events: [], position: 4 });
      expect(await producer.position()).toBe(4);
      await producer.append({ events: loggedEvents(6, 9), position: 11 });
      expect(await producer.position()).toBe(11);
      expect(await consumer.next({ ...EVERYTHING, after: 0, limit: 10 })).toEqual(loggedEvents(6, 9));
    });

    test('takes the same again, wholly or from any place on, and changes nothing', async () => {
      const log = await subject.lead(1);
      await log.producer.append({ events: loggedEvents(1, 2, 3), position: 5 });
      for (const events of [loggedEvents(1, 2, 3), loggedEvents(2, 3), loggedEvents(3), []]) {
        await log.producer.append({ events, position: 5 });
      }
      await log.producer.append({ events: loggedEvents(1), position: 2 });
      expect(await log.producer.position()).toBe(5);
      expect(await log.keeper.weight()).toMatchObject({ events: 3 });
      expect(seqsOf(await log.consumer.next({ ...ENDED, after: 0, limit: 10 }))).toEqual([1, 2, 3]);
    });

    test('gives each selection its events after a place, in order, as many as were asked for', async () => {
      const { producer, consumer } = await subject.lead(1);
      const other = { project: { id: 'project-2' as ProjectId, name: 'second' } };
      await producer.append({
        events: [
          loggedEvent(2),
          loggedEvent(3, { type: 'task.ended' }),
          loggedEvent(4, other),
          loggedEvent(7, { project: null }),
          loggedEvent(8),
        ],
        position: 8,
      });
      const next = async (selection: ListenerSelection, after: number, limit: number) =>
        seqsOf(await consumer.next({ ...selection, after, limit }));
      expect(await next(EVERYTHING, 0, 10)).toEqual([2, 3, 4, 7, 8]);
      expect(await next(EVERYTHING, 0, 2)).toEqual([2, 3]);
      expect(await next(EVERYTHING, 3, 10)).toEqual([4, 7, 8]);
      expect(await next(ENDED, 2, 1)).toEqual([4]);
      expect(await next({ ...ENDED, project: PROJECT }, 2, 10)).toEqual([8]);
      expect(await next({ types: [], project: null }, 0, 10)).toEqual([]);
      expect(await next(EVERYTHING, 8, 10)).toEqual([]);
    });

    test('counts what waits, and says when the first of it happened', async () => {
      const { producer, consumer } = await subject.lead(1);
      const seqs = Array.from({ length: 1_500 }, (_, index) => index + 1);
      await producer.append({ events: loggedEvents(...seqs), position: 1_500 });
      expect(await consumer.waiting({ ...ENDED, after: 0 })).toEqual({ events: 1_500, oldestAt: 101 });
      expect(await consumer.waiting({ ...ENDED, after: 1_400 })).toEqual({ events: 100, oldestAt: 1_501 });
      expect(await consumer.waiting({ ...ENDED, after: 1_500 })).toEqual({ events: 0, oldestAt: null });
      expect(await consumer.waiting({ types: ['task.failed'], project: null, after: 0 })).toMatchObject({ events: 0 });
      const all = await consumer.next({ ...ENDED, after: 0, limit: 200 });
      expect([all.length, all.at(-1)?.seq]).toEqual([200, 200]);
    });

    test('removes what is old and has been heard by all, and nothing else', async () => {
      const { producer, consumer, keeper } = await subject.lead(1);
      const at = await subject.origin();
      const seqs = (...numbers: readonly number[]) => numbers.map((number) => at + number);
      await subject.listen(at + 3, ENDED);
      const nobodyWants = loggedEvent(at + 5, { type: 'task.ended' });
      const events = [...loggedEvents(...seqs(1, 2, 3, 4)), nobodyWants, ...loggedEvents(at + 6)];
      await producer.append({ events, position: at + 6 });
      const { bytes } = await keeper.weight();
      expect(bytes).toBeGreaterThan(6 * 20);
      const [third, muchLater] = [at + 103, at + 10_000];
      expect(await keeper.removeHeard({ after: at, before: third, limit: 2 })).toEqual({ removed: 2, next: at + 2 });
      expect(await keeper.removeHeard({ after: at + 2, before: third, limit: 2 })).toMatchObject({ removed: 0 });
      const left = async () => seqsOf(await consumer.next({ ...EVERYTHING, after: at, limit: 10 }));
      expect(await left()).toEqual(seqs(3, 4, 5, 6));
      // 4 and 6 have not been heard.
      expect((await keeper.removeHeard({ after: at, before: muchLater, limit: 10 })).removed).toBe(2);
      expect(await left()).toEqual(seqs(4, 6));
      const rest = await keeper.weight();
      expect([rest.events, rest.bytes < bytes && rest.bytes > 0]).toEqual([2, true]);
      expect(await keeper.removeHeard({ after: at + 6, before: muchLater, limit: 10 })).toEqual({
        removed: 0,
        next: null,
      });
    });

    test('takes nothing from a leader whose term is over, and the next one goes on where it was', async () => {
      const old = await subject.lead(1);
      await old.producer.append({ events: loggedEvents(1, 2), position: 2 });
      const log = await subject.lead(2);
      expect(await log.producer.position()).toBe(2);
      await expect(old.producer.append({ events: loggedEvents(3), position: 3 })).rejects.toMatchObject(fenced);
      await expect(old.keeper.removeHeard({ after: 0, before: 10_000, limit: 10 })).rejects.toMatchObject(fenced);
      expect(await log.producer.position()).toBe(2);
      await log.producer.append({ events: loggedEvents(3), position: 3 });
      expect(seqsOf(await log.consumer.next({ ...ENDED, after: 0, limit: 10 }))).toEqual([1, 2, 3]);
    });
  });
}
