/** What clients put into the registry, and who may change it. */
import { describe, expect, test } from 'vitest';
import type { DataKind } from '../../registry-store.ts';
import { actorOf, eventsOf, register, type Subject, TIMEOUT_MS, told } from './subject.ts';

export function describeData(subject: Subject): void {
  const data = () => subject.world.store.data;
  const put = (id: string, key: string, value = '', kind: DataKind = 'persistent') =>
    data().put(actorOf(id), { key, value, kind });

  describe('data', () => {
    test('are added, updated and removed, each told in the step in which it happens (T3)', async () => {
      const { world } = subject;
      await register(subject, 'a');
      const before = await world.store.events.head();
      expect(await put('a', '/x', '1')).toEqual({ version: 1, eventId: before + 1 });
      expect(await put('a', '/x', '2')).toEqual({ version: 2, eventId: before + 2 });
      const at = world.clock.now();
      expect(await data().get('/x')).toEqual({
        ...{ key: '/x', value: '2', kind: 'persistent', clientId: null, version: 2, createdAt: at, updatedAt: at },
      });
      expect(await data().remove(actorOf('a'), { key: '/x' })).toBe(before + 3);
      expect(await data().remove(actorOf('a'), { key: '/x' })).toBeNull();
      expect(await data().get('/x')).toBeUndefined();
      expect(await put('a', '/x', '3')).toEqual({ version: 1, eventId: before + 4 });
      const events = await eventsOf(subject, before);
      expect(told(events)).toEqual(['added /x=1', 'updated /x=2', 'removed /x=2', 'added /x=3']);
      expect(events[0]).toMatchObject({ id: before + 1, clientId: 'a', at });
    });

    test('bring every text back as it was', async () => {
      await register(subject, 'a');
      for (const value of ['', '{"a":"ü 🐄 \\n"}', "it's\n'' %_", 'x'.repeat(100_000)]) {
        await put('a', '/ünder/🐄 %_', value);
        expect((await data().get('/ünder/🐄 %_'))?.value).toBe(value);
      }
    });

    test('keep the kind they were added with', async () => {
      await register(subject, 'a');
      await put('a', '/p', '', 'persistent');
      await put('a', '/e', '', 'ephemeral');
      await expect(put('a', '/p', '', 'ephemeral')).rejects.toMatchObject({ code: 'conflict' });
      await expect(put('a', '/e', '', 'persistent')).rejects.toMatchObject({ code: 'conflict' });
    });

    test('are changed by everybody when they are persistent, and by their client alone when they are ephemeral', async () => {
      await register(subject, 'a', 'b');
      await put('a', '/p', '1');
      await put('b', '/p', '2');
      await put('a', '/e', '1', 'ephemeral');
      await expect(put('b', '/e', '2', 'ephemeral')).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('“name of a”'),
      });
      await expect(data().remove(actorOf('b'), { key: '/e' })).rejects.toMatchObject({ code: 'conflict' });
      expect((await data().get('/e'))?.value).toBe('1');
      await data().remove(actorOf('b'), { key: '/p' });
    });

    test('of the dead are free to be taken over, and do not go with them then', async () => {
      const { world } = subject;
      const [, b] = await register(subject, 'a', 'b');
      await put('a', '/e', '1', 'ephemeral');
      await world.advance(TIMEOUT_MS);
      await world.store.clients.beat({ actors: [b!], cursors: [] });
      await world.advance(1);
      await put('b', '/e', '2', 'ephemeral');
      await world.store.clients.bury(world.clock.now(), 10);
      expect(await data().get('/e')).toMatchObject({ value: '2', clientId: 'b', version: 2 });
    });

    test('are changed under a lock only while it is held in that term', async () => {
      const { locks } = subject.world.store;
      const [a, b] = await register(subject, 'a', 'b');
      await locks.take(a!, '/lock/x', 'a');
      const fence = { key: '/lock/x', epoch: 1 };
      const change = { key: '/x', value: '1', kind: 'persistent', fence } as const;
      await data().put(a!, change);
      await expect(data().put(b!, change)).rejects.toMatchObject({ code: 'fenced' });
      await locks.release(a!, '/lock/x', 1);
      await expect(data().put(a!, change)).rejects.toMatchObject({ code: 'fenced' });
      await locks.take(a!, '/lock/x', 'a');
      await expect(data().remove(a!, { key: '/x', fence })).rejects.toMatchObject({ code: 'fenced' });
      expect(await data().remove(a!, { key: '/x', fence: { ...fence, epoch: 2 } })).not.toBeNull();
    });

    test('are changed from one version only once', async () => {
      const [a] = await register(subject, 'a');
      const change = { key: '/x', value: '', kind: 'persistent' } as const;
      await data().put(a!, { ...change, ifVersion: 0 });
      await expect(data().put(a!, { ...change, ifVersion: 0 })).rejects.toMatchObject({ code: 'conflict' });
      const both = await Promise.allSettled([1, 2].map(() => data().put(a!, { ...change, ifVersion: 1 })));
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      await expect(data().remove(a!, { key: '/x', ifVersion: 1 })).rejects.toMatchObject({ code: 'conflict' });
      await expect(data().remove(a!, { key: '/none', ifVersion: 1 })).rejects.toMatchObject({ code: 'conflict' });
      expect(await data().remove(a!, { key: '/none', ifVersion: 0 })).toBeNull();
      expect(await data().remove(a!, { key: '/x', ifVersion: 2 })).not.toBeNull();
    });

    test('refused, leave nothing behind, no event either', async () => {
      await register(subject, 'a', 'b');
      await put('a', '/e', '1', 'ephemeral');
      const before = await subject.world.store.events.head();
      await put('b', '/e', '2', 'ephemeral').catch(() => {});
      await data()
        .remove(actorOf('b', 'old'), { key: '/e' })
        .catch(() => {});
      expect(await subject.world.store.events.head()).toBe(before);
      expect(await data().get('/e')).toMatchObject({ value: '1', version: 1 });
    });

    test('are found below a path, which ends at a slash', async () => {
      await register(subject, 'a');
      for (const key of ['/n/m/2', '/n/m/1', '/n/m/1/deep', '/n/mx/3', '/n/m-1/4', '/n/m', '/other'])
        await put('a', key);
      expect(await data().children('/n/m')).toEqual(['1', '2']);
      expect(await data().children('/n')).toEqual(['m', 'm-1', 'mx']);
      expect(await data().children('/')).toEqual(['n', 'other']);
      expect(await data().children('/n/m/2')).toEqual([]);
      expect(await data().children('/nothing')).toEqual([]);
      const { entries, eventId } = await data().list('/n/m');
      expect(entries.map(({ key }) => key)).toEqual(['/n/m', '/n/m/1', '/n/m/1/deep', '/n/m/2']);
      expect(eventId).toBe(await subject.world.store.events.head());
      expect((await data().list('/')).entries).toHaveLength(7);
      expect(await data().list('/nothing')).toEqual({ entries: [], eventId });
    });
  });
}
