/** The record of changes: its order, its cursors, and what is cleared away. */
import { describe, expect, test } from 'vitest';
import { actorOf, eventsOf, register, type Subject, told } from './subject.ts';

const HOUR_MS = 3_600_000;
const RETENTION = { keepMs: 2 * HOUR_MS, keepAtMostMs: 24 * HOUR_MS };

export function describeEvents(subject: Subject): void {
  const events = () => subject.world.store.events;
  const put = (value: string) =>
    subject.world.store.data.put(actorOf('a', session), { key: '/x', value, kind: 'persistent' });
  let session = 'a-1';

  /** The client of these tests lives on whatever time passes. */
  async function pass(ms: number): Promise<void> {
    await subject.world.advance(ms);
    session = `a-${ms}-${subject.world.clock.now()}`;
    const { clients } = subject.world.store;
    await clients.register({
      ...{ id: 'a' as never, session, name: 'a', kind: 'server', config: {} },
      ...{ heartbeatIntervalMs: 1_000, sessionTimeoutMs: 1_000_000_000 },
    });
  }

  describe('events', () => {
    test('have ids that follow each other, in the order of the changes, also of many at once (T3)', async () => {
      await pass(0);
      const before = await events().head();
      await Promise.all(Array.from({ length: 100 }, (_, i) => put(String(i))));
      const all = await eventsOf(subject, before);
      expect(all.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, i) => before + 1 + i));
      expect((await subject.world.store.data.get('/x'))?.value).toBe(all.at(-1)!.value);
      expect(new Set(all.map(({ value }) => value)).size).toBe(100);
      expect(await events().after(before + 2, 3)).toEqual(all.slice(2, 5));
      expect(await events().after(before + 100, 3)).toEqual([]);
      expect(await events().head()).toBe(before + 100);
    });

    test('a cursor begins at the newest, or where it is told, and never beyond', async () => {
      const [b] = await register(subject, 'b');
      await pass(0);
      await put('1');
      await put('2');
      const head = await events().head();
      const at = (name: string) => ({ path: '/x', name });
      expect(await events().subscribe(b!, at('new'), null)).toBe(head);
      expect(await events().subscribe(b!, at('early'), head - 2)).toBe(head - 2);
      expect(await events().subscribe(b!, at('late'), head + 5)).toBe(head);
      await put('3');
      expect(await events().subscribe(b!, at('new'), null)).toBe(head);
      expect(await events().subscribe(b!, at('new'), head + 1)).toBe(head + 1);
      await events().unsubscribe(actorOf('b', 'old'), at('early'));
      expect(await events().subscribe(b!, at('early'), null)).toBe(head - 2);
      await events().unsubscribe(b!, at('early'));
      expect(await events().subscribe(b!, at('early'), null)).toBe(head + 1);
    });

    test('go when they are old and every cursor has passed them, and the newest never goes', async () => {
      await pass(0);
      await put('1');
      await put('2');
      const first = (await events().head()) - 1;
      await pass(HOUR_MS);
      await put('3');
      expect(await events().purge(RETENTION)).toBe(0);
      await pass(HOUR_MS + 1);
      await events().subscribe(actorOf('a', session), { path: '/', name: '' }, first);
      await events().purge(RETENTION);
      expect(told(await eventsOf(subject, first - 1))).toEqual(['updated /x=2', 'updated /x=3']);
      await events().subscribe(actorOf('a', session), { path: '/', name: '' }, first + 2);
      await events().purge(RETENTION);
      expect(told(await eventsOf(subject, first - 1))).toEqual(['updated /x=3']);
      await pass(30 * HOUR_MS);
      await events().purge(RETENTION);
      expect(told(await eventsOf(subject, first - 1))).toEqual(['updated /x=3']);
      expect((await put('4')).eventId).toBe(first + 3);
    });

    test('go in the end, however far behind a cursor is', async () => {
      await pass(0);
      await put('1');
      const first = await events().head();
      await pass(23 * HOUR_MS);
      await put('2');
      await events().subscribe(actorOf('a', session), { path: '/', name: '' }, first - 1);
      await events().purge(RETENTION);
      expect(told(await eventsOf(subject, first - 1))).toEqual(['added /x=1', 'updated /x=2']);
      await subject.world.advance(HOUR_MS + 1);
      await events().purge(RETENTION);
      expect(told(await eventsOf(subject, first - 1))).toEqual(['updated /x=2']);
    });

    test('dated by a clock that was turned back are neither kept for ever nor lost', async () => {
      await pass(0);
      await put('1');
      const first = await events().head();
      subject.world.clock.set(subject.world.clock.now() - 48 * HOUR_MS);
      await pass(1);
      await put('2');
      await events().purge(RETENTION);
      expect(told(await eventsOf(subject, first))).toEqual(['updated /x=2']);
      subject.world.clock.set(subject.world.clock.now() - HOUR_MS);
      await pass(1);
      await put('3');
      await events().purge(RETENTION);
      expect(told(await eventsOf(subject, first))).toEqual(['updated /x=2', 'updated /x=3']);
    });
  });
}
